"""A key that is corrected while attempts are under way: whatever is graded afterwards counts by the corrected key."""

from datetime import timedelta
from decimal import Decimal
from itertools import combinations_with_replacement

import pytest

from assessment.attempts import operations as attempts
from assessment.attempts import regrading
from assessment.attempts.corrections import corrected_questions, corrections_of
from assessment.attempts.grading import grade_many, regrade_many
from assessment.self_checks import operations as self_checks
from courses.actors import actor_of
from lms.core.clock import utc_now
from tests.factories import make
from tests.integration.assessment.test_regrading import ESSAY, GIFT, World
from tests.support.browsing import log_in

STEPS = ("begin", "save", "hand_in", "grade")
WRONG_AT_FIRST = "После урока"
RIGHT_AT_FIRST = "На уроке"


@pytest.fixture
def world(session) -> World:
    return World(session)


class UnderWay:
    """One trainee's attempt, step by step; the answers are those that the trainee's page showed."""

    def __init__(self, world: World, enrolment, text: str, *, overdue: bool = False) -> None:
        self.world, self.session, self.enrolment, self.text = world, world.session, enrolment, text
        self.overdue = overdue

    def begin(self) -> None:
        self.attempt = attempts.begin(self.session, self.world.check, self.enrolment, now=utc_now())
        if self.overdue:
            self.attempt.deadline_at = utc_now() + timedelta(minutes=5)
        self.choice = self.world.option(self.text)

    def save(self) -> None:
        answers = {str(key): one for (key, _mark), one in zip(self.attempt.items, self._values(), strict=False)}
        attempts.save(self.session, self.attempt, answers, now=utc_now())

    def _values(self):
        return [{"choice": self.choice}, {"text": "45"}, {"text": "Урок с наблюдением"}]

    def hand_in(self) -> None:
        if self.overdue:
            attempts.hand_in_overdue(self.session, utc_now() + timedelta(hours=1))
        else:
            attempts.hand_in(self.session, self.attempt, now=utc_now())

    def grade(self) -> None:
        self.session.flush()
        self.session.expire_all()
        grade_many(self.session, [self.attempt.id])
        self.session.expire_all()


def corrections(world: World):
    """The corrections of a story in order: the key, then the mark of the corrected question."""
    return [world.correct, lambda: world.revise(mark="3")]


@pytest.mark.parametrize("overdue", [False, True], ids=["handed in", "time over"])
@pytest.mark.parametrize("text", [WRONG_AT_FIRST, RIGHT_AT_FIRST])
@pytest.mark.parametrize("places", list(combinations_with_replacement(range(len(STEPS) + 1), 2)))
def test_attempt_counts_by_the_key_at_its_grading(session, world, places, text, overdue):
    under_way = UnderWay(world, world.knowing, text, overdue=overdue)
    wanted = corrections(world)
    for place, step in enumerate((*STEPS, None)):
        for correct in (one for one, at in zip(wanted, places, strict=True) if at == place):
            correct()
            session.expire_all()
        if step:
            getattr(under_way, step)()
    before_grading = sum(place < len(STEPS) for place in places)
    by_the_key = text == (WRONG_AT_FIRST if before_grading else RIGHT_AT_FIRST)
    mark = Decimal(3 if before_grading == 2 else 1)
    attempt = under_way.attempt
    assert (attempt.points, attempt.max_points) == ((mark if by_the_key else 0) + 1, mark + 1)
    assert corrections_of(session, world.check.id).count == int(before_grading < 2)
    assert bool(corrected_questions(session, attempt)) == (before_grading < 2)


def test_result_is_that_of_an_attempt_begun_after_the_correction(session, world):
    begun = UnderWay(world, world.knowing, WRONG_AT_FIRST)
    begun.begin()
    begun.save()
    world.correct()
    begun.hand_in()
    begun.grade()
    fresh = world.attempt(world.misled, WRONG_AT_FIRST)
    assert begun.attempt.percent == fresh.percent == 100
    assert begun.attempt.items == fresh.items
    assert regrading.preview(session, world.check).count == 0


def test_result_page_says_the_right_answer(client, session, world):
    begun = UnderWay(world, world.misled, RIGHT_AT_FIRST)
    begun.begin()
    begun.save()
    world.correct()
    begun.hand_in()
    begun.grade()
    world.attempt(world.misled, WRONG_AT_FIRST)  # passes: keys are shown to those who have nothing left to try
    session.commit()
    log_in(client, session, world.misled.person.account)
    page = client.get(f"/attempts/{begun.attempt.id}/result").text
    assert "исправлен" not in page
    said = page.split('<div class="key after">')[1].partition("</div>")[0]
    assert WRONG_AT_FIRST in said
    assert RIGHT_AT_FIRST not in said


def test_question_that_was_taken_out_keeps_its_key(session, world):
    begun = UnderWay(world, world.misled, RIGHT_AT_FIRST)
    begun.begin()
    begun.save()
    item = world.item()
    self_checks.remove_question(session, actor=world.actor, check=world.check, item=item, site_id=world.site_id)
    session.expire_all()
    begun.hand_in()
    begun.grade()
    assert (begun.attempt.points, begun.attempt.max_points) == (2, 2)


def test_points_for_free_answers_are_given_after_a_correction(session):
    world = World(session, GIFT + ESSAY)
    begun = UnderWay(world, world.knowing, WRONG_AT_FIRST)
    begun.begin()
    begun.save()
    world.correct()
    begun.hand_in()
    begun.grade()
    attempt = begun.attempt
    assert attempt.state == "needs_person"
    teacher = make.member(session, "teacher", site=world.version.programme.site)
    essay = attempt.items[2][0]
    attempts.give_points(
        session, attempt, actor=actor_of(session, teacher), question_id=essay, points=Decimal(1), comment=""
    )
    regrade_many(session, [attempt.id])
    session.expire_all()
    assert (attempt.state, attempt.percent) == ("graded", 100)
