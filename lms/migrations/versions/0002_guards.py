"""Guards that the database keeps by itself: what is approved does not change, what is issued stays."""

from alembic import op

revision = "0002"
down_revision = "0001"

FROZEN = ("hour_kind", "section", "topic", "competency", "criterion")
OF_TOPIC = {"topic_hours": ("topic", "topic_id"), "descriptor": ("competency", "competency_id")}


def upgrade() -> None:
    op.execute("""
        CREATE FUNCTION refuse_change_of_approved() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE version_state text; changed record;
        BEGIN
            IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
            IF TG_ARGV[0] = 'version_id' THEN
                SELECT state INTO version_state FROM programme_version WHERE id = changed.version_id;
            ELSIF TG_ARGV[0] = 'topic' THEN
                SELECT v.state INTO version_state FROM programme_version v JOIN topic t ON t.version_id = v.id
                WHERE t.id = changed.topic_id;
            ELSE
                SELECT v.state INTO version_state FROM programme_version v JOIN competency c ON c.version_id = v.id
                WHERE c.id = changed.competency_id;
            END IF;
            IF version_state = 'approved' AND coalesce(current_setting('lms.correction', true), '') <> 'on' THEN
                RAISE EXCEPTION 'an approved version does not change'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_version_frozen';
            END IF;
            RETURN changed;
        END $$""")
    for table in FROZEN:
        op.execute(f"""CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change_of_approved('version_id')""")
    for table, (parent, _) in OF_TOPIC.items():
        op.execute(f"""CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change_of_approved('{parent}')""")
    op.execute("""
        CREATE FUNCTION refuse_change_of_approved_version() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.state = 'approved' AND coalesce(current_setting('lms.correction', true), '') <> 'on'
               AND (TG_OP = 'DELETE' OR to_jsonb(NEW) - 'revision' <> to_jsonb(OLD) - 'revision') THEN
                RAISE EXCEPTION 'an approved version does not change'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_version_frozen';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END $$""")
    op.execute("""CREATE TRIGGER programme_version_frozen BEFORE UPDATE OR DELETE ON programme_version
        FOR EACH ROW EXECUTE FUNCTION refuse_change_of_approved_version()""")
    op.execute("""
        CREATE FUNCTION refuse_change_of_issued() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.sha256 IS NOT NULL AND (NEW.sha256 IS DISTINCT FROM OLD.sha256 OR NEW.file_id IS DISTINCT FROM OLD.file_id)
               OR NEW.number IS DISTINCT FROM OLD.number OR NEW.year IS DISTINCT FROM OLD.year
               OR NEW.code IS DISTINCT FROM OLD.code OR NEW.person_name IS DISTINCT FROM OLD.person_name THEN
                RAISE EXCEPTION 'what is issued does not change'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'issued_certificate_frozen';
            END IF;
            RETURN NEW;
        END $$""")
    op.execute("""CREATE TRIGGER certificate_frozen BEFORE UPDATE ON certificate
        FOR EACH ROW EXECUTE FUNCTION refuse_change_of_issued()""")


def downgrade() -> None:
    op.execute("DROP TRIGGER certificate_frozen ON certificate")
    for table in (*FROZEN, *OF_TOPIC):
        op.execute(f"DROP TRIGGER {table}_frozen ON {table}")
    op.execute("DROP TRIGGER programme_version_frozen ON programme_version")
    op.execute("DROP FUNCTION refuse_change_of_approved_version")
    op.execute("DROP FUNCTION refuse_change_of_issued")
    op.execute("DROP FUNCTION refuse_change_of_approved")
