"""One statement that finds everything to do now, so that a service without users asks the database little.

It finds due jobs, and work of other rows (*watched* work) that is to be done as soon as there are such rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from lms.core.jobs.kinds import all_kinds
from lms.core.jobs.models import Job

JOB, WATCHED = "job", "watched"


@dataclass(frozen=True, slots=True)
class Watched:
    """Work with the rows that ``due`` selects. They must be found by an index, however many others there are."""

    due: Select[Any]
    work: Callable[[Session, datetime], None]


@dataclass(frozen=True, slots=True)
class Due:
    """Kinds of jobs with due rows, and names of watched work with something to do."""

    kinds: list[str]
    names: list[str]


def find_due(session: Session, watched: Mapping[str, Watched]) -> Due:
    """Returns what is to be done now. One statement."""
    waiting = select(literal(JOB), Job.kind).where(Job.state == "waiting", Job.run_after <= func.now()).distinct()
    others = [select(literal(WATCHED), literal(name)).where(exists(one.due)) for name, one in watched.items()]
    found = session.execute(union_all(waiting, *others)).all()
    known = all_kinds()
    kinds = [name for what, name in found if what == JOB and name in known]
    return Due(kinds, [name for what, name in found if what == WATCHED])
