"""Import of a document: it is read, shown with the parts that were not recognised, corrected, and then saved.

An import draft belongs to the account that uploaded the document. Saving it twice saves it once.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from courses.events import ProgrammeImported
from courses.importing.limited import read_programmes_within_limits
from courses.importing.model import ImportedCompetency, ImportedProgramme
from courses.models.programmes import Competency, Descriptor, ImportDraft, ProgrammeVersion, Rubric, RubricCriterion
from courses.programmes import edits
from courses.programmes.edits import Change, ChangeResult
from courses.programmes.errors import WrongState
from courses.programmes.operations import add_programme, checked_title, checked_workload, replace_plan
from courses.programmes.plan_store import store_plan
from courses.programmes.proposal import TEXTS, Proposal, points, propose, restore
from courses.programmes.text_fields import PARTS, checked_lines, checked_text
from courses.thematic_plan.arithmetic import is_valid_hours
from courses.thematic_plan.model import TITLE_AT_MOST, ThematicPlan
from courses.uploads.operations import Upload
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid
from lms.core.events import publish
from lms.registry.models import Site


def store_programme_draft(
    session: Session, *, actor: Actor, site: Site, imported: ImportedProgramme, file_name: str
) -> ImportDraft:
    """Stores the recognised content of a programme's document until the author saves or discards it."""
    return _keep(session, actor, site.id, "programme", imported=imported, file_name=file_name)


def store_plan_draft(
    session: Session, *, actor: Actor, version: ProgrammeVersion, imported: ImportedProgramme, file_name: str
) -> ImportDraft:
    """Stores a plan that is to replace the plan of an open version."""
    draft = _keep(session, actor, version.programme.site_id, "plan", imported=imported, file_name=file_name)
    draft.subject_id = version.id
    session.flush()
    return draft


def read_uploaded_programmes(session: Session, upload: Upload, content: bytes, actor: Actor) -> list[ImportDraft]:
    """Reads an uploaded document into a draft for each of its programmes."""
    site = session.get_one(Site, upload.site_id)
    return [
        store_programme_draft(session, actor=actor, site=site, imported=imported, file_name=upload.file_name)
        for imported in read_programmes_within_limits(io.BytesIO(content), upload.file_name)
    ]


def read_uploaded_plans(session: Session, upload: Upload, content: bytes, actor: Actor) -> list[ImportDraft]:
    """Reads an uploaded document into a draft for each plan that may replace the version's plan."""
    version = session.get_one(ProgrammeVersion, upload.owner["version_id"])
    return [
        store_plan_draft(session, actor=actor, version=version, imported=imported, file_name=upload.file_name)
        for imported in read_programmes_within_limits(io.BytesIO(content), upload.file_name)
    ]


def _keep(
    session: Session, actor: Actor, site_id: int, kind: str, *, imported: ImportedProgramme, file_name: str
) -> ImportDraft:
    proposal = propose(imported, with_texts=kind == "programme")
    draft = ImportDraft(
        site_id=site_id,
        account_id=actor.account_id,
        kind=kind,
        file_name=file_name[-TITLE_AT_MOST:],
        content=proposal.to_json(),
    )
    session.add(draft)
    session.flush()
    return draft


def proposal_of(draft: ImportDraft) -> Proposal:
    """Returns the draft's proposal with the corrections made so far."""
    return restore(draft.content)


def change_draft(
    session: Session, *, draft: ImportDraft, wanted: Sequence[Change]
) -> tuple[list[ChangeResult], ThematicPlan]:
    """Applies changes to the draft's plan and texts, merged as those of a version are.

    Raises ``WrongState`` after the draft was saved, ``Invalid`` for too many changes.
    """
    if len(wanted) > edits.CHANGES_AT_MOST:
        raise Invalid(code="plan_changes_too_many")
    session.refresh(draft, with_for_update=True)
    _demand_unsaved(draft)
    proposal = proposal_of(draft)
    answers = edits.apply_all(proposal.plan, wanted)
    draft.content = proposal.to_json()
    session.flush()
    return answers, proposal.plan


def _demand_unsaved(draft: ImportDraft) -> None:
    if draft.saved_at is not None:
        raise WrongState(code="import_already_saved")


