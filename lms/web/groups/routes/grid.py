"""The grid of trainees by topics: filters, sorting, marks, export to a workbook, printing."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from werkzeug.wsgi import FileWrapper

from courses.class_list import MOST_DAYS, MOST_ROWS, ClassList, ListRow, typeset_class_list
from courses.groups import queries
from courses.groups.grid import Column, Grid, GridFilter, grid_filter
from courses.groups.grid_queries import group_grid
from courses.models.groups import Cohort
from courses.progress.operations import mark_topic, unmark_topic
from lms.core.auth.policy import allowed, demand
from lms.core.errors import DomainError, NotFound
from lms.core.i18n import _, ngettext
from lms.http.downloads import name_download, name_of_title
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.web.groups.presenters import GridCells
from lms.web.groups.routes.blueprint import bp, group_to_see, today_of
from lms.web.groups.workbook import write_grid

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of the grid that keep the current choices except those they change."""

    grid: str
    """Address of the grid without choices."""
    choice: GridFilter

    def __call__(self, **changes: Any) -> str:
        """Returns the grid's address with these changes; a new filter or order starts at the first page."""
        kept = {"show": self.choice.show, "sort": self.choice.sort, "q": self.choice.query}
        values = {name: value for name, value in {**kept, **changes}.items() if value not in ("", None, "name")}
        return f"{self.grid}?{urlencode(values)}" if values else self.grid

    def sorting(self, key: str) -> str:
        """Returns the address of the grid sorted by this column; reversed if it is the current one."""
        return self(sort=f"-{key}" if self.choice.sort == key else key)

    def order(self, key: str) -> str:
        """Returns the value for ``aria-sort``."""
        if self.choice.key != key:
            return "none"
        return "descending" if self.choice.sort.startswith("-") else "ascending"


def wanted() -> GridFilter:
    """Returns the choices that the address contains."""
    args = request.args
    return grid_filter(args.get("show", ""), args.get("sort", "name"), args.get("q", ""), args.get("page", 1, int))


@bp.get("/groups/<int:cohort_id>")
@open_in_launch
@login_required
def show(cohort_id: int) -> ResponseReturnValue:
    """Shows the grid; ``topic`` opens one column for marking."""
    cohort = group_to_see(cohort_id)
    grid = group_grid(db(), cohort, wanted(), now())
    topic = chosen_topic(grid)
    return render_template(
        "groups/show.html",
        cohort=cohort,
        grid=grid,
        topic=topic,
        place=grid.columns.index(topic) if topic else None,
        cells=GridCells(grid.columns),
        tick_all=request.args.get("all") == "1",
        link=Links(url_for("groups.show", cohort_id=cohort.id), grid.choice),
        today=today_of(cohort),
        edits=allowed(actor(), "group.edit", cohort),
    )


def chosen_topic(grid: Grid) -> Column | None:
    """Returns the topic whose column is open for marking."""
    asked = request.args.get("topic", "")
    return next((column for column in grid.columns if str(column.lineage) == asked), None)


@bp.post("/groups/<int:cohort_id>/mark")
@open_in_launch
@login_required
def mark(cohort_id: int) -> ResponseReturnValue:
    """Confirms a topic for ticked trainees and takes the mark back from unticked ones; others stay unchanged."""
    cohort = group_to_see(cohort_id)
    lineage = request.form.get("topic", type=uuid.UUID)
    if lineage is None:
        raise NotFound
    shown = set(request.form.getlist("shown", type=int))
    ticked = set(request.form.getlist("done", type=int)) & shown
    marked, taken, refused = _mark(cohort, lineage, shown, ticked)
    if marked or taken or not refused:
        flash(_marked_words(marked, taken), "ok")
    for message in sorted(refused):
        flash(message, "warn")
    back: dict[str, Any] = {name: request.form.get(name) or None for name in ("show", "sort", "q", "page")}
    return redirect(url_for(".show", cohort_id=cohort.id, **back), 303)


