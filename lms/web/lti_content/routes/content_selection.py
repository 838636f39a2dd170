"""Selection of a group and its content inside a launch; returns to the platform or to the content."""

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from courses.groups.queries import CohortSummary
from courses.models.groups import Cohort
from lms.core.errors import DomainError
from lms.core.i18n import _
from lms.http.launch_access import open_in_launch
from lms.http.request_context import account, actor, db, now
from lms.http.security_headers import allow_forms
from lms.lti.content.choices import Choice, Choices, choices_of, groups_to_show
from lms.lti.content.content_items import (
    checked_choices,
    create_content_item,
    find_copied_item,
    matching_value,
    set_link_content,
)
from lms.lti.content.copied_links import choose_for_course, groups_of_course
from lms.lti.content.deep_linking import signed_response
from lms.lti.identity.linking import unused_account
from lms.lti.launches.destinations import page_for_staff
from lms.lti.models.launches import ContentItem
from lms.web.lti_content.routes.blueprint import Asked, asked, bp, group_to_show, led_sites

Placed = Sequence[tuple[ContentItem, Choice]]


@bp.get("/placing")
@open_in_launch
@login_required
def choose() -> ResponseReturnValue:
    """Shows the groups, or the content of the only one."""
    wanted = asked()
    lines = groups_to_show(db(), actor(), now())
    if not lines and not led_sites():
        return nobody(wanted)
    before = earlier(wanted)
    cohort = first_group(lines, before, shown_groups(wanted))
    if cohort is None:
        return groups_page(wanted, lines, before)
    choices = choices_of(db(), cohort)
    value = matching_value(before, choices) if before else ""
    graded = before.graded if before else True
    return parts_page(wanted, choices, [value or choices.programme.value], graded=graded, lines=lines)


def earlier(wanted: Asked) -> ContentItem | None:
    """Returns the content item that this link shows, or showed in the course from which it was copied."""
    if key := request.args.get("earlier"):
        return find_copied_item(db(), key, actor=actor())
    return wanted.link.placement if wanted.link else None


def shown_groups(wanted: Asked) -> list[Cohort]:
    """Returns the groups that the platform's course shows already, besides the link whose content is chosen."""
    return groups_of_course(db(), wanted.launch.context, besides=wanted.link)


def first_group(lines: Sequence[CohortSummary], before: ContentItem | None, shown: Sequence[Cohort]) -> Cohort | None:
    """Returns the requested group, that which the course shows already, that of the earlier choice, or the only one;
    None if it must be chosen.
    """
    if named := request.args.get("group", type=int):
        return group_to_show(named)
    if "all" in request.args:
        return None
    known = {line.id for line in lines}
    if here := [cohort for cohort in shown if cohort.id in known]:
        return here[0]
    if before is not None and before.cohort_id in known:
        return before.cohort
    return group_to_show(lines[0].id) if len(lines) == 1 else None


def nobody(wanted: Asked) -> ResponseReturnValue:
    """Renders the page for a person without a site."""
    person = account()
    name = person.person.full_name if person else ""
    moves = unused_account(db(), wanted.launch) is not None
    return render_template("lti_content/no_site.html", wanted=wanted, name=name, moves=moves)


def groups_page(
    wanted: Asked, lines: Sequence[CohortSummary], before: ContentItem | None, error: str = ""
) -> ResponseReturnValue:
    """Renders the first step: groups."""
    page = render_template(
        "lti_content/select_group.html",
        wanted=wanted,
        lines=lines,
        before=before,
        error=error,
        leads=bool(led_sites()),
        several=len({line.site_id for line in lines}) > 1,
        shown={cohort.id for cohort in shown_groups(wanted)},
        earlier=request.values.get("earlier"),
    )
    return page, 422 if error else 200


def parts_page(
    wanted: Asked,
    choices: Choices,
    values: Sequence[str],
    *,
    graded: bool,
    lines: Sequence[CohortSummary],
    error: str = "",
    second: Sequence[Cohort] = (),
) -> ResponseReturnValue:
    """Renders the second step: content of the group. ``second``: other groups of the course, to be asked about."""
    page = render_template(
        "lti_content/select_content.html",
        wanted=wanted,
        cohort=choices.cohort,
        choices=choices,
        values=set(values),
        graded=graded,
        other_groups=len(lines) > 1 or bool(led_sites()),
        error=error,
        second=second,
        copied=is_copied(wanted),
        whole="whole" in request.form or request.method == "GET",
        earlier=request.values.get("earlier"),
    )
    return page, 422 if error or second else 200


def is_copied(wanted: Asked) -> bool:
    """Returns whether the link comes from a copied course, whose other links are chosen with it."""
    return wanted.link is not None and bool(request.values.get("earlier"))


@bp.post("/placing")
@open_in_launch
@login_required
def place() -> ResponseReturnValue:
    """Creates the content items; repeating the request creates nothing."""
    wanted = asked()
    choices = choices_of(db(), group_to_show(request.form.get("group", type=int) or 0))
    values, graded = request.form.getlist("show"), "graded" in request.form and wanted.takes_results
    others = [cohort for cohort in shown_groups(wanted) if cohort.id != choices.cohort.id]
    if others and "second" not in request.form:
        lines = groups_to_show(db(), actor(), now())
        return parts_page(wanted, choices, values, graded=graded, lines=lines, second=others)
    try:
        with db().begin_nested():
            placed = placements_of(wanted, choices, values, graded=graded)
            if is_copied(wanted) and "whole" in request.form:
                choose_for_course(db(), actor=actor(), context=wanted.launch.context, cohort=choices.cohort)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        lines = groups_to_show(db(), actor(), now())
        if error.field == "group":
            return groups_page(wanted, lines, None, error.message)
        return parts_page(wanted, choices, values, graded=graded, lines=lines, error=error.message)
    return back(wanted, placed) if wanted.settings else redirect(shown_at(placed[0][0]), 303)


def placements_of(wanted: Asked, choices: Choices, values: Sequence[str], *, graded: bool) -> Placed:
    """Creates content items of the chosen content and sets that of the link. Raises ``Invalid``."""

    def made(choice: Choice) -> ContentItem:
        cohort = choices.cohort
        return create_content_item(
            db(), actor=actor(), launch=wanted.launch, cohort=cohort, choice=choice, graded=graded
        )

    placed = [(made(choice), choice) for choice in checked_choices(choices, values, several=wanted.several)]
    if wanted.link is not None:
        set_link_content(db(), actor=actor(), link=wanted.link, placement=placed[0][0], now=now())
    return placed


@bp.post("/placing/cancel")
@open_in_launch
@login_required
def cancel() -> ResponseReturnValue:
    """Returns to the platform without content; without deep linking, shows the selection again."""
    wanted = asked()
    if wanted.settings is None:
        return redirect(url_for(".choose"), 303)
    return back(wanted, [], message=_("Nothing was chosen."))


def back(wanted: Asked, placed: Placed, message: str = "") -> ResponseReturnValue:
    """Renders the form that posts the signed response to the platform, by script or by its button."""
    assert wanted.settings is not None
    jwt = signed_response(
        db(), launch=wanted.launch, settings=wanted.settings, placed=placed, now=now(), message=message
    )
    allow_forms(wanted.settings.origin)
    return render_template("lti_content/return_to_platform.html", wanted=wanted, jwt=jwt, placed=placed)


def shown_at(placement: ContentItem) -> str:
    """Returns the URL of the staff's page of a content item."""
    page = page_for_staff(actor(), placement)
    return url_for(page.endpoint, **page.values)
