"""Editing of self-checks by HTTP: conditions, files, the editor, order, essays."""

import io
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from sqlalchemy import func, select

from assessment.attempts.grading import grade_many, regrade_many
from assessment.attempts.operations import begin, hand_in, save
from assessment.models.self_checks import Question, SelfCheck, SelfCheckItem
from assessment.questions.gift.parser import read_gift
from assessment.questions.registry import question_types
from assessment.self_checks.operations import add_questions
from assessment.self_checks.queries import items_of
from courses.models.programmes import ImportDraft
from lms.core.clock import utc_now
from tests.factories import make
from tests.support.browsing import log_in
from tests.support.checks import ALL_KINDS, make_check
from tests.support.question_samples import question
from tests.support.uploads import outcome

BROKEN = "\n\n::Сломан::Что это? {=один ~два\n"


@pytest.fixture
def version(session):
    made = make.programme(session)
    session.commit()
    return made


@pytest.fixture
def leader(client, session, version):
    return log_in(client, session, make.member(session, "leader", site=version.programme.site))


def at(version, check, rest="") -> str:
    return f"/programmes/{version.id}/self-checks/{check.id}{rest}"


def test_create_checks_conditions(leader, session, version):
    topic = make.topics(session, version)[1]
    base = f"/programmes/{version.id}/self-checks"
    data = {"title": "Что вы поняли", "place": str(topic.lineage), "attempts_allowed": "0", "time_limit": "20"}
    wrong = leader.post(f"{base}/new", data=data)
    assert wrong.status_code == 422
    assert "От 1 до 100 попыток" in wrong.text
    assert leader.post(f"{base}/new", data={**data, "attempts_allowed": "2", "required": "y"}).status_code == 303
    check = session.scalars(select(SelfCheck)).one()
    assert (check.topic_lineage, check.attempts_allowed, check.time_limit_seconds) == (topic.lineage, 2, 1200)
    assert (check.required, check.shuffle) == (True, False)
    assert "Что вы поняли" in leader.get(base).text
    leader.post(at(version, check, "/conditions"), data={**data, "attempts_allowed": "", "place": "entry"})
    session.refresh(check)
    assert (check.purpose, check.topic_lineage, check.attempts_allowed) == ("entry", None, None)
    leader.post(at(version, check, "/remove"))
    assert leader.get(at(version, check)).status_code == 404
    assert at(version, check, "/restore") in leader.get(base).text


def test_file_is_imported_after_preview_once(leader, session, version):
    check = make_check(session, version, "::А::Первый {=да ~нет}")
    session.commit()
    upload = at(version, check, "/upload")
    bad = outcome(leader, session, leader.post(upload, data={"file": (io.BytesIO(b"%PDF-1.7\x00\x01"), "план.pdf")}))
    assert 'id="file-err"' in bad.text
    assert "такой сохраняет Moodle" in " ".join(bad.text.split())
    empty = leader.post(upload, data={"file": (io.BytesIO(b""), "пусто.gift")})
    assert empty.status_code == 422
    assert 'id="file-err"' in empty.text
    source = io.BytesIO((ALL_KINDS + BROKEN).encode())
    answer = leader.post(upload, data={"file": (source, "вопросы.gift")})
    assert session.scalars(select(ImportDraft)).all() == []  # a worker reads it
    read = outcome(leader, session, answer)
    assert read.status_code == 303
    page = leader.get(read.location).text
    assert "прочитано 9 вопросов" in page
    assert "Сломан" in page
    assert "строка" in page
    assert len(items_of(session, check)) == 1
    none = leader.post(read.location, data={})
    assert none.status_code == 422
    for _ in range(2):
        taken = leader.post(read.location, data={"take": ["0", "1", "8"]}, follow_redirects=True)
    assert "Эти вопросы уже добавлены." in taken.text
    session.expire_all()
    assert [one.question.kind for one in items_of(session, check)] == [
        "single_choice",
        "description",
        "single_choice",
        "essay",
    ]
    draft = session.scalars(select(ImportDraft)).one()
    assert draft.saved_at is not None
    exported = leader.get(at(version, check, "/export"))
    assert next(one.kind for one in read_gift(exported.data).questions) == "single_choice"


def test_order_changes_by_buttons_and_by_dragging(leader, session, version):
    check = make_check(session, version)
    session.commit()
    ids = [one.id for one in items_of(session, check)]
    leader.post(at(version, check, "/order"), data={"item": ids[2], "to": "up"})
    session.expire_all()
    assert [one.id for one in items_of(session, check)][:3] == [ids[0], ids[2], ids[1]]
    back = ",".join(map(str, reversed(ids)))
    assert leader.post(at(version, check, "/order"), data={"order": back}).status_code == 303
    session.expire_all()
    assert [one.id for one in items_of(session, check)] == ids[::-1]


