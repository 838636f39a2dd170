"""Pages of the registry: sites with their statuses, organisations, members and their roles."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select
from wtforms.fields.choices import SelectChoice

from lms.core.auth.policy import demand, fetch
from lms.core.clock import day_in
from lms.core.errors import NotFound
from lms.core.i18n import gettext as _
from lms.core.i18n import local_day
from lms.core.pages import Page, whole
from lms.core.people.models import Person
from lms.core.people.queries import suggest_people
from lms.http.input_values import whole_number_or
from lms.http.password_again import password_again
from lms.http.request_context import actor, db, now
from lms.registry import operations, queries
from lms.registry.appointments import Appointed, Appointee, appoint_somebody
from lms.registry.models import Authority, Membership, Organization, Site, SiteStatus
from lms.registry.queries import SiteFilter, SiteRow
from lms.registry.status import longest_end, runs_on
from lms.web.accounts.urls import one_time_link
from lms.web.registry.forms import EndForm, MemberForm, OrganizationForm, SiteForm, StatusForm
from lms.web.registry.presenters import MembershipScope, membership_scope
from lms.web.registry.status_labels import state_choices, state_word
from lms.web.shell.forms import Form
from lms.web.shell.role_labels import role_word
from lms.web.shell.time_zones import zone_choices, zone_name

bp = Blueprint("registry", __name__, url_prefix="/registry")
bp.app_template_global("state_word")(state_word)
bp.app_template_global("role_word")(role_word)
bp.app_template_global("zone_name")(zone_name)


def show(template: str, form: Form, **values: object) -> ResponseReturnValue:
    """Returns the page of a form; status 422 if the form has errors."""
    return render_template(f"registry/{template}.html", form=form, **values), 422 if form.errors else 200


def today(authority: Authority) -> date:
    """Returns the current date in the authority's time zone."""
    return day_in(authority.time_zone, now())


def my_authorities() -> list[Authority]:
    """Returns the authorities whose registry the actor may see."""
    return list(queries.authorities(db(), actor()))


@bp.get("")
@login_required
def index() -> ResponseReturnValue:
    """Lists the sites of an authority with their state, filtered."""
    demand(actor(), "registry.list")
    mine = my_authorities()
    state, query = request.args.get("state", ""), request.args.get("q", "")
    direction = request.args.get("direction", 0, int)
    ids = [each.id for each in mine]
    day = today(mine[0]) if mine else local_day(now())
    found = _found(ids, SiteFilter(state, query, direction), day)
    return render_template(
        "registry/index.html",
        found=found,
        authorities=mine,
        day=day,
        states=state_choices(),
        directions=[each for key in ids for each in queries.directions(db(), key)],
        chosen={"state": state, "q": query, "direction": direction},
    )


def _found(authority_ids: Sequence[int], wanted: SiteFilter, day: date) -> Page[SiteRow]:
    """Returns the page asked for, or, for the printer, all sites as one page."""
    if "all" in request.args:
        return whole(queries.registry_of(db(), authority_ids, wanted, day=day))
    return queries.page_of_registry(db(), authority_ids, wanted, day=day, page=request.args.get("page", 1, int))


@bp.get("/sites/<int:site_id>")
@login_required
def site(site_id: int) -> ResponseReturnValue:
    """Shows one site: its status, orders and members."""
    row = fetch(db(), Site, site_id, actor=actor(), may="site.see")
    day = today(row.authority)
    return render_template(
        "registry/site.html",
        site=row,
        site_state=queries.site_state(row, day),
        statuses=sorted(row.statuses, key=lambda status: status.starts_on, reverse=True),
        endable=[status.id for status in row.statuses if status.ended_on is None and status.ends_on >= day],
        running=[status.id for status in row.statuses if runs_on(status, day)],
        members=queries.members(db(), "site", row.id, former=True),
    )


@bp.route("/sites/new", methods=["GET", "POST"])
@login_required
def new_site() -> ResponseReturnValue:
    """Creates a site that applies for a status."""
    demand(actor(), "site.create")
    return _edit_site(None)


