"""Two writers of one text: a second tab, another device, another person. No save replaces what it has not seen."""

import re

import pytest

from assessment.attestation import reviews, works
from lms.core.overwritten import overwritten_of
from tests.factories import attestation, make
from tests.support.browsing import log_in

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