def discard(session: Session, *, draft: ImportDraft) -> None:
    """Deletes the draft. Raises ``WrongState`` after it was saved."""
    _demand_unsaved(draft)
    session.delete(draft)
    session.flush()


def save_programme(
    session: Session, *, actor: Actor, draft: ImportDraft, site: Site, now: datetime
) -> ProgrammeVersion:
    """Creates a programme with its first version, a draft, from the corrected document; publishes
    ``ProgrammeImported``.

    If the draft was saved before (a double click), returns the version made then. Raises ``Invalid`` at ``title``,
    ``workload``, or with the topic whose hours are not in quarter steps.
    """
    session.refresh(draft, with_for_update=True)
    if draft.saved_at is not None:
        return session.get_one(ProgrammeVersion, draft.subject_id)
    proposal = proposal_of(draft)
    demand_whole_steps(proposal.plan)
    title, workload = checked_title(proposal.plan.texts["title"]), checked_workload(proposal.plan.workload)
    version = add_programme(session, site=site, title=title, workload=workload)
    _write_texts(version, proposal)
    _write_outcomes(session, version, proposal.imported)
    proposal.plan.texts.clear()
    store_plan(session, version, proposal.plan)
    draft.saved_at, draft.subject_id = now, version.id
    audit.record(session, actor, "programme.import", version, site_id=site.id, file=draft.file_name)
    session.flush()
    publish(session, ProgrammeImported(version.id))
    return version


def save_plan(session: Session, *, actor: Actor, draft: ImportDraft, version: ProgrammeVersion, now: datetime) -> None:
    """Replaces the version's plan by the corrected one, once. Raises ``Frozen``, ``Invalid``."""
    session.refresh(draft, with_for_update=True)
    if draft.saved_at is not None:
        return
    proposal = proposal_of(draft)
    demand_whole_steps(proposal.plan)
    replace_plan(session, actor=actor, version=version, plan=proposal.plan, source=draft.file_name)
    draft.saved_at = now
    session.flush()


def demand_whole_steps(plan: ThematicPlan) -> None:
    """Raises ``Invalid`` for hours that are not whole quarters, which the database refuses."""
    numbers = plan.labels()
    for topic in plan.topics():
        if not all(is_valid_hours(value) for value in topic.hours.values()):
            raise Invalid(code="topic_hours_not_quarters", params={"number": numbers[topic.lineage]})


def _write_texts(version: ProgrammeVersion, proposal: Proposal) -> None:
    imported = proposal.imported
    for name in TEXTS[1:]:
        PARTS[name].write(version, PARTS[name].check(proposal.plan.texts[name], name))
    conditions = imported.conditions
    version.conditions = {
        "staff": conditions.staff,
        "equipment": conditions.equipment,
        "information": conditions.information,
    }
    version.literature = checked_lines("\n".join(imported.literature), "literature").split("\n")
    version.literature = [line for line in version.literature if line]
    version.other_parts = [*imported.contents, *(part.text for part in imported.not_understood)]
    version.year, version.pass_mark = imported.year, imported.pass_mark


def _write_outcomes(session: Session, version: ProgrammeVersion, imported: ImportedProgramme) -> None:
    for place, competency in enumerate(imported.competencies):
        row = Competency(version_id=version.id, position=place, title=checked_text(competency.label, "title"))
        row.descriptors = list(_descriptors(competency))
        session.add(row)
    if imported.criteria:
        session.add(Rubric(version_id=version.id, final=True, criteria=list(_criteria(imported))))
    session.flush()


def _criteria(imported: ImportedProgramme) -> Iterator[RubricCriterion]:
    for place, criterion in enumerate(imported.criteria):
        most, least = points(imported, criterion)
        yield RubricCriterion(
            position=place,
            name=criterion.name[:TITLE_AT_MOST],
            indicator=criterion.indicator,
            max_points=most,
            min_points=least,
        )


def _descriptors(competency: ImportedCompetency) -> list[Descriptor]:
    pairs = [
        (kind, text) for kind in ("knows", "can", "practised") for text in getattr(competency, kind) if text.strip()
    ]
    return [Descriptor(position=place, kind=kind, text=text) for place, (kind, text) in enumerate(pairs)]
