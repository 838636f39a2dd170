-- The application's role: it may log in, owns its database and is no superuser. Run by the superuser in the application's
-- database where there is one, else in `postgres`; safe to repeat. The embedded server runs it at every start,
-- docker-compose.yml when the data are made and after an upgrade (deploy/application-role.sh).
DO $$
DECLARE
    command text;
BEGIN
    IF pg_get_userbyid(10) = 'stazhirovka' THEN
        -- Data of a release whose application was the cluster's first superuser. That one cannot give its rights up, so
        -- it takes another name, and what it made goes to a new role. Nobody can rename the role of the own session.
        CREATE ROLE stazhirovka_upgrade SUPERUSER;
        SET LOCAL SESSION AUTHORIZATION stazhirovka_upgrade;
        ALTER ROLE stazhirovka RENAME TO postgres;
        CREATE ROLE stazhirovka;
        FOR command IN
            SELECT format('ALTER SCHEMA %I OWNER TO stazhirovka', nspname)
            FROM pg_namespace WHERE nspowner = 10 AND oid >= 16384
            UNION ALL
            SELECT format('ALTER TABLE %s OWNER TO stazhirovka', oid::regclass)  -- of sequences and views too
            FROM pg_class AS one WHERE relowner = 10 AND oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'S')
                AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = one.oid AND classid = 'pg_class'::regclass
                                AND deptype IN ('a', 'i'))  -- a column's sequence goes with its table
            UNION ALL
            SELECT format('ALTER ROUTINE %s OWNER TO stazhirovka', oid::regprocedure)
            FROM pg_proc WHERE proowner = 10 AND oid >= 16384
            UNION ALL
            SELECT format('ALTER TYPE %s OWNER TO stazhirovka', oid::regtype)
            FROM pg_type WHERE typowner = 10 AND oid >= 16384 AND typtype IN ('d', 'e', 'r')
        LOOP
            EXECUTE command;
        END LOOP;
        FOR command IN
            SELECT format('ALTER DATABASE %I OWNER TO stazhirovka', datname)
            FROM pg_database WHERE datname = 'stazhirovka'
        LOOP
            EXECUTE command;
        END LOOP;
        RESET SESSION AUTHORIZATION;
        DROP ROLE stazhirovka_upgrade;
    ELSIF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stazhirovka') THEN
        CREATE ROLE stazhirovka;
    END IF;
    ALTER ROLE stazhirovka LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
END $$;
