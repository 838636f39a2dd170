"""Inside a launch a person is a trainee of its site alone: a platform of one site does not open what another has."""

import pytest

from lms.lti.models.platforms import Platform
from tests.factories import make


@pytest.fixture
def both(client, session, shown):
    """The learner's launch, who studies at another site too; the enrolment there."""
    launch = shown.launch(client)
    elsewhere = make.cohort(session)
    assert elsewhere.site_id != shown.group.site_id
    enrolment = make.enrolment(session, elsewhere, account=launch.session.account)
    session.commit()
    return launch, enrolment


def test_courses_of_other_sites_are_not_found(client, both):
    launch, enrolment = both
    assert client.get(f"/in/{launch.id}{launch.path}").status_code == 200
    for page in ("", "/materials/1", "/tasks/1", "/self-checks/1"):
        assert client.get(f"/in/{launch.id}/course/{enrolment.id}{page}").status_code == 404


@pytest.mark.parametrize("page", ["works", "certificates", "results"])
def test_lists_of_ones_own_name_no_other_site(client, both, page):
    launch, enrolment = both
    answer = client.get(f"/in/{launch.id}/{page}")
    assert answer.status_code == 200
    assert f"/course/{enrolment.id}" not in answer.text
    assert enrolment.cohort.version.title not in answer.text


def test_the_way_to_ones_course_is_to_that_of_the_site(client, both, shown):
    launch, _enrolment = both
    assert client.get(f"/in/{launch.id}/course").location == f"/in/{launch.id}{launch.path}"


def test_a_platform_of_several_sites_opens_the_site_of_the_link(client, session, both, shown):
    launch, enrolment = both
    session.get_one(Platform, shown.row.id).site_id = None
    session.commit()
    assert client.get(f"/in/{launch.id}{launch.path}").status_code == 200
    assert client.get(f"/in/{launch.id}/course/{enrolment.id}").status_code == 404