@pytest.mark.parametrize("kind", sorted(question_types()))
def test_unchanged_editor_form_makes_no_new_version(leader, session, version, kind):
    """Checks for every kind that sending the editor's form unchanged makes no new version."""
    check = make_check(session, version, "::А::Первый {=да ~нет}")
    sample = question(kind)
    (item,) = add_questions(session, actor=None, check=check, questions=[sample], site_id=version.programme.site_id)
    session.commit()
    address = at(version, check, f"/questions/{item.id}")
    values = fields_of(leader.get(address).text)
    before = session.scalar(select(func.count()).select_from(Question))
    saved = leader.post(address, data=values)
    assert saved.status_code == 303, saved.text
    session.expire_all()
    assert item.question.content["payload"] == sample.payload
    assert item.question.content["text"] == sample.text.as_json()
    assert session.scalar(select(func.count()).select_from(Question)) == before
    new = leader.get(at(version, check, f"/questions/new/{kind}"))
    assert new.status_code == 200
    empty = leader.post(at(version, check, f"/questions/new/{kind}"), data=fields_of(new.text))
    assert empty.status_code == 422
    assert 'role="alert"' in empty.text


def fields_of(page: str) -> dict[str, list[str]]:
    """Returns what a browser would send of the editor's form."""
    found: dict[str, list[str]] = {}

    class Reader(HTMLParser):
        inside, area, select = False, None, None

        def handle_starttag(self, tag, attrs):
            a = dict(attrs)
            if tag == "form":
                self.inside = a.get("id") == "editor"
            if not self.inside:
                return
            name = a.get("name")
            if tag == "input" and (a.get("type") not in ("checkbox", "radio") or "checked" in a):
                found.setdefault(name, []).append(a.get("value") or "")
            elif tag == "textarea":
                self.area = name
                found.setdefault(name, []).append("")
            elif tag == "select":
                self.select = name
            elif tag == "option" and "selected" in a:
                found.setdefault(self.select, []).append(a["value"])

        def handle_data(self, data):
            if self.area:
                found[self.area][-1] += data

        def handle_endtag(self, tag):
            if tag == "textarea":
                self.area = None
            elif tag == "form":
                self.inside = False

    Reader().feed(page)
    found.pop("csrf_token", None)
    return found


def test_rows_are_added_and_removed_without_script(leader, session, version):
    check = make_check(session, version, "::А::Первый {=да ~нет}")
    session.commit()
    address = at(version, check, "/questions/new/single_choice")
    values = {"text-source": "Кто наблюдает?", "options-0-text-source": "учитель", "options-1-text-source": "гость"}
    page = leader.post(address, data={**values, "options-2-text-source": "класс", "add": "options"}).text
    assert 'name="options-3-text-source"' in page
    assert "Кто наблюдает?" in page
    fewer = fields_of(leader.post(address, data={**fields_of(page), "drop": "options-1"}).text)
    assert [fewer[f"options-{n}-text-source"][0] for n in range(3)] == ["учитель", "класс", ""]
    fewer["options-0-weight"] = ["100"]
    fewer["mark"] = ["много"]
    assert leader.post(address, data=fewer).status_code == 422
    fewer["mark"] = ["2,5"]
    assert leader.post(address, data=fewer).status_code == 303
    added = items_of(session, check)[-1]
    assert (added.mark, added.question.name) == (Decimal("2.5"), "Кто наблюдает?")


def test_correction_makes_new_version_and_attempts_keep_old(leader, session, version):
    enrolment = make.enrolment(session, make.cohort(session, version))
    check = make_check(session, version, "::А::Первый {=да ~нет}")
    attempt = begin(session, check, enrolment, now=utc_now())
    session.commit()
    item = items_of(session, check)[0]
    old = item.question_id
    values = fields_of(leader.get(at(version, check, f"/questions/{item.id}")).text)
    values["text-source"] = ["Первый вопрос"]
    leader.post(at(version, check, f"/questions/{item.id}"), data=values)
    session.expire_all()
    assert item.question_id != old
    assert item.question.number == 2
    assert attempt.items[0][0] == old


def test_preview_shows_trainees_view(leader, session, version):
    check = make_check(session, version)
    session.commit()
    page = leader.get(at(version, check, "/preview")).text
    assert page.count("<fieldset") == 8
    assert "Верно: это можно увидеть." not in page


def test_grader_reads_essays_and_gives_points(leader, session, version):
    enrolment = make.enrolment(session, make.cohort(session, version))
    check = make_check(session, version, "::Э::Что удивило? {}")
    attempt = begin(session, check, enrolment, now=utc_now())
    key = str(attempt.items[0][0])
    save(session, attempt, {key: {"text": "Тишина в классе"}}, now=utc_now())
    hand_in(session, attempt, now=utc_now())
    grade_many(session, [attempt.id])
    session.commit()
    session.expire_all()
    assert leader.get("/essays").headers["Location"] == "/grading"
    assert enrolment.person.short_name in leader.get("/grading").text
    address = f"/essays/{attempt.id}"
    assert "Тишина в классе" in leader.get(address).text
    for points, told in (("две", "Напишите баллы числом."), ("7", "От 0 до 1")):
        wrong = leader.post(address, data={f"points-{key}": points, f"comment-{key}": "Коротко"})
        assert wrong.status_code == 422
        assert told in wrong.text
        assert "Коротко" in wrong.text
    done = leader.post(address, data={f"points-{key}": "0,5", f"comment-{key}": "Коротко"}, follow_redirects=True)
    assert "Баллы поставлены" in done.text
    regrade_many(session, [attempt.id])
    session.commit()
    session.expire_all()
    assert (attempt.state, attempt.percent) == ("graded", Decimal(50))
    result = leader.get(f"/attempts/{attempt.id}/result").text
    assert "Коротко" in result
    assert "0,5 из 1" in result
    assert session.scalar(select(func.count()).select_from(SelfCheckItem)) == 1
