"""Comparison of a roster with the group."""

from hypothesis import given
from hypothesis import strategies as st

from lms.lti.rosters.comparing import GONE, KNOWN, NEW, RETURNS, SIMILAR, GroupMember, LinkedPerson, compare
from lms.lti.rosters.reader import Member

ANNA = {"given_name": "Анна", "family_name": "Ветрова", "middle_name": "Петровна", "email": "anna@school.example"}


def fellow(number=1, **values):
    told = {
        "enrolment_id": number,
        "person_id": number,
        "name": f"Лесной{number} Олег",
        "surname": f"Лесной{number}",
        "given_name": "Олег",
        "patronymic": "",
        "emails": frozenset(),
        "state": "enrolled",
        "subject": None,
        "came_through": False,
        "of_platform": False,
    }
    return GroupMember(**(told | values))


def seen(members, tied=None, fellows=(), whole=True):
    return compare(members, tied or {}, list(fellows), whole=whole)


def only(found):
    (change,) = found.changes
    return change


def test_new_person_is_selected():
    change = only(seen([Member("1", "learner", named=ANNA)]))
    assert (change.kind, change.name, change.ticked, change.parts) == (NEW, "Ветрова Анна Петровна", True, None)


def test_divided_name_needs_confirmation():
    change = only(seen([Member("1", "learner", named={"name": "Ветрова Анна"})]))
    assert change.kind == NEW
    assert change.parts is not None
    assert not change.ticked


def test_member_without_name_is_counted():
    found = seen([Member("1", "learner"), Member("2", "learner", named={"email": "x@y.example"})])
    assert (found.changes, found.nameless) == ((), 2)


def test_known_enrolled_and_returning_people_are_distinguished():
    members = [Member(str(number), "learner", named=ANNA) for number in (1, 2, 3, 4)]
    tied = {str(number): LinkedPerson(number, f"Лесной{number} Олег") for number in (1, 2, 3, 4)}
    fellows = [fellow(1), fellow(2, state="finished"), fellow(3, state="withdrawn")]
    found = seen(members, tied, fellows)
    assert found.in_step == 2
    assert [(one.kind, one.name, one.ticked) for one in found.changes] == [
        (RETURNS, "Лесной3 Олег", False),
        (KNOWN, "Лесной4 Олег", True),
    ]


def test_similar_person_needs_decision():
    same = fellow(surname="ВЕТРОВА", given_name="Анна", name="Ветрова Анна")
    change = only(seen([Member("1", "learner", named=ANNA)], fellows=[same]))
    assert (change.kind, change.similar, change.ticked) == (SIMILAR, ("Ветрова Анна",), False)
    mailed = fellow(emails=frozenset({"anna@school.example"}))
    assert only(seen([Member("1", "learner", named=ANNA)], fellows=[mailed])).kind == SIMILAR
    other_father = fellow(surname="Ветрова", given_name="Анна", patronymic="Ильинична")
    assert only(seen([Member("1", "learner", named=ANNA)], fellows=[other_father])).kind == NEW


def test_namesake_of_platform_is_not_similar():
    same = fellow(surname="Ветрова", given_name="Анна", subject="9", of_platform=True)
    found = seen(
        [Member("1", "learner", named=ANNA), Member("9", "learner")], {"9": LinkedPerson(1, "Ветрова Анна")}, [same]
    )
    assert only(found).kind == NEW


def test_trainee_enrolled_by_course_and_missing_leaves():
    fellows = [
        fellow(1, subject="1", came_through=True),
        fellow(2, subject="2", came_through=True, hours_done=True),
        fellow(3, subject="3", came_through=False),
        fellow(4, subject=None),
        fellow(5, subject="5", came_through=True, state="finished"),
        fellow(6, subject="6", came_through=True),
    ]
    members = [Member("1", "learner"), Member("2", "learner", active=False), Member("6", "instructor")]
    tied = {str(number): LinkedPerson(number, "") for number in range(1, 7)}
    found = seen(members, tied, fellows)
    assert [(one.kind, one.enrolment_id, one.ticked, one.has_begun) for one in found.changes] == [
        (GONE, 2, False, True),
        (GONE, 6, False, False),
    ]
    assert seen(members, tied, fellows, whole=False).changes == (), "a link's list says nothing of who left the course"


def test_staff_are_counted():
    roles = ("instructor", "instructor", "mentor", "administrator", "other")
    members = [Member(str(number), role, named=ANNA) for number, role in enumerate(roles)]
    found = seen([*members, Member("x", "instructor", active=False)])
    assert found.changes == ()
    assert found.staff == {"instructor": 2, "mentor": 1, "administrator": 1, "other": 1}
    assert found.inactive == 1


def test_closed_account_is_counted():
    found = seen([Member("1", "learner", named=ANNA)], {"1": LinkedPerson(1, "Ветрова Анна", closed=True)})
    assert (found.changes, found.closed) == ((), 1)


def test_test_user_is_not_selected():
    assert not only(seen([Member("1", "learner", named=ANNA, test=True)])).ticked


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.sampled_from(["learner", "instructor", "other"]), st.booleans(), st.booleans()),
        unique_by=lambda each: each[0],
    ),
    st.sets(st.integers(1, 9)),
    st.dictionaries(st.integers(1, 9), st.sampled_from(["enrolled", "finished", "withdrawn", "transferred"])),
)
def test_every_active_learner_appears_once(rows, tied_ones, states):
    members = [
        Member(str(key), role, active, {"family_name": f"Имя{key}", "given_name": "А"} if told else {})
        for key, role, active, told in rows
    ]
    tied = {str(key): LinkedPerson(key, str(key)) for key in tied_ones}
    fellows = [
        fellow(key, state=state, subject=str(key) if key in tied_ones else None, came_through=True)
        for key, state in states.items()
    ]
    found = seen(members, tied, fellows)
    learners = sum(member.learns for member in members)
    assert len(found.entering) + found.in_step + found.nameless == learners
    keys = [one.key for one in found.changes]
    assert len(keys) == len(set(keys))
