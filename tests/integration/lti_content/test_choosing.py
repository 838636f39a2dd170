"""Content selection inside a platform's course, from the launch to the response."""

import html
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from courses.groups import operations
from courses.models.groups import Cohort
from lms.core.audit import AuditEntry
from lms.core.clock import utc_now
from lms.core.people.models import Account
from lms.lti.models.launches import ContentItem, Link
from lms.lti.models.platforms import Platform
from lms.lti.models.services import LineItem
from tests.factories import attestation, make, platforms
from tests.factories.launches import course_of
from tests.support.checks import make_check
from tests.support.platform.course import PlatformLink
from tests.support.platform.independent import IndependentPlatform
from tests.support.platform.strict import StrictPlatform, registered

SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
ITEMS = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"


@dataclass
class Course:
    """A platform's course whose instructor leads a site with one group."""

    session: Session
    client: FlaskClient
    platform: StrictPlatform
    row: Platform
    cohort: Cohort
    leader: Account

    def choosing(self, **settings: Any) -> str:
        """Returns the URL of the selection after a deep linking launch; ``settings``: None leaves one out."""

        def changed(claims: dict[str, Any]) -> dict[str, Any]:
            told = claims[SETTINGS] | settings
            return {SETTINGS: {name: value for name, value in told.items() if value is not None}}

        return self._opened(self.platform.deep_link(self.client, self.platform.course.instructor, claims=changed))

    def opening(self, link: PlatformLink) -> str:
        """Returns the URL opened by the link's launch."""
        return self._opened(self.platform.launch(self.client, self.platform.course.instructor, link))

    def _opened(self, answer: TestResponse) -> str:
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def place(self, address: str, *show: str, graded: bool = True, group: Cohort | None = None) -> TestResponse:
        data: dict[str, Any] = {"group": (group or self.cohort).id, "show": list(show)}
        return self.client.post(address.partition("?")[0], data=data | ({"graded": "1"} if graded else {}))


def answer_in(page: TestResponse) -> tuple[str, str]:
    """Returns the form's action and the JWT."""
    assert page.status_code == 200, page.text
    action = re.search(r'<form method="post" action="([^"]+)" id="back"', page.text)
    token = re.search(r'name="JWT" value="([^"]+)"', page.text)
    assert action and token, page.text
    return html.unescape(action[1]), token[1]


@pytest.fixture
def course(session: Session, client: FlaskClient, platform: StrictPlatform) -> Course:
    site = make.site(session)
    version = make.programme(session, site, title="Наблюдение и протокол")
    cohort = make.cohort(session, version, title="Осень")
    leader = make.member(session, "leader", site=site)
    row = registered(session, platform, site_id=site.id)
    platforms.identity(session, leader, row, platform.course.instructor.subject)
    session.commit()
    return Course(session, client, platform, row, cohort, leader)


