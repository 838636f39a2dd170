"""Home page of a leader or teacher: waiting works, late trainees, progress of groups, approaching ends."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from assessment.certificates.queries import count_of_sites
from assessment.grading_queue import WaitingItem, waiting_items
from courses.groups import queries
from courses.groups.queries import CohortSummary, LateTrainee, TraineeNotStarted
from courses.models.programmes import Consideration, ProgrammeVersion
from courses.programmes.queries import returned_to
from lms.core.auth.roles import GRADERS, LEADERS, SITE_ROLES, SITE_STAFF
from lms.core.clock import day_in
from lms.core.i18n import _, format_date, format_hours, local_day, ngettext
from lms.http.request_context import actor, db, now
from lms.registry.models import Site
from lms.registry.queries import site_state, sites_with_status
from lms.registry.status import SOON
from lms.web.groups.presenters import seen_words
from lms.web.groups.routes.listing import MOST_WORKS, waiting_pairs
from lms.web.home.dashboards import Dashboard, register_dashboard
from lms.web.registry.status_labels import state_word
from lms.web.shell.navigation import works_waiting
from lms.web.shell.urls import link_to

OLDEST = 3
"""Number of longest waiting works that are listed."""
AHEAD = timedelta(days=14)
"""Time before the start of a group from which it is mentioned."""
ENDS_SOON = timedelta(days=7)
LATE_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Todo:
    """Something to do: icon, title, reason, date and the action."""

    icon: str
    title: str
    text: str
    url: str
    label: str
    warn: bool = False
    page: str = ""
    """Address that the title links to, if the action is a form."""
    fields: dict[str, object] | None = None
    """Hidden fields of the action's form; ``None`` if the action is a link."""


@dataclass(slots=True)
class Facts:
    """Everything that the page is built from."""

    sites: Sequence[Site]
    today: date
    lines: list[CohortSummary]
    works: list[WaitingItem]
    late: list[LateTrainee]
    unanswered: dict[int, list[TraineeNotStarted]]
    returned: list[tuple[ProgrammeVersion, Consideration]] = field(default_factory=list)

    @property
    def current(self) -> list[CohortSummary]:
        """Groups under way and ahead."""
        return [line for line in self.lines if line.stage != "over"]


def show(faces: Sequence[Dashboard]) -> ResponseReturnValue:
    """Returns the page."""
    facts = gathered()
    leads = bool(actor().ids("site", *LEADERS))
    todos = todo_list(facts) if leads else []
    first = facts.today
    ids = actor().ids("site", *SITE_STAFF)
    return render_template(
        "home/leader.html",
        faces=faces,
        face=next((face for face in faces if face.key == "leader"), None),
        facts=facts,
        todos=todos,
        things=len(todos) + bool(facts.works),
        count=works_waiting(),
        oldest=facts.works[:OLDEST],
        late=Counter(one.cohort_id for one in facts.late),
        week=queries.due_between(db(), ids, first, first + timedelta(days=6)),
        leads=leads,
        grading=link_to("grading.queue"),
        programmes=link_to("programmes.index"),
        certificates=count_of_sites(db(), ids, facts.today.year) if ids else 0,
        states=[(site, site_state(site, facts.today)) for site in facts.sites],
        reports=report_words(facts.sites, facts.today),
        site_word=state_word,
    )


def gathered() -> Facts:
    """Reads the facts in seven queries, for any number of groups and trainees."""
    sites = sites_with_status(db(), actor().ids("site", *SITE_ROLES))
    ids = actor().ids("site", *SITE_STAFF)
    today = day_in(sites[0].time_zone, now()) if sites else local_day(now())
    lines = queries.cohorts(db(), ids, now(), over=False)
    works = waiting_items(db(), actor().ids("site", *GRADERS), MOST_WORKS)
    late = queries.late_trainees(queries.overdue(db(), ids, now()), waiting_pairs(works))
    soon = [line.id for line in lines if line.trainees > line.accepted and line.starts_on - today <= AHEAD]
    leads = actor().ids("site", *LEADERS)
    returned = returned_to(db(), leads) if leads else []
    to_grade = [one for one in works if one.person_id != actor().person_id]
    return Facts(sites, today, lines, to_grade, late, queries.trainees_not_started(db(), soon), returned)


def todo_list(facts: Facts) -> list[Todo]:
    """Returns what the leader has to do besides grading, the most urgent first."""
    found = [returned_todo(version, said) for version, said in facts.returned]
    found += [todo for line in facts.current if (todo := answers_todo(facts, line))]
    found += [late_todo(one) for one in facts.late[:LATE_SHOWN]]
    if len(facts.late) > LATE_SHOWN:
        found.append(others_todo(facts.late[LATE_SHOWN:]))
    found += [todo for line in facts.current if (todo := end_todo(facts, line))]
    found += [todo for site in facts.sites if (todo := status_todo(site, facts.today))]
    return found


