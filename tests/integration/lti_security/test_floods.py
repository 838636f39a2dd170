"""Limits of rows that strangers can cause."""

from sqlalchemy import func, select

from lms.lti.connections.refusal_limits import MOST_A_MINUTE
from lms.lti.models.platforms import Deployment, Refusal


def kept(session):
    session.rollback()
    count = session.scalar(select(func.count()).select_from(Refusal))
    session.rollback()
    return count


def test_flood_stores_limited_refusals(client, session, shown):
    told = {"iss": "https://nobody.example", "login_hint": "1", "target_link_uri": "x" * 3000}
    for _turn in range(MOST_A_MINUTE + 15):
        assert client.post("/lti/login", data=told).status_code == 403
    assert kept(session) == MOST_A_MINUTE
    form = shown.platform.launch_form(client, shown.learner, shown.link, claims={"roles": 7})
    assert client.post("/lti/launch", data=form).status_code == 403
    assert kept(session) == MOST_A_MINUTE + 1, "what a connected platform does wrong is not drowned"


def test_new_deployment_is_recorded_during_flood(client, session, shown):
    for _turn in range(MOST_A_MINUTE):
        form = shown.platform.launch_form(client, shown.learner, shown.link)
        client.post("/lti/launch", data=form | {"id_token": "x"})
    session.scalars(select(Deployment)).one().deployment_id = "elsewhere"
    session.commit()
    form = shown.platform.launch_form(client, shown.learner, shown.link)
    assert client.post("/lti/launch", data=form).status_code == 403
    assert kept(session) == MOST_A_MINUTE
    noted = session.scalars(select(Deployment.deployment_id).where(Deployment.accepted_at.is_(None))).all()
    assert noted == [shown.platform.deployment]


def test_long_identifier_is_cut_in_log(client, shown, capsys):
    client.post("/lti/launch", data={"iss": "i" * 100_000, "state": "x"})
    assert max(map(len, capsys.readouterr().err.splitlines())) < 3000