class TestPages:
    def test_only_group_is_preselected(self, course: Course):
        page = course.client.get(course.choosing())
        assert page.status_code == 200
        assert "Что показать в\u00a0курсе" in page.text
        assert re.search(r'type="checkbox" id="show-programme"[^>]* checked', page.text)
        assert "Другая группа" in page.text, "a leader may start one"

    def test_several_groups_are_offered_first(self, course: Course):
        other = make.cohort(course.session, course.cohort.version, title="Весна")
        course.session.commit()
        address = course.choosing()
        page = course.client.get(address)
        assert "Какая группа?" in page.text
        assert "Осень" in page.text
        assert f"?group={other.id}" in page.text
        second = course.client.get(f"{address}?group={other.id}")
        assert "Группа «Весна»" in second.text

    def test_single_item_platform_shows_radio_buttons(self, course: Course):
        page = course.client.get(course.choosing(accept_multiple=False))
        assert 'type="radio" id="show-programme"' in page.text
        assert 'type="checkbox" id="show-programme"' not in page.text

    def test_choices_show_hours_dates_and_grades(self, course: Course):
        operations.spread_deadlines(course.session, course.cohort)
        make_check(course.session, course.cohort.version, gift="", place=1, title="Пустой тест")
        course.session.commit()
        text = course.client.get(course.choosing()).text
        assert "18\u00a0ч · до" in text
        assert "оценка: зачтённые часы, из\u00a018" in text
        assert re.search(r'id="show-check-\d+"[^>]* disabled', text)
        assert "пока без вопросов" in text

    def test_grade_switch_requires_gradebook(self, course: Course):
        text = course.client.get(course.choosing(accept_lineitem=False)).text
        assert "Платформа не\u00a0принимает отсюда результатов" in text
        assert 'name="graded"' not in text

    def test_ordinary_session_has_no_selection(self, course: Course):
        for path in ("/placing", "/placing/group"):
            assert course.client.get(path).status_code in (302, 303, 404)

    def test_teacher_selects_but_creates_no_group(self, course: Course, session: Session):
        teacher = make.member(session, "teacher", site=course.cohort.site)
        somebody = course.platform.course.administrator
        platforms.identity(session, teacher, course.row, somebody.subject)
        session.commit()
        address = course._opened(course.platform.deep_link(course.client, somebody))
        assert "Добавить в\u00a0курс" in course.client.get(address).text
        assert course.client.get(f"{address}/group").status_code == 403

    def test_teaching_instructor_selects_at_first_visit(self, course: Course, session: Session):
        course.row.instructors_teach = True
        elsewhere = make.cohort(session, title="Чужая группа")
        session.commit()
        somebody = replace(course.platform.course.instructor, subject="new-here", given="Анна", family="Новая")
        course.platform.course.people.append(somebody)
        address = course._opened(course.platform.deep_link(course.client, somebody))
        assert "Группа «Осень»" in course.client.get(address).text
        assert course.client.get(f"{address}?group={elsewhere.id}").status_code == 404
        _action, token = answer_in(course.place(address, "programme"))
        assert len(course.platform.take_deep_link(token)) == 1

    @pytest.mark.parametrize("fresh", [True, False])
    def test_person_without_site_sees_instructions(self, course: Course, session: Session, fresh: bool):
        somebody = course.platform.course.administrator
        account = make.account(session, password_hash=None if fresh else "their own")
        platforms.identity(session, account, course.row, somebody.subject)
        session.commit()
        address = course._opened(course.platform.deep_link(course.client, somebody))
        page = course.client.get(address)
        assert "Вы пока не\u00a0на\u00a0площадке" in page.text
        assert account.person.full_name in page.text
        assert ("/welcome" in page.text) == fresh, "an account that is somebody's stays theirs"
        _action, token = answer_in(course.client.post(f"{address}/cancel"))
        assert course.platform.take_deep_link(token) == []

    @pytest.mark.parametrize(
        ("told", "reason"),
        [
            ({"accept_types": ["file"]}, "deep_linking_types"),
            ({"accept_presentation_document_targets": None}, "deep_linking_targets"),
            ({"deep_link_return_url": "nowhere"}, "deep_linking"),
        ],
    )
    def test_unanswerable_request_is_refused(self, course: Course, told: dict[str, Any], reason: str):
        def changed(claims: dict[str, Any]) -> dict[str, Any]:
            return {SETTINGS: claims[SETTINGS] | told}

        page = course.platform.deep_link(course.client, course.platform.course.instructor, claims=changed)
        assert page.status_code == 403
        assert reason in page.text


