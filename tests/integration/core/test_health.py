"""The watchers' addresses, and who acts."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from courses.actors import actor_of
from lms.core.auth.policy import RoleAssignment
from tests.factories import make


def test_health_and_readiness_answer(client: FlaskClient):
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == dict.fromkeys(("status", "database", "broker", "storage", "disk"), "ok")


def test_person_leads_one_site_and_studies_at_another(session: Session):
    enrolment = make.enrolment(session)
    account = enrolment.person.account
    own = make.site(session)
    session.add(make.Membership(person_id=account.person_id, role="leader", starts_on=make.TODAY, site_id=own.id))
    session.flush()
    acting = actor_of(session, account)
    assert acting.enrolled_in == {enrolment.cohort_id}
    assert acting.places == {RoleAssignment("leader", "site", own.id)}
    assert not acting.has("site", enrolment.cohort.site_id, "leader")
