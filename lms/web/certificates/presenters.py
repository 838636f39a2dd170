"""Card of a trainee's home page: the certificate, or the conditions that are still missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from assessment.certificates import queries
from assessment.certificates.codes import grouped
from assessment.certificates.kinds import DocumentKind, kind_name
from assessment.completion.queries import completion_of
from assessment.completion.rule import Condition, ConditionKind
from assessment.models.certificates import Certificate, CompletionState
from courses.models.groups import Enrolment
from courses.progress.course_view import CourseView
from lms.core.documents.font_coverage import unprintable
from lms.core.i18n import _, format_hours, ngettext
from lms.web.home.dashboards import Card, register_card


@dataclass(frozen=True, slots=True)
class Line:
    """A condition: its name, the amount done and whether it holds."""

    label: str
    words: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """Content of the card."""

    headline: str
    conditions: list[Line]
    note: str


@dataclass(frozen=True, slots=True)
class Paper:
    """The issued certificate."""

    title: str
    issued_on: date
    url: str | None
    verify: str


def completion_card(session: Session, enrolment: Enrolment, _view: CourseView) -> Card | None:
    """Returns the certificate or, before it is issued, the conditions as last evaluated."""
    certificate, state, withdrawn = queries.certificate_and_completion(session, enrolment.id)
    if certificate is not None:
        return Card("home/_certificate.html", paper(certificate))
    return conditions_card(session, enrolment, state, withdrawn=withdrawn)


def paper(certificate: Certificate) -> Paper:
    """Returns what the card shows of the certificate."""
    kind = kind_name(DocumentKind(certificate.kind))
    return Paper(
        title=_("%(kind)s No. %(number)s", kind=kind, number=certificate.number_text),
        issued_on=certificate.issued_on,
        url=url_for("certificates.download", certificate_id=certificate.id) if certificate.file_id else None,
        verify=url_for("verify.show", code=grouped(certificate.code)),
    )


def conditions_card(
    session: Session, enrolment: Enrolment, state: CompletionState | None, *, withdrawn: bool
) -> Card | None:
    """Returns the conditions as last evaluated; evaluates them here if no job has done so yet."""
    conditions = state.conditions if state else completion_of(session, enrolment).as_json()
    if not conditions:
        return None
    lines = [Line(label(kind), amount(kind, one), one["holds"]) for kind, one in conditions.items()]
    told = note(conditions, enrolment.person.full_name, withdrawn=withdrawn)
    return Card("home/_completion.html", Summary(headline(conditions), lines, told))


def label(kind: str) -> str:
    """Returns the name of the condition."""
    return {
        "hours": _("Hours"),
        "materials": _("Obligatory materials"),
        "tasks": _("Works accepted"),
        "self_checks": _("Self-checks passed"),
        "rating": _("Competency self-assessment"),
        "protocol": _("Attestation protocol"),
        "order": _("Order of completion"),
    }[kind]


def amount(kind: str, condition: Mapping[str, Any]) -> str:
    """Returns done and required amounts: «3 of 5»."""
    done, needed = Decimal(condition["done"]), Decimal(condition["needed"])
    if kind in ("rating", "protocol", "order"):
        return _("there") if condition["holds"] else _("not yet")
    return _("%(done)s of %(needed)s", done=format_hours(done), needed=format_hours(needed))


def progress_of(condition: Condition) -> str:
    """Returns the progress of a condition: «Works accepted: 1 of 3»."""
    done, needed = format_hours(condition.done), format_hours(condition.needed)
    match condition.kind:
        case ConditionKind.HOURS:
            return _("%(done)s of %(needed)s academic hours", done=done, needed=needed)
        case ConditionKind.MATERIALS:
            return _("Obligatory materials: %(done)s of %(needed)s", done=done, needed=needed)
        case ConditionKind.TASKS:
            return _("Works accepted: %(done)s of %(needed)s", done=done, needed=needed)
        case ConditionKind.SELF_CHECKS:
            return _self_check_progress(condition)
    return _paper_progress(condition)


def _self_check_progress(condition: Condition) -> str:
    told = _(
        "Self-checks at %(threshold)s%% or more: %(done)s of %(needed)s",
        threshold=format_hours(condition.threshold),
        done=format_hours(condition.done),
        needed=format_hours(condition.needed),
    )
    if not condition.waiting:
        return told
    essays = ngettext("an essay waits for its reader", "%(num)s essays wait for their reader", condition.waiting)
    return f"{told}; {essays}"


def _paper_progress(condition: Condition) -> str:
    there, absent = {
        ConditionKind.RATING: (
            _("Competency self-assessment filled in"),
            _("Competency self-assessment not filled in yet"),
        ),
        ConditionKind.PROTOCOL: (_("Attestation protocol signed"), _("Attestation protocol not signed yet")),
        ConditionKind.ORDER: (_("Order of completion issued"), _("Order of completion not issued yet")),
    }[condition.kind]
    return there if condition.holds else absent


def headline(conditions: Mapping[str, Any]) -> str:
    """Returns what is left of the unmet conditions: «2 tasks and 6 hours»."""
    left = [words for kind, one in conditions.items() if not one["holds"] and (words := missing(kind, one))]
    if not left:
        return _("Every condition is met")
    return left[0] if len(left) == 1 else _("%(some)s and %(last)s", some=", ".join(left[:-1]), last=left[-1])


def missing(kind: str, condition: Mapping[str, Any]) -> str:
    """Returns the text of what is left of one condition."""
    left = Decimal(condition["needed"]) - Decimal(condition["done"])
    whole = int(left) if left == int(left) else 5  # a fraction takes the plural: «1,5 часов»
    match kind:
        case "hours":
            return ngettext("%(left)s hour", "%(left)s hours", whole, left=format_hours(left))
        case "materials":
            return ngettext("%(num)s material", "%(num)s materials", int(left))
        case "tasks":
            return ngettext("%(num)s task", "%(num)s tasks", int(left))
        case "self_checks":
            return ngettext("%(num)s self-check", "%(num)s self-checks", int(left))
    return label(kind).lower()


def note(conditions: Mapping[str, Any], name: str, *, withdrawn: bool) -> str:
    """Returns the text of what happens next; ``withdrawn``: an earlier certificate was withdrawn."""
    if withdrawn:
        return _("Your certificate was withdrawn: your leader decides whether another one is issued.")
    if signs := unprintable(name):
        return unprintable_words(signs)
    if all(one["holds"] for one in conditions.values()):
        return _("The certificate is issued by itself: look among your documents.")
    return _("As soon as all of it is done, the certificate is issued by itself and appears among your documents.")


def unprintable_words(signs: str) -> str:
    """Returns the sentence about letters of a name that no document can print."""
    return _(
        "Documents cannot print these letters of the name: %(signs)s. The certificate waits until the name is "
        "written in Cyrillic or Latin letters.",
        signs=" ".join(signs),
    )


register_card("side", completion_card, order=10)