class TestAnswers:
    def test_whole_programme_takes_one_click(self, course: Course):
        page = course.place(course.choosing(), "programme")
        action, token = answer_in(page)
        assert action == course.platform.url("deep-linking-return")
        assert f"form-action 'self' {course.platform.address}" in page.headers["Content-Security-Policy"]
        assert "csrf_token" not in page.text.partition('id="back"')[2].partition("</form>")[0], "it is ours alone"
        [link] = course.platform.take_deep_link(token)
        [placement] = course.session.scalars(select(ContentItem))
        assert link.custom == {"placement": str(placement.key)}
        assert link.target.endswith(f"/lti/open/{placement.key}")
        column = course.platform.course.line_items[link.line_item]
        assert (column["scoreMaximum"], column["resourceId"]) == (18, str(placement.key))
        assert not course.platform.complaints

    def test_several_items_have_dates(self, course: Course, session: Session):
        version = course.cohort.version
        check, task = make_check(session, version, place=0), attestation.task(session, version)
        operations.spread_deadlines(session, course.cohort)
        session.commit()
        topic = make.topics(session, version)[0]
        chosen = (f"check-{check.id}", f"task-{task.id}", f"topic-{topic.lineage}", "certificate")
        _action, token = answer_in(course.place(course.choosing(), *chosen))
        links = course.platform.take_deep_link(token)
        assert len(links) == 4
        claims = course.platform.deep_links[-1]
        items = {
            one["custom"]["placement"]: one
            for one in claims[SETTINGS.replace("deep_linking_settings", "content_items")]
        }
        kinds = {str(one.key): one.kind for one in session.scalars(select(ContentItem))}
        by_kind = {kinds[key]: item for key, item in items.items()}
        assert by_kind["task"]["lineItem"]["scoreMaximum"] == 13
        assert by_kind["self_check"]["lineItem"]["scoreMaximum"] == 100
        assert "lineItem" not in by_kind["certificate"]
        ends = datetime.fromisoformat(by_kind["self_check"]["submission"]["endDateTime"])
        assert ends.date() > course.cohort.starts_on
        assert "submission" not in by_kind["task"], "it has no date of its own and no topic"

    def test_ungraded_items_have_no_line_items(self, course: Course):
        _action, token = answer_in(course.place(course.choosing(), "programme", graded=False))
        [link] = course.platform.take_deep_link(token)
        assert link.line_item is None
        assert not course.session.scalars(select(ContentItem)).one().graded

    def test_forged_grade_switch_is_ignored(self, course: Course):
        course.place(course.choosing(accept_lineitem=False), "programme", graded=True)
        assert not course.session.scalars(select(ContentItem)).one().graded

    def test_double_click_creates_items_once(self, course: Course):
        address = course.choosing()
        tokens = [answer_in(course.place(address, "programme", "certificate"))[1] for _click in range(2)]
        assert len(course.session.scalars(select(ContentItem)).all()) == 2
        first, second = (course.platform.take_deep_link(token) for token in tokens)
        assert [one.custom for one in first] == [one.custom for one in second]

    def test_empty_selection_shows_error_and_keeps_input(self, course: Course):
        address = course.choosing(accept_multiple=False)
        empty = course.place(address)
        assert empty.status_code == 422
        assert "Выберите, что показать" in empty.text
        several = course.place(address, "certificate", "programme", graded=False)
        assert several.status_code == 422
        assert re.search(r'id="show-certificate"[^>]* checked', several.text)
        assert not re.search(r'id="graded"[^>]* checked', several.text)
        assert course.session.scalars(select(ContentItem)).all() == []

    def test_foreign_group_is_not_selectable(self, course: Course, session: Session):
        foreign = make.cohort(session)
        session.commit()
        address = course.choosing()
        assert course.client.get(f"{address}?group={foreign.id}").status_code == 404
        assert course.place(address, "programme", group=foreign).status_code == 404
        assert session.scalars(select(ContentItem)).all() == []

    def test_self_check_of_another_programme_is_ignored(self, course: Course, session: Session):
        other = make_check(session, make.programme(session, course.cohort.site))
        session.commit()
        assert course.place(course.choosing(), f"check-{other.id}").status_code == 422

    def test_closed_group_is_refused(self, course: Course, session: Session):
        address = course.choosing()
        course.cohort.closed_at = utc_now()
        session.commit()
        page = course.place(address, "programme")
        assert page.status_code == 422
        assert "Эта группа завершена" in page.text

    def test_cancel_returns_no_items(self, course: Course):
        _action, token = answer_in(course.client.post(f"{course.choosing()}/cancel"))
        assert course.platform.take_deep_link(token) == []
        said = course.platform.deep_links[-1]
        assert said["https://purl.imsglobal.org/spec/lti-dl/claim/msg"] == "Ничего не\u00a0выбрано."

    def test_independent_platform_reads_response(
        self, course: Course, session: Session, independent: IndependentPlatform
    ):
        row = registered(session, independent, site_id=course.cohort.site_id)
        platforms.identity(session, course.leader, row, independent.course.instructor.subject)
        session.commit()
        address = course._opened(independent.deep_link(course.client, independent.course.instructor))
        _action, token = answer_in(course.place(address, "programme", "certificate"))
        items = independent.content_items(token)
        assert [item["type"] for item in items] == ["ltiResourceLink"] * 2
        assert items[0]["title"] == "Наблюдение и протокол"


