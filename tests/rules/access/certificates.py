"""Certificates: holders read their own, leaders those of their group; anybody verifies."""

from assessment.certificates.operations import number_many, typeset_many
from assessment.models.certificates import Certificate
from tests.rules.access import EVERYBODY, LEADERS, LOGGED_IN, Access
from tests.rules.access.world import World

KEEPERS = LEADERS | {"methodologist", "administrator"}


def issued(world: World) -> Certificate:
    """Creates a certificate of the trainee."""

    def issue(at: World) -> Certificate:
        number_many(at.session, [at.enrolment.id])
        certificate = at.session.query(Certificate).filter_by(enrolment_id=at.enrolment.id).one()
        typeset_many(at.session, [certificate.id])
        return certificate

    return world.at("certificate", issue)


def key(world: World) -> dict[str, int]:
    return {"certificate_id": issued(world).id}


def group(world: World) -> dict[str, int]:
    issued(world)
    return {"cohort_id": world.cohort.id}


MATRIX = {
    "certificates.index": Access(allowed=LOGGED_IN, launch="open"),
    "certificates.download": Access(allowed=KEEPERS | {"trainee"}, values=key, launch="open"),
    "certificates.of_group": Access(
        allowed=KEEPERS, values=group, shows=lambda w: issued(w).person_name, launch="open"
    ),
    "certificates.archive": Access(allowed=KEEPERS, values=group, launch="open"),
    "certificates.withdraw": Access(
        allowed=LEADERS | {"administrator"}, values=key, shows=lambda w: issued(w).person_name, launch="open"
    ),
    "certificates.issue_again": Access(allowed=LEADERS | {"administrator"}, values=key, launch="open"),
    "verify.index": Access(allowed=EVERYBODY, launch="open"),
    "verify.show": Access(
        allowed=EVERYBODY,
        values=lambda w: {"code": issued(w).code},
        shows=lambda w: issued(w).number_text,
        launch="open",
    ),
}