def _mark(cohort: Cohort, lineage: uuid.UUID, shown: set[int], ticked: set[int]) -> tuple[int, int, set[str]]:
    """Returns the number of marks made, the number taken back, and the errors."""
    counts, refused = {mark_topic: 0, unmark_topic: 0}, set()
    demand(actor(), "progress.mark", cohort)
    for enrolment in queries.enrolments(db(), cohort.id, shown):
        change = mark_topic if enrolment.id in ticked else unmark_topic
        own = enrolment.person_id == actor().person_id
        if change is unmark_topic and (own or enrolment.state != "enrolled"):
            continue
        try:
            with db().begin_nested():
                counts[change] += change(db(), actor=actor(), enrolment=enrolment, topic_lineage=lineage, now=now())
        except NotFound:
            raise
        except DomainError as error:
            refused.add(f"{enrolment.person.short_name}: {error.message}")
    return counts[mark_topic], counts[unmark_topic], refused


def _marked_words(marked: int, taken: int) -> str:
    parts = []
    if marked:
        parts.append(ngettext("Marked for %(num)s trainee.", "Marked for %(num)s trainees.", marked))
    if taken:
        parts.append(ngettext("Taken back from %(num)s trainee.", "Taken back from %(num)s trainees.", taken))
    return " ".join(parts) or _("Nothing has changed.")


@bp.get("/groups/<int:cohort_id>/export.xlsx")
@open_in_launch
@login_required
def export(cohort_id: int) -> ResponseReturnValue:
    """Sends the grid as a workbook: all pages, filtered and sorted as shown."""
    cohort = group_to_see(cohort_id)
    stream = write_grid(cohort.title, group_grid(db(), cohort, wanted(), now(), whole=True))
    answer = Response(FileWrapper(stream), mimetype=WORKBOOK, direct_passthrough=True)
    name_download(answer, name_of_title(cohort.title, "xlsx"))
    return answer


# Printing


@bp.get("/groups/<int:cohort_id>/print")
@open_in_launch
@login_required
def print_list(cohort_id: int) -> ResponseReturnValue:
    """Shows the class list with empty columns for printing, for a class without Internet access."""
    cohort = group_to_see(cohort_id)
    grid = group_grid(db(), cohort, GridFilter(), now(), whole=True)
    return render_template(
        "groups/print.html",
        cohort=cohort,
        grid=grid,
        topic=chosen_topic(grid),
        days=asked_days(),
        most_days=MOST_DAYS,
        columns=range(min(max(request.args.get("columns", 4, int), 1), MOST_DAYS)),
    )


@bp.get("/groups/<int:cohort_id>/class-list.pdf")
@open_in_launch
@login_required
def class_list(cohort_id: int) -> ResponseReturnValue:
    """Sends the class list as PDF, with a signature column for each day."""
    cohort = group_to_see(cohort_id)
    grid = group_grid(db(), cohort, GridFilter(), now(), whole=True)
    topic = chosen_topic(grid)
    rows = [ListRow(row.trainee.name, row.trainee.workplace) for row in grid.rows][:MOST_ROWS]
    made = ClassList(
        language=cohort.version.programme.language,
        title=f"{topic.number}. {topic.title}" if topic else cohort.version.title,
        group=cohort.title,
        days=asked_days(),
        rows=rows,
        site=cohort.site.organization.short_name,
        place=request.args.get("place", "")[:200],
    )
    answer = Response(typeset_class_list(made, created=now()), mimetype="application/pdf")
    name_download(answer, name_of_title(cohort.title, "pdf"), inline=True)
    return answer


def asked_days() -> list[date]:
    """Returns the dates in the address, without repetitions, in order; texts that are no date are left out."""
    days = set()
    for text in request.args.getlist("day")[: 2 * MOST_DAYS]:
        try:
            days.add(date.fromisoformat(text))
        except ValueError:
            continue
    return sorted(days)[:MOST_DAYS]
