"""Dates of attestation tasks: the site's staff reads the group's dates, its leaders set them."""

from tests.rules.access import LEADERS, SITE_STAFF, Access

MATRIX = {
    "task_dates.of_group": Access(
        allowed=SITE_STAFF,
        values=lambda w: {"cohort_id": w.cohort.id},
        shows=lambda w: w.cohort.title,
        methods=("GET",),
        launch="open",
    ),
    "task_dates.of_trainee": Access(
        allowed=LEADERS,
        values=lambda w: {"enrolment_id": w.enrolment.id},
        shows=lambda w: w.enrolment.person.full_name,
        launch="open",
    ),
}
