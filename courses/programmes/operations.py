"""Operations on programmes: creation, and changes of the plan of an open version."""

from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from courses.models.programmes import HourKind, Programme, ProgrammeVersion, RemovedPart
from courses.programmes import edits, plan_removals
from courses.programmes.edits import Change, ChangeResult, Outcome
from courses.programmes.errors import Frozen, Refused
from courses.programmes.plan_cell import parse_hours
from courses.programmes.plan_removals import Removal, changes_back, handed_over, removed_from
from courses.programmes.plan_store import load_plan, lock, store_plan
from courses.programmes.removed_parts import find_removed, forget_removed, keep_removed, removed_parts
from courses.thematic_plan.model import TITLE_AT_MOST, ThematicPlan
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid
from lms.core.i18n import LOCALES, use_locale
from lms.core.sentences import sentence
from lms.registry.models import Site

HOUR_KINDS = ("hour_kind_lectures", "hour_kind_practice", "hour_kind_independent_work")
"""Codes of the names of a new programme's columns."""


def start_programme(
    session: Session, *, actor: Actor, site: Site, title: str, workload: str | Decimal, language: str = "ru"
) -> ProgrammeVersion:
    """Creates a programme of the site with an empty first version. Raises ``Invalid`` at ``title`` or ``workload``."""
    hours = checked_workload(workload)
    version = add_programme(session, site=site, title=checked_title(title), workload=hours, language=language)
    with use_locale(language):
        names = [sentence(code, {}) for code in HOUR_KINDS]
    session.add_all(HourKind(version_id=version.id, position=place, name=name) for place, name in enumerate(names))
    session.flush()
    audit.record(session, actor, "programme.start", version, site_id=site.id, title=version.title)
    return version


def add_programme(
    session: Session, *, site: Site, title: str, workload: Decimal, language: str = "ru"
) -> ProgrammeVersion:
    """Adds the rows of a programme and its first version, without a plan."""
    programme = Programme(site_id=site.id, site=site, language=language if language in LOCALES else "ru")
    version = ProgrammeVersion(programme=programme, number=1, state="draft", revision=0, title=title, workload=workload)
    session.add_all([programme, version])
    session.flush()
    return version


def checked_title(title: str, field: str = "title") -> str:
    """Returns the title on one line. Raises ``Invalid`` if it is missing or too long."""
    text = " ".join(title.split())
    if not text:
        raise Invalid(code="programme_title_missing", field=field)
    if len(text) > TITLE_AT_MOST:
        raise Invalid(code="characters_at_most", field=field, params={"most": TITLE_AT_MOST})
    return text


def checked_workload(workload: str | Decimal, field: str = "workload") -> Decimal:
    """Returns the workload in academic hours, more than zero. Raises ``Invalid``."""
    try:
        hours = parse_hours(str(workload))
    except Refused as error:
        raise Invalid(code=error.code, field=field, params=error.params) from None
    if not hours:
        raise Invalid(code="workload_missing", field=field)
    return hours


def demand_open(version: ProgrammeVersion) -> None:
    """Raises ``Frozen`` unless the version may be edited."""
    if not version.is_open:
        raise Frozen(version.state)


def change_plan(
    session: Session, *, actor: Actor, version: ProgrammeVersion, wanted: Sequence[Change], now: datetime
) -> tuple[list[ChangeResult], ThematicPlan]:
    """Applies the editor's changes one by one, merged cell by cell with the changes of other people.

    Returns an outcome for each change and the resulting plan. Raises ``Frozen`` if the version is not open, and
    ``Invalid`` for more changes than a page can send.
    """
    if len(wanted) > edits.CHANGES_AT_MOST:
        raise Invalid(code="plan_changes_too_many")
    lock(session, version)
    demand_open(version)
    plan = load_plan(session, version, "title")
    before = deepcopy(plan)
    answers = edits.apply_all(plan, wanted)
    _keep_removed(session, version, before, plan)
    done = sum(1 for answer in answers if answer.outcome is Outcome.DONE)
    if done:
        store_plan(session, version, plan)
        version.revision += 1
        audit.record(
            session, actor, "programme.plan", version, site_id=version.programme.site_id, cells=done, at=now.isoformat()
        )
    session.flush()
    return answers, plan


