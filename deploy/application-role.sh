#!/bin/sh
# In the database's container: makes the application's role and database, and gives both roles the passwords of the secret
# files. The image runs it when the data are made; run it again after an upgrade and after a new password:
#   docker compose exec postgres sh /docker-entrypoint-initdb.d/10-application-role.sh
set -eu
SECRETS=${SECRETS:-/run/secrets}
export SECRETS

as() { # SUPERUSER, then arguments of psql; over the socket, without a password
    superuser=$1
    shift
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$superuser" "$@"
}

# In data of earlier releases the application's role is the superuser.
before=postgres
as postgres --dbname postgres --command '' 2>/dev/null || before=stazhirovka
there=$(as $before --dbname postgres --tuples-only --no-align \
    --command "SELECT datname FROM pg_database WHERE datname = 'stazhirovka'")
as $before --dbname "${there:-postgres}" --file "${ROLE_SQL:-/application_role.sql}"
[ -n "$there" ] || as postgres --dbname postgres --command 'CREATE DATABASE stazhirovka OWNER stazhirovka'

as postgres --dbname postgres <<'SQL'
\set application `cat "$SECRETS/database_password"`
\set superuser `cat "$SECRETS/postgres_password"`
ALTER ROLE stazhirovka PASSWORD :'application';
ALTER ROLE postgres PASSWORD :'superuser';
SQL
