"""A certificate is not deleted: its number is used once, and its code can be checked for ever. It can be withdrawn."""

from alembic import op

revision = "0022"
down_revision = "0021"

CHANGE = """
    CREATE OR REPLACE FUNCTION refuse_change_of_issued() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {deletion}
        IF OLD.sha256 IS NOT NULL AND (NEW.sha256 IS DISTINCT FROM OLD.sha256 OR NEW.file_id IS DISTINCT FROM OLD.file_id)
           OR NEW.number IS DISTINCT FROM OLD.number OR NEW.year IS DISTINCT FROM OLD.year
           OR NEW.code IS DISTINCT FROM OLD.code OR NEW.person_name IS DISTINCT FROM OLD.person_name THEN
            RAISE EXCEPTION 'what is issued does not change'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'issued_certificate_frozen';
        END IF;
        RETURN NEW;
    END $$"""
DELETION = """
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'what is issued is not deleted'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'issued_certificate_frozen';
        END IF;"""
TRIGGER = """
    CREATE TRIGGER certificate_frozen BEFORE {deeds} ON certificate
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_issued()"""


def upgrade() -> None:
    op.execute(CHANGE.format(deletion=DELETION))
    op.execute("DROP TRIGGER certificate_frozen ON certificate")
    op.execute(TRIGGER.format(deeds="UPDATE OR DELETE"))


def downgrade() -> None:
    op.execute("DROP TRIGGER certificate_frozen ON certificate")
    op.execute(TRIGGER.format(deeds="UPDATE"))
    op.execute(CHANGE.format(deletion=""))
