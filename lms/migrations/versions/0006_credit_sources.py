"""Hour credits name the row that they come from; the database refuses credits above the plan."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

OLD_KEY = "uq_hour_credit_enrolment_id_topic_lineage_kind_lineage_source"


def upgrade() -> None:
    op.drop_constraint(op.f(OLD_KEY), "hour_credit", type_="unique")
    op.alter_column("hour_credit", "source", new_column_name="source_kind")
    op.add_column("hour_credit", sa.Column("source_id", sa.Integer(), server_default="0", nullable=False))
    op.create_unique_constraint(
        "uq_hour_credit_source",
        "hour_credit",
        ["enrolment_id", "topic_lineage", "kind_lineage", "source_kind", "source_id"],
    )
    op.create_check_constraint(
        op.f("ck_hour_credit_source"), "hour_credit", "(source_kind = 'topic') = (source_id = 0)"
    )
    op.execute("""
        CREATE FUNCTION refuse_credit_above_plan() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE planned numeric; credited numeric;
        BEGIN
            SELECT coalesce(sum(h.hours), 0) INTO planned FROM enrolment e
            JOIN cohort c ON c.id = e.cohort_id
            JOIN topic t ON t.version_id = c.version_id AND t.lineage = NEW.topic_lineage
            JOIN topic_hours h ON h.topic_id = t.id
            JOIN hour_kind k ON k.id = h.kind_id AND k.lineage = NEW.kind_lineage
            WHERE e.id = NEW.enrolment_id;
            SELECT sum(hours) INTO credited FROM hour_credit WHERE enrolment_id = NEW.enrolment_id
            AND topic_lineage = NEW.topic_lineage AND kind_lineage = NEW.kind_lineage;
            IF credited > planned THEN
                RAISE EXCEPTION 'more hours credited than planned'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'hour_credit_within_plan';
            END IF;
            RETURN NULL;
        END $$""")
    op.execute("""CREATE TRIGGER hour_credit_within_plan AFTER INSERT OR UPDATE ON hour_credit
        FOR EACH ROW EXECUTE FUNCTION refuse_credit_above_plan()""")


def downgrade() -> None:
    op.execute("DROP TRIGGER hour_credit_within_plan ON hour_credit")
    op.execute("DROP FUNCTION refuse_credit_above_plan")
    op.drop_constraint(op.f("ck_hour_credit_source"), "hour_credit", type_="check")
    op.drop_constraint("uq_hour_credit_source", "hour_credit", type_="unique")
    op.drop_column("hour_credit", "source_id")
    op.alter_column("hour_credit", "source_kind", new_column_name="source")
    op.create_unique_constraint(
        op.f(OLD_KEY), "hour_credit", ["enrolment_id", "topic_lineage", "kind_lineage", "source"]
    )