def returned_todo(version: ProgrammeVersion, said: Consideration) -> Todo:
    """Returns the entry of a programme that the council returned."""
    remarks = " ".join(said.remarks.split())
    about = f"{said.document}, {format_date(said.decided_on)}."
    return Todo(
        icon="arrow-back-up",
        title=_("«%(title)s» came back with remarks", title=version.title),
        text=f"{about} {remarks[:160]}{'…' if len(remarks) > 160 else ''}",
        url=url_for("programmes.show", version_id=version.id),
        label=_("Open the remarks"),
        warn=True,
    )


def answers_todo(facts: Facts, line: CohortSummary) -> Todo | None:
    """Returns the entry of a group that starts soon or has started and has trainees who have not logged in."""
    silent = facts.unanswered.get(line.id, [])
    if not silent:
        return None
    begins = _("The group «%(title)s» begins on %(day)s", title=line.title, day=format_date(line.starts_on, "day"))
    running = _("Not everybody has come to the group «%(title)s»", title=line.title)
    names = ", ".join(one.surname for one in silent[:3])
    more = _(" and %(count)s more", count=len(silent) - 3) if len(silent) > 3 else ""
    came = _("%(count)s of %(total)s have come.", count=line.accepted, total=line.trainees)
    missing = _("Not yet: %(names)s%(more)s.", names=names, more=more)
    return Todo(
        icon="calendar-event",
        title=begins if line.stage == "future" else running,
        text=f"{came} {missing}",
        **_reminding(line, [one for one in silent if one.written]),
    )


def _reminding(line: CohortSummary, written: Sequence[TraineeNotStarted]) -> dict[str, Any]:
    """Returns the action: a reminder to people invited before, else a link to the page of invitations."""
    if not written:
        return {"url": url_for("groups.trainees", cohort_id=line.id), "label": _("See who")}
    return {
        "url": url_for("groups.invite", cohort_id=line.id),
        "label": ngettext("Remind %(num)s trainee", "Remind %(num)s trainees", len(written)),
        "fields": {"which": "again", "back": "home"},
    }


def late_todo(one: LateTrainee) -> Todo:
    """Returns the entry of a late trainee."""
    seen = _("Last seen: %(when)s.", when=seen_words(one.last_seen, now()))
    due = _(
        "«%(group)s»: the topic «%(topic)s» was due on %(day)s.",
        group=one.cohort,
        topic=one.topic,
        day=format_date(one.due_on, "day"),
    )
    return Todo(
        icon="user-exclamation",
        title=_("%(name)s is %(hours)s h late", name=one.person, hours=format_hours(one.hours)),
        text=f"{due} {seen}",
        url=url_for("groups.remind", enrolment_id=one.enrolment_id),
        label=_("Remind"),
        page=url_for("groups.trainee", enrolment_id=one.enrolment_id),
        warn=True,
        fields={"back": "home"},
    )


def others_todo(late: Sequence[LateTrainee]) -> Todo:
    """Returns the entry of the late trainees who are not listed."""
    groups = list(dict.fromkeys(one.cohort for one in late))
    url = url_for("groups.show", cohort_id=late[0].cohort_id, show="late")
    return Todo(
        icon="users",
        title=ngettext("%(num)s more trainee is late", "%(num)s more trainees are late", len(late)),
        text=", ".join(f"«{title}»" for title in groups[:3]),
        url=url if len(groups) == 1 else url_for("groups.index"),
        label=_("See who"),
        warn=True,
    )


def end_todo(facts: Facts, line: CohortSummary) -> Todo | None:
    """Returns the entry of a group that ends soon with unfinished trainees."""
    if line.stage != "running" or line.ends_on - facts.today > ENDS_SOON or not line.unfinished:
        return None
    return Todo(
        icon="flag",
        title=_("The group «%(title)s» ends on %(day)s", title=line.title, day=format_date(line.ends_on, "day")),
        text=ngettext(
            "%(num)s trainee has not finished yet.", "%(num)s trainees have not finished yet.", line.unfinished
        ),
        url=url_for("groups.show", cohort_id=line.id, sort="hours"),
        label=_("Open the group"),
    )


def status_todo(site: Site, today: date) -> Todo | None:
    """Returns the entry of a site status that ends soon; an order is needed to renew it."""
    state = site_state(site, today)
    if not state.ends_soon or state.until is None or state.until - today > SOON:
        return None
    return Todo(
        icon="certificate",
        title=_("The status of the site ends on %(day)s", day=format_date(state.until)),
        text=_("«%(theme)s». A new order renews it: apply to the methodological centre.", theme=site.theme),
        url=link_to("programmes.index") or url_for("home.index"),
        label=_("To the programmes"),
        warn=True,
    )


def report_words(sites: Sequence[Site], today: date) -> str:
    """Returns the text with the due date of the annual report."""
    if not sites:
        return ""
    return format_date(sites[0].authority.regulation.next_report_due_on(today))


register_dashboard("leader", show)
