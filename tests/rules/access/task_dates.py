"""Dates of attestation tasks: the site's staff reads the group's, its leaders set them."""

from tests.rules.access import Access

MATRIX = {
    "task_dates.of_group": Access(
        allowed={"leader", "teacher"},
        values=lambda w: {"cohort_id": w.cohort.id},
        shows=lambda w: w.cohort.title,
        methods=("GET",),
        launch="open",
    ),
    "task_dates.of_trainee": Access(
        allowed={"leader"},
        values=lambda w: {"enrolment_id": w.enrolment.id},
        shows=lambda w: w.enrolment.person.full_name,
        launch="open",
    ),
}
