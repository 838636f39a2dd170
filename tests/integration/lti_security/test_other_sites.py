"""Inside a launch, only the launch's site is accessible."""

import pytest

from lms.lti.models.platforms import Platform
from tests.factories import make


@pytest.fixture
def both(client, session, shown):
    """The launch of a learner who studies at another site too, and the enrolment there."""
    launch = shown.launch(client)
    elsewhere = make.cohort(session)
    assert elsewhere.site_id != shown.group.site_id
    enrolment = make.enrolment(session, elsewhere, account=launch.session.account)
    session.commit()
    return launch, enrolment


def test_course_of_another_site_is_not_found(client, both):
    launch, enrolment = both
    assert client.get(f"/in/{launch.id}{launch.path}").status_code == 200
    for page in ("", "/materials/1", "/tasks/1", "/self-checks/1"):
        assert client.get(f"/in/{launch.id}/course/{enrolment.id}{page}").status_code == 404


@pytest.mark.parametrize("page", ["works", "certificates", "results"])
def test_own_lists_omit_other_sites(client, both, page):
    launch, enrolment = both
    answer = client.get(f"/in/{launch.id}/{page}")
    assert answer.status_code == 200
    assert f"/course/{enrolment.id}" not in answer.text
    assert enrolment.cohort.version.title not in answer.text


def test_course_link_leads_to_launch_site(client, both, shown):
    launch, _enrolment = both
    assert client.get(f"/in/{launch.id}/course").location == f"/in/{launch.id}{launch.path}"


def test_platform_of_several_sites_opens_link_site(client, session, both, shown):
    launch, enrolment = both
    session.get_one(Platform, shown.row.id).site_id = None
    session.commit()
    assert client.get(f"/in/{launch.id}{launch.path}").status_code == 200
    assert client.get(f"/in/{launch.id}/course/{enrolment.id}").status_code == 404
