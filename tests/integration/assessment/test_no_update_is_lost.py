"""Two writers of one text: a second tab, another device, another person. No save replaces what it has not seen."""

import re

import pytest

from assessment.attempts import operations
from assessment.attestation import reviews, works
from lms.core.clock import utc_now
from lms.core.overwritten import overwritten_of
from tests.factories import attestation, make
from tests.support.browsing import log_in
from tests.support.checks import make_check

AS_SCRIPT = {"Accept": "application/json"}
LONG = "Наблюдение на уроке: дети описывают опыт своими словами."


@pytest.fixture
def world(session):
    site = make.site(session)
    version = make.programme(session, site)
    task = attestation.task(session, version)
    enrolment = make.enrolment(session, make.cohort(session, version))
    leader = make.member(session, "leader", site=site)
    session.commit()
    return task, enrolment, leader


def hidden(page: str) -> dict[str, str]:
    """Returns the revisions that the page's form sends along."""
    return dict(re.findall(r'name="(seen-[^"]+)" value="([^"]*)"', page))


# The draft of a work


@pytest.fixture
def address(world):
    task, enrolment, _leader = world
    return f"/course/{enrolment.id}/tasks/{task.id}"


@pytest.fixture
def tabs(app, session, world):
    return [log_in(app.test_client(), session, world[1].person.account) for _each in range(2)]


def draft_of(session, world):
    session.expire_all()
    return works.existing(session, world[0], world[1])


def test_forgotten_tab_does_not_wipe_the_draft(tabs, session, world, address):
    old, new = tabs
    seen = hidden(old.get(address).text)
    assert new.post(f"{address}/draft", data={"text": LONG, **seen}).status_code == 200
    refused = old.post(f"{address}/draft", data={"text": "Начало", **seen})
    assert refused.status_code == 409
    assert refused.json["conflicts"]["text"]["text"] == LONG
    assert draft_of(session, world).draft_text == LONG
    untouched = old.post(f"{address}/draft", data={"text": "", **seen})
    assert untouched.json["theirs"] == {"text": LONG}
    assert draft_of(session, world).draft_text == LONG


@pytest.mark.parametrize("button", ["save", "hand_in"])
def test_whole_page_typed_over_an_older_text_offers_both(tabs, session, world, address, button):
    old, new = tabs
    seen = hidden(old.get(address).text)
    new.post(address, data={"text": LONG, "save": "1", **seen})
    refused = old.post(address, data={"text": "Моё начало", button: "1", **seen})
    assert refused.status_code == 409
    assert LONG in refused.text
    assert "Моё начало" in refused.text
    submission = draft_of(session, world)
    assert (submission.draft_text, submission.state) == (LONG, "draft")
    chosen = old.post(address, data={"text": "Моё начало", "save": "1", **hidden(refused.text)})
    assert chosen.status_code == 303
    submission = draft_of(session, world)
    assert submission.draft_text == "Моё начало"
    assert [kept.text for kept in overwritten_of(session, submission)] == [LONG]
    assert LONG in old.get(address).text


def test_taking_the_stored_text_keeps_the_typed_one(tabs, session, world, address):
    old, new = tabs
    seen = hidden(old.get(address).text)
    new.post(address, data={"text": LONG, "save": "1", **seen})
    taken = old.post(address, data={"text": "Моё длинное начало работы", "take_stored": "1", **seen})
    assert taken.status_code == 303
    submission = draft_of(session, world)
    assert submission.draft_text == LONG
    assert [kept.text for kept in overwritten_of(session, submission)] == ["Моё длинное начало работы"]


def test_typing_on_is_saved_over_the_answers_revision(tabs, session, world, address):
    tab, _other = tabs
    seen = hidden(tab.get(address).text)
    for text in ("Раз", "Раз, два", "Раз, два,\r\nтри"):
        answer = tab.post(f"{address}/draft", data={"text": text, **seen}).json
        assert answer["theirs"] == {}
        seen = {"seen-text": answer["seen"]["text"]}
    assert draft_of(session, world).draft_text == "Раз, два,\r\nтри"
    assert overwritten_of(session, draft_of(session, world)) == []


# The desk


def typed(task, *points: str, **comments: str) -> dict[str, str]:
    rows = [row.id for row in task.criteria]
    values = {f"points-{key}": value for key, value in zip(rows, points, strict=True)}
    said = {f"comment-{key}": comments.get(f"c{place}", "") for place, key in enumerate(rows)}
    return values | said | {"comment": comments.get("conclusion", "")}


@pytest.fixture
def desk(app, session, world):
    task, enrolment, leader = world
    submission = attestation.handed_in(session, task, enrolment)
    session.commit()
    tabs = [log_in(app.test_client(), session, leader) for _each in range(2)]
    version = {"version_id": str(works.latest_version(session, submission).id)}
    return tabs, f"/grading/{submission.id}", version


def stored(session, submission_id, task):
    session.expire_all()
    submission = session.get_one(works.Submission, submission_id)
    review = works.latest_version(session, submission).review
    return reviews.fields_of(review, task.criteria)


