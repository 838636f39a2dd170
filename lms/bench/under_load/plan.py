"""People of a load test, and the file from which the client process learns who they are and what they do."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assessment.models.attestation import AttestationTask
from assessment.models.self_checks import Question as QuestionRow
from assessment.models.self_checks import SelfCheckItem
from assessment.questions.model import Question
from courses.models.groups import Enrolment
from lms.bench.world import LETTERS, World, make_world
from lms.core.auth.passwords import hash_password
from lms.core.clock import utc_now
from lms.core.i18n import local_day
from lms.core.people.models import Account
from lms.demo.answers import raw_answer
from lms.demo.people import NewPerson, create_person_with_account, give_role

LEADERS = 5
PLAN_FILE = "LOAD_PLAN"
"""Environment variable with the path of the plan."""

Fields = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who will log in: the user name, the IP address, and the enrolment of a trainee."""

    username: str
    address: str
    enrolment: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that the client process knows beforehand; the rest it reads from the pages."""

    ledger: str
    """Path of the file for requests and confirmed facts."""
    pause: float
    """Mean seconds that a person thinks between two requests."""
    lessons: int
    """A trainee goes home after so many; 0: when the time is over."""
    password: str
    trainees: list[Visitor]
    leaders: list[Visitor]
    check: int
    task: int
    materials: list[int]
    answers: dict[str, Fields]
    """Question id → fields of the page with the right answer."""
    points: dict[str, str]
    """Fields of the grading desk with the greatest points."""

    def write(self, path: Path) -> None:
        """Stores the plan as JSON."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")


def read_plan(path: Path) -> Plan:
    """Returns the stored plan."""
    values = json.loads(path.read_text(encoding="utf-8"))
    people = {name: [Visitor(**one) for one in values[name]] for name in ("trainees", "leaders")}
    return Plan(**{**values, **people})


def make_plan(session: Session, *, trainees: int, pause: float, lessons: int, ledger: Path) -> Plan:
    """Creates the course, its trainees and leaders; all of them have one password."""
    password = uuid.uuid4().hex
    world = make_world(session, clients=1, many=trainees)
    leaders = [_leader(session, world, number) for number in range(LEADERS)]
    criteria = session.get_one(AttestationTask, world.stage.task).criteria
    return Plan(
        ledger=str(ledger),
        pause=pause,
        lessons=lessons,
        password=password,
        trainees=_trainees(session, world.stage.enrolments, password),
        leaders=_with_password(session, leaders, password),
        check=world.stage.self_check,
        task=world.stage.task,
        materials=list(world.stage.materials),
        answers={
            str(key): {f"q{key}-{name}": list(values) for name, values in raw_answer(one.kind, one.payload).items()}
            for key, one in questions_of_check(session, world.stage.self_check).items()
        },
        points={f"points-{one.id}": f"{float(int(one.max_points * 4)) / 4:g}" for one in criteria},
    )


def questions_of_check(session: Session, check_id: int) -> dict[int, Question]:
    """Returns the questions of the self-check by id, in their order."""
    rows = (
        select(QuestionRow.id, QuestionRow.content)
        .join(SelfCheckItem, SelfCheckItem.question_id == QuestionRow.id)
        .where(SelfCheckItem.self_check_id == check_id)
        .order_by(SelfCheckItem.position)
    )
    return {key: Question.from_json(content) for key, content in session.execute(rows)}


def _leader(session: Session, world: World, number: int) -> Account:
    now = utc_now()
    account = create_person_with_account(
        session, NewPerson(f"Проверяева{LETTERS[number]} Вера", f"leader-{number}"), now=now
    )
    since = local_day(now) - timedelta(days=1)
    give_role(session, account, "leader", since=since, at="site", place_id=world.stage.site)
    return account


def _trainees(session: Session, enrolments: Sequence[int], password: str) -> list[Visitor]:
    rows = select(Enrolment.id, Account).join(Account, Account.person_id == Enrolment.person_id)
    found = session.execute(rows.where(Enrolment.id.in_(enrolments)).order_by(Enrolment.id)).all()
    people = _with_password(session, [account for _key, account in found], password)
    return [Visitor(one.username, one.address, key) for (key, _account), one in zip(found, people, strict=True)]


def _with_password(session: Session, accounts: Sequence[Account], password: str) -> list[Visitor]:
    """Returns the people, each at an address of its own; one hash serves all, because hashing is slow on purpose."""
    ids = [one.id for one in accounts]
    session.execute(update(Account).where(Account.id.in_(ids)).values(password_hash=hash_password(password)))
    return [Visitor(one.username, f"10.{one.id >> 16}.{(one.id >> 8) & 255}.{one.id & 255}") for one in accounts]