def _keep_removed(session: Session, version: ProgrammeVersion, before: ThematicPlan, plan: ThematicPlan) -> None:
    """Keeps the columns and rows that a change has removed, and forgets those that it has brought back."""
    for one in removed_from(before, plan):
        keep_removed(session, version=version, kind=one.kind, lineage=one.lineage, title=one.title, content=one.content)
    back = {one.lineage for one in removed_from(plan, before)}
    forget_removed(session, version, back)


def restore_to_plan(
    session: Session, *, actor: Actor, version: ProgrammeVersion, part_id: int, now: datetime
) -> str | None:
    """Brings a removed column, section or topic back with its hours; returns its kind, None if it is back already.

    Raises ``Frozen``; ``Invalid`` if the plan has no place for it: its section is gone, its name is taken.
    """
    lock(session, version)
    demand_open(version)
    part = find_removed(session, version, part_id, *plan_removals.KINDS)
    if part is None:
        return None
    removal = _removal(part)
    answers, plan = change_plan(session, actor=actor, version=version, wanted=changes_back(removal), now=now)
    if answers[0].error is not None:
        raise Invalid(code=answers[0].error.code, params=answers[0].error.params)
    _hand_over(session, version, removal, plan)
    return removal.kind


def _hand_over(session: Session, version: ProgrammeVersion, back: Removal, plan: ThematicPlan) -> None:
    """Gives hours of a restored part to the removed columns and rows that they belong to."""
    parts = {str(part.lineage): part for part in removed_parts(session, version, *plan_removals.KINDS)}
    for one in handed_over(back, plan, [_removal(part) for part in parts.values()]):
        parts[one.lineage].content = dict(one.content)
    session.flush()


def _removal(part: RemovedPart) -> Removal:
    return Removal(part.kind, str(part.lineage), part.title, part.content)


def replace_plan(
    session: Session, *, actor: Actor, version: ProgrammeVersion, plan: ThematicPlan, source: str = ""
) -> None:
    """Replaces the open version's plan by another one. Raises ``Frozen``.

    Topics and sections of the same title keep their lineage, so that what refers to them (materials, deadlines) is
    kept.
    """
    lock(session, version)
    demand_open(version)
    adopt_lineages(plan, load_plan(session, version))
    plan.texts.clear()
    plan.workload = plan.workload or version.workload
    store_plan(session, version, plan)
    version.revision += 1
    audit.record(session, actor, "programme.plan_replaced", version, site_id=version.programme.site_id, source=source)
    session.flush()


def adopt_lineages(plan: ThematicPlan, old: ThematicPlan) -> None:
    """Gives rows and columns of the new plan the lineage of the old ones with the same title."""
    topics = {_fold(topic.title): topic.lineage for topic in old.topics()}
    sections = {_fold(section.title): section.lineage for section in old.sections}
    kinds = {_fold(kind.name): kind.lineage for kind in old.kinds}
    renamed = {kind.lineage: kinds.pop(_fold(kind.name), kind.lineage) for kind in plan.kinds}
    for kind in plan.kinds:
        kind.lineage = renamed[kind.lineage]
    for section in plan.sections:
        section.lineage = sections.pop(_fold(section.title), section.lineage)
        section.stated = {renamed.get(kind, kind): value for kind, value in section.stated.items()}
        for topic in section.topics:
            topic.lineage = topics.pop(_fold(topic.title), topic.lineage)
            topic.hours = {renamed[kind]: value for kind, value in topic.hours.items()}


def _fold(title: str) -> str:
    return " ".join(title.casefold().replace("ё", "е").split())