def test_graders_older_tab_wipes_nothing(desk, session, world):
    [old, new], address, version = desk
    task, number = world[0], int(address.rsplit("/", 1)[1])
    seen = hidden(old.get(address).text)
    assert set(seen) == {f"seen-{name}" for name in reviews.fields_of(None, task.criteria)}
    first = typed(task, "5", "4", "", c0="Хорошо", conclusion="Почти готово")
    assert new.post(f"{address}/draft", data=first | seen | version).status_code == 200
    blank = old.post(f"{address}/draft", data=typed(task, "", "", "3") | seen | version)
    assert blank.status_code == 200
    kept = stored(session, number, task)
    keys = [row.id for row in task.criteria]
    assert [kept[f"points-{key}"] for key in keys] == ["5", "4", "3"]
    assert (kept[f"comment-{keys[0]}"], kept["comment"]) == ("Хорошо", "Почти готово")
    assert blank.json["theirs"] == {
        f"points-{keys[0]}": "5",
        f"points-{keys[1]}": "4",
        f"comment-{keys[0]}": "Хорошо",
        "comment": "Почти готово",
    }


def test_field_changed_in_both_tabs_is_refused_with_both_texts(desk, session, world):
    [old, new], address, version = desk
    task, number = world[0], int(address.rsplit("/", 1)[1])
    seen = hidden(old.get(address).text)
    new.post(f"{address}/draft", data=typed(task, "5", "", "", conclusion=LONG) | seen | version)
    again = typed(task, "2", "1", "", conclusion="Нет вывода") | version
    refused = old.post(f"{address}/draft", data=again | seen)
    assert refused.status_code == 409
    first, second = (row.id for row in task.criteria[:2])
    assert {name: told["text"] for name, told in refused.json["conflicts"].items()} == {
        f"points-{first}": "5",
        "comment": LONG,
    }
    kept = stored(session, number, task)
    assert (kept[f"points-{first}"], kept[f"points-{second}"], kept["comment"]) == ("5", "1", LONG)
    page = old.post(address, data=again | seen | {"decision": "returned"})
    assert page.status_code == 409
    assert LONG in page.text
    assert "Нет вывода" in page.text
    assert session.get_one(works.Submission, number).state == "handed_in"
    assert old.post(address, data=again | hidden(page.text)).status_code == 303
    assert stored(session, number, task)["comment"] == "Нет вывода"
    assert LONG in old.get(address).text


def test_number_typed_wrong_keeps_the_revisions_of_the_page(desk, session, world):
    [old, new], address, version = desk
    task, number = world[0], int(address.rsplit("/", 1)[1])
    seen = hidden(old.get(address).text)
    new.post(f"{address}/draft", data=typed(task, "5", "", "") | seen | version)
    wrong = old.post(address, data=typed(task, "", "пять", "") | seen | version)
    assert wrong.status_code == 422
    right = old.post(address, data=typed(task, "", "4", "") | hidden(wrong.text) | version)
    assert right.status_code == 303
    kept = stored(session, number, task)
    assert [kept[f"points-{row.id}"] for row in task.criteria] == ["5", "4", ""]


# The answers of an attempt


@pytest.fixture
def attempt(app, session, world):
    check = make_check(session, world[1].cohort.version, "::Тема::Назовите тему {=опыт}\n\n::Год::Который год? {=2026}")
    found = operations.begin(session, check, world[1], now=utc_now())
    session.commit()
    return found


def answered(attempt, place: int, text: str, seen: dict[str, str]) -> dict[str, str]:
    key = f"q{attempt.items[place][0]}"
    return {"q": key[1:], f"{key}-text": text, f"seen-{key}": seen[f"seen-{key}"]}


def test_answer_kept_offline_does_not_overwrite_a_newer_one(tabs, session, attempt):
    laptop, phone = tabs
    address, key = f"/attempts/{attempt.id}", f"q{attempt.items[0][0]}"
    seen = hidden(laptop.get(address).text)
    newer = phone.post(address, data=answered(attempt, 0, "с телефона", seen), headers=AS_SCRIPT)
    assert newer.status_code == 200
    late = answered(attempt, 0, "без связи", seen)
    other = answered(attempt, 1, "2026", seen)
    both = late | other | {"q": [late["q"], other["q"]]}
    refused = laptop.post(address, data=both, headers=AS_SCRIPT)
    assert refused.status_code == 409
    assert list(refused.json["conflicts"]) == [key]
    session.expire_all()
    assert [attempt.answers[str(one)] for one, _mark in attempt.items] == [{"text": "с телефона"}, {"text": "2026"}]
    chosen = late | {f"seen-{key}": refused.json["conflicts"][key]["seen"]}
    assert laptop.post(address, data=chosen, headers=AS_SCRIPT).status_code == 200
    session.expire_all()
    assert attempt.answers[key[1:]] == {"text": "без связи"}


@pytest.mark.parametrize("deed", ["", "/hand-in"])
def test_older_whole_page_of_an_attempt_wipes_no_answer(tabs, session, attempt, deed):
    old, new = tabs
    address, key = f"/attempts/{attempt.id}", f"q{attempt.items[0][0]}"
    seen = hidden(old.get(address).text)
    new.post(address, data=answered(attempt, 0, "с телефона", seen))
    late, blank = answered(attempt, 0, "старая вкладка", seen), answered(attempt, 0, "", seen)
    assert old.post(address, data=blank).status_code == 303
    refused = old.post(address + deed, data=late | {"hand_in": "sure"})
    assert refused.status_code == 409
    assert "старая вкладка" in refused.text
    session.expire_all()
    assert (attempt.answers[key[1:]], attempt.state) == ({"text": "с телефона"}, "in_progress")
    kept = old.post(address, data=late | {f"seen-{key}": hidden(refused.text)[f"seen-{key}"]})
    assert kept.status_code == 303
    session.expire_all()
    assert attempt.answers[key[1:]] == {"text": "старая вкладка"}