@bp.route("/sites/<int:site_id>/edit", methods=["GET", "POST"])
@login_required
def edit_site(site_id: int) -> ResponseReturnValue:
    """Changes object, subject or organisation of a site."""
    return _edit_site(fetch(db(), Site, site_id, actor=actor(), may="site.manage", see="site.see"))


def _edit_site(row: Site | None) -> ResponseReturnValue:
    form = SiteForm(obj=row)
    keepers = [row.authority] if row else my_authorities()
    schools = queries.organizations(db(), [each.id for each in keepers])
    form.organization_id.choices = [SelectChoice(each.id, each.short_name) for each in schools]
    form.direction_id.choices = [
        SelectChoice(each.id, each.title) for keeper in keepers for each in queries.directions(db(), keeper.id)
    ]
    if form.validate_on_submit():
        with form.catching():
            saved = _save_site(row, form)
            return redirect(url_for(".site", site_id=saved.id))
    return show("site_form", form, site=row, schools=schools)


def _save_site(row: Site | None, form: SiteForm) -> Site:
    host = fetch(db(), Organization, form.organization_id.data, actor=actor(), may="organization.manage")
    saved = operations.save_site(
        db(),
        actor=actor(),
        site=row,
        organization=host,
        direction_id=form.direction_id.data,
        theme=form.theme.data,
    )
    flash(_("Saved."), "ok")
    return saved


@bp.route("/sites/<int:site_id>/status", methods=["GET", "POST"])
@login_required
def grant(site_id: int) -> ResponseReturnValue:
    """Grants or renews the status by an order."""
    row = fetch(db(), Site, site_id, actor=actor(), may="site.grant", see="site.see")
    form = StatusForm()
    if form.validate_on_submit():
        with form.catching():
            operations.grant_status(
                db(),
                actor=actor(),
                site=row,
                order_number=form.order_number.data,
                order_date=form.order_date.data,
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
            )
            flash(_("The status has been granted."), "ok")
            return redirect(url_for(".site", site_id=row.id))
    years = row.authority.regulation.status_years_at_most
    latest = longest_end(form.starts_on.data or today(row.authority), years)
    return show("grant", form, site=row, years=years, latest=latest)


@bp.route("/statuses/<int:status_id>/end", methods=["GET", "POST"])
@login_required
def end_status(status_id: int) -> ResponseReturnValue:
    """Ends a status before its term."""
    status = fetch(db(), SiteStatus, status_id, actor=actor(), may="site.grant")
    form = EndForm()
    if form.validate_on_submit():
        with form.catching():
            operations.end_status(
                db(), actor=actor(), status=status, ended_on=form.ended_on.data, reason=form.reason.data
            )
            flash(_("The status has been ended."), "ok")
            return redirect(url_for(".site", site_id=status.site_id))
    return show("end_status", form, status=status)


@bp.get("/organizations")
@login_required
def organizations() -> ResponseReturnValue:
    """Lists the organisations of an authority."""
    demand(actor(), "registry.list")
    query = request.args.get("q", "")
    mine = my_authorities()
    ids, number = [each.id for each in mine], request.args.get("page", 1, int)
    found = queries.page_of_organizations(db(), ids, query=query, page=number)
    return render_template("registry/organizations.html", found=found, authorities=mine, query=query)


@bp.get("/organizations/<int:organization_id>")
@login_required
def organization(organization_id: int) -> ResponseReturnValue:
    """Shows one organisation: details for documents, sites, members."""
    row = fetch(db(), Organization, organization_id, actor=actor(), may="organization.see")
    day = today(row.authority)
    return render_template(
        "registry/organization.html",
        organization=row,
        sites=queries.sites_of(db(), row, day=day),
        members=queries.members(db(), "organization", row.id, former=True),
    )


@bp.route("/authorities/<int:authority_id>/organizations/new", methods=["GET", "POST"])
@login_required
def new_organization(authority_id: int) -> ResponseReturnValue:
    """Creates an organisation of this authority."""
    keeper = fetch(db(), Authority, authority_id, actor=actor(), may="organization.manage")
    return _edit_organization(None, keeper)


@bp.route("/organizations/<int:organization_id>/edit", methods=["GET", "POST"])
@login_required
def edit_organization(organization_id: int) -> ResponseReturnValue:
    """Changes names, signatory and licence."""
    row = fetch(db(), Organization, organization_id, actor=actor(), may="organization.manage", see="organization.see")
    return _edit_organization(row, row.authority)