class TestLinks:
    def test_unset_link_gets_content_item(self, course: Course):
        link = course.platform.course.add_link("Стажировка")
        address = course.opening(link)
        page = course.client.get(address)
        assert "Что открывает эта ссылка?" in page.text
        assert "Отмена" not in page.text
        placed = course.place(address, "programme")
        assert placed.status_code == 303
        assert placed.location.endswith(f"/groups/{course.cohort.id}")
        assert "/in/" in placed.location
        assert course.client.get(placed.location).status_code == 200
        [row] = course.session.scalars(select(Link))
        assert row.placement is not None
        assert row.placement.kind == "programme"
        again = course.opening(link)
        assert f"/groups/{course.cohort.id}" in again, "from now on it opens what was chosen"

    def test_graded_choice_gets_line_item(self, course: Course):
        course.place(course.opening(course.platform.course.add_link("Стажировка")), "programme")
        [column] = course.session.scalars(select(LineItem))
        assert column.score_maximum == 18

    def test_copied_link_preselects_earlier_content(self, course: Course, session: Session):
        version = course.cohort.version
        check = make_check(session, version, place=0)
        other = make.cohort(session, version, title="Весна")
        before = course_of(session, course.row, course.platform)
        shown = platforms.placement(
            session, before, other, kind="self_check", self_check_id=check.id, title=check.title, graded=False
        )
        course.platform.course.id = "a copy"
        session.commit()
        address = course.opening(course.platform.course.add_link(custom={"placement": str(shown.key)}))
        page = course.client.get(address)
        assert "Группа «Весна»" in page.text
        assert re.search(rf'id="show-check-{check.id}"[^>]* checked', page.text)
        assert not re.search(r'id="show-programme"[^>]* checked', page.text)
        assert not re.search(r'id="graded"[^>]* checked', page.text)
        course.place(address, f"check-{check.id}", group=other)
        made = session.scalars(select(ContentItem).where(ContentItem.id != shown.id)).one()
        assert made.context.context_id == "a copy"

    def test_learner_may_not_select(self, course: Course):
        link = course.platform.course.add_link("Стажировка")
        answer = course.platform.launch(course.client, course.platform.course.learner, link)
        inside = re.match(r".*/in/\d+", answer.location)
        assert inside
        assert course.client.get(f"{inside[0]}/placing").status_code in (303, 404)

    def test_content_of_link_is_changed(self, course: Course):
        link = course.platform.course.add_link("Стажировка")
        address = course.opening(link)
        for value in ("programme", "certificate"):
            course.place(address, value)
        page = course.client.get(address)
        assert re.search(r'id="show-certificate"[^>]* checked', page.text), "the chooser begins with what it shows"
        [row] = course.session.scalars(select(Link))
        assert row.placement is not None
        assert row.placement.kind == "certificate"


class TestNewGroup:
    def test_new_group_is_created_once_and_selected(self, course: Course, session: Session):
        address = f"{course.choosing()}/group"
        page = course.client.get(address)
        assert f'value="{course.platform.course.title}"' in page.text
        data = {
            "version": course.cohort.version_id,
            "title": "Учителя района",
            "starts_on": "2026-12-01",
            "ends_on": "2027-02-01",
        }
        answers = [course.client.post(address, data=data) for _click in range(2)]
        [made] = session.scalars(select(Cohort).where(Cohort.title == "Учителя района"))
        assert {answer.status_code for answer in answers} == {303}
        assert all(answer.location.endswith(f"/placing?group={made.id}") for answer in answers)
        assert made.site_id == course.cohort.site_id
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "cohort.create")).all()) == 1

    def test_errors_appear_at_fields(self, course: Course):
        address = f"{course.choosing()}/group"
        data = {
            "version": course.cohort.version_id,
            "title": "Наоборот",
            "starts_on": "2026-12-01",
            "ends_on": "1.1.26",
        }
        page = course.client.post(address, data=data)
        assert page.status_code == 422
        assert "Наоборот" in page.text
        turned = course.client.post(address, data=data | {"ends_on": "2026-11-01"})
        assert turned.status_code == 422
        assert 'id="ends_on-err"' in turned.text

    def test_programme_of_another_site_is_refused(self, course: Course, session: Session):
        foreign = make.programme(session)
        session.commit()
        data = {"version": foreign.id, "title": "Чужая", "starts_on": "2026-12-01", "ends_on": "2027-02-01"}
        page = course.client.post(f"{course.choosing()}/group", data=data)
        assert page.status_code in (404, 422)
        assert session.scalar(select(Cohort).where(Cohort.title == "Чужая")) is None
