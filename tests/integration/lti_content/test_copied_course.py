"""A copied course: its links are chosen once for the whole course, and two groups in one course are asked about."""

import re

import pytest
from sqlalchemy import select

from lms.lti.models.launches import ContentItem, Context, Link
from tests.factories import attestation, make, platforms
from tests.support.platform.course import LEARNER
from tests.support.platform.strict import registered

PREFIX = re.compile(r"/in/[1-9]\d*/")


class CopiedCourse:
    """A course copied from one that showed the autumn's group; the leader has a group of the spring too."""

    def __init__(self, session, platform):
        self.session, self.platform = session, platform
        site = make.site(session)
        self.version = make.programme(session, site)
        self.autumn = make.cohort(session, self.version, title="Осень")
        self.spring = make.cohort(session, self.version, title="Весна")
        self.task = attestation.task(session, self.version)
        leader = make.member(session, "leader", site=site)
        row = registered(session, platform, site_id=site.id)
        platforms.identity(session, leader, row, platform.course.instructor.subject)
        before = platforms.context(session, row)
        whole = platforms.placement(session, before, self.autumn)
        task = platforms.placement(session, before, self.autumn, kind="task", task_id=self.task.id, title="Задание")
        self.links = [platform.course.add_link(custom={"placement": str(item.key)}) for item in (whole, task)]
        session.commit()

    def opening(self, client, link):
        """Returns the URL of the selection to which the leader's launch of the link leads."""
        answer = self.platform.launch(client, self.platform.course.instructor, link)
        assert answer.status_code == 303, answer.text
        return answer.location

    def place(self, client, address, group, show, **more):
        data = {"group": group.id, "show": show, **more}
        return client.post(address, data=data)

    def shown_here(self):
        self.session.expire_all()
        here = select(ContentItem).join(Link, Link.placement_id == ContentItem.id).join(Context)
        rows = self.session.scalars(here.where(Context.context_id == self.platform.course.id).order_by(Link.id))
        return [(item.kind, item.cohort_id) for item in rows]


@pytest.fixture
def course(session, platform):
    return CopiedCourse(session, platform)


def test_whole_course_is_chosen_by_its_first_link(client, course):
    whole, task = course.links
    address = course.opening(client, whole)
    page = client.get(f"{address}&group={course.spring.id}").text
    assert re.search(r'id="whole"[^>]* checked', page)
    assert course.place(client, address, course.spring, "programme", whole="1").status_code == 303
    learner = course.platform.course.as_role(LEARNER)
    opened = client.get(course.platform.launch(client, learner, task).location, follow_redirects=True)
    assert f"/tasks/{course.task.id}" in opened.request.path
    assert course.shown_here() == [("programme", course.spring.id), ("task", course.spring.id)]


def test_link_chosen_for_itself_leaves_the_others(client, course):
    whole, task = course.links
    course.place(client, course.opening(client, whole), course.spring, "programme")
    learner = course.platform.course.as_role(LEARNER)
    opened = client.get(course.platform.launch(client, learner, task).location, follow_redirects=True)
    assert opened.request.path.endswith("/not-set")


def test_next_choice_begins_with_the_group_of_this_course(client, course):
    whole, task = course.links
    course.place(client, course.opening(client, whole), course.spring, "programme")
    page = client.get(course.opening(client, task)).text
    assert "Группа «Весна»" in page
    assert re.search(rf'id="show-task-{course.task.id}"[^>]* checked', page)
    assert "уже показана в этом курсе" in client.get(
        f"{course.opening(client, task).partition('?')[0]}?all=1"
    ).text.replace("\xa0", " ")


def test_second_group_in_a_course_is_asked_about(client, course):
    whole, task = course.links
    course.place(client, course.opening(client, whole), course.spring, "programme")
    address = course.opening(client, task)
    asked = course.place(client, address, course.autumn, f"task-{course.task.id}")
    assert asked.status_code == 422
    assert "Курс уже показывает группу «Весна»" in asked.text.replace("\xa0", " ")
    assert course.shown_here() == [("programme", course.spring.id)]
    sure = course.place(client, address, course.autumn, f"task-{course.task.id}", second="1")
    assert sure.status_code == 303
    assert ("task", course.autumn.id) in course.shown_here()


def test_another_group_for_the_only_link_is_no_question(client, course):
    whole, _task = course.links
    address = course.opening(client, whole)
    course.place(client, address, course.spring, "programme")
    prefix = PREFIX.search(address).group()
    assert course.place(client, f"{prefix}placing", course.autumn, "programme").status_code == 303
    assert course.shown_here() == [("programme", course.autumn.id)]