def _edit_organization(row: Organization | None, keeper: Authority) -> ResponseReturnValue:
    usual = {"locality": keeper.locality, "time_zone": keeper.time_zone} if row is None else None
    form = OrganizationForm(obj=row, data=usual)
    form.time_zone.choices = zone_choices((row or keeper).time_zone)
    if form.validate_on_submit():
        with form.catching():
            values: dict[str, Any] = {
                name: "" if value is None else value for name, value in form.data.items() if name != "csrf_token"
            }
            saved = operations.save_organization(
                db(), actor=actor(), organization=row, authority_id=keeper.id, **values
            )
            flash(_("Saved."), "ok")
            return redirect(url_for(".organization", organization_id=saved.id))
    return show("organization_form", form, organization=row, authority=keeper)


@bp.get("/authorities/<int:authority_id>")
@login_required
def authority(authority_id: int) -> ResponseReturnValue:
    """Shows the authority: its regulation, directions and members."""
    row = fetch(db(), Authority, authority_id, actor=actor(), may="authority.see")
    return render_template(
        "registry/authority.html",
        authority=row,
        directions=queries.directions(db(), row.id),
        members=queries.members(db(), "authority", row.id, former=True),
    )


@bp.route("/<at>/<int:key>/members/new", methods=["GET", "POST"])
@login_required
@password_again
def new_member(at: str, key: int) -> ResponseReturnValue:
    """Gives a role to a person: found by search, or new."""
    where = membership_scope(at, key)
    form = MemberForm()
    form.role.choices = [SelectChoice(value, word) for value, word in where.roles()]
    if form.validate_on_submit():
        with form.catching():
            _tell(_appoint(where, form))
            return redirect(where.page)
    if not form.is_submitted():
        form.person_id.data = request.args.get("person", "")
        form.starts_on.data = day_in(where.time_zone, now())
    query = request.args.get("q", "")
    return show(
        "member_form",
        form,
        place=where,
        query=query,
        found=suggest_people(db(), query, within=where.choosable()),
        chosen=_chosen(where, form.person_id.data),
        somebody_new=bool(request.args.get("new")),
    )


def _chosen(where: MembershipScope, person_id: str | None) -> Person | None:
    """Returns the person of this id. Raises ``NotFound`` for one who may not be chosen here."""
    if not person_id:
        return None
    found = db().scalar(select(Person).where(Person.id == whole_number_or(person_id, 0), where.choosable()))
    if found is None:
        raise NotFound
    return found


def _appoint(where: MembershipScope, form: MemberForm) -> Appointed:
    who = Appointee(
        person=_chosen(where, form.person_id.data),
        surname=form.surname.data or "",
        given_name=form.given_name.data or "",
        patronymic=form.patronymic.data or "",
        email=form.email.data or "",
    )
    return appoint_somebody(
        db(),
        actor=actor(),
        who=who,
        role=form.role.data,
        at=where.at,
        place_id=where.id,
        starts_on=form.starts_on.data,
        order_number=form.order_number.data,
        order_date=form.order_date.data,
        qualification=form.qualification.data,
        link_to=one_time_link,
        now=now(),
    )


def _tell(appointed: Appointed) -> None:
    name = appointed.person.short_name
    if appointed.invited:
        flash(_("%(name)s has been added; an invitation is on its way.", name=name), "ok")
    elif appointed.person.account and appointed.person.account.password_hash is None:
        flash(_("%(name)s has been added. There is no e-mail: ask the administrator for a card.", name=name), "warn")
    else:
        flash(_("%(name)s has been added.", name=name), "ok")


@bp.post("/members/<int:membership_id>/end")
@login_required
@password_again
def end_member(membership_id: int) -> ResponseReturnValue:
    """Ends the person's role from today on."""
    row = db().get(Membership, membership_id)
    at, key = queries.place_of(row) if row else ("", None)
    where = membership_scope(at, key or 0)
    assert row is not None
    operations.end_membership(db(), actor=actor(), membership=row, on=day_in(where.time_zone, now()))
    flash(_("The role has been ended."), "ok")
    return redirect(where.page)
