from tests.factories import make
from tests.support.browsing import log_in
from courses.actors import actor_of


def test_world(session, client):
    e = make.enrolment(session)
    acc = e.person.account
    a = actor_of(session, acc)
    assert a.enrolled_in == {e.cohort_id}
    lead = make.member(session, "leader", site=e.cohort.site)
    assert actor_of(session, lead).has("site", e.cohort.site_id, "leader")
    session.commit()
    r = client.get("/readyz")
    assert r.status_code == 200, r.text
    r = client.get("/healthz")
    assert r.status_code == 200
