"""Pages of people and accounts: search, creation, invitations, cards, closing."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.composition import parts
from lms.core.clock import day_in
from lms.core.i18n import gettext as _
from lms.core.people import consent, invitations, operations, queries, second_factor, sessions
from lms.core.people.models import Account, Person
from lms.http.password_again import password_again
from lms.http.request_context import actor, db, now
from lms.registry.queries import place_names, roles_of
from lms.web.accounts.urls import one_time_link, qr_code
from lms.web.admin.forms import AccountForm, NewPersonForm, PaperForm, PersonForm
from lms.web.admin.routes.blueprint import bp, get, show

CARDS_AT_ONCE = 200


@bp.get("/people")
def people() -> ResponseReturnValue:
    """Lists people with search and filters; cards can be printed for those ticked."""
    query, which = request.args.get("q", ""), request.args.get("which", "")
    found = queries.find_people(db(), query=query, which=which, page=request.args.get("page", 1, int))
    return show("people", found=found, query=query, which=which)


@bp.route("/people/new", methods=["GET", "POST"])
def new_person() -> ResponseReturnValue:
    """Creates a person, with an account and an invitation if wanted."""
    form = NewPersonForm()
    if form.validate_on_submit():
        with form.catching():
            made = operations.create_person(db(), actor=actor(), **_values(form, but="account"))
            if form.account.data:
                _invite(operations.create_account(db(), actor=actor(), person=made))
            return redirect(url_for(".person", person_id=made.id))
    return show("person_new", form, form=form)


@bp.get("/people/<int:person_id>")
def person(person_id: int) -> ResponseReturnValue:
    """Shows one person: name, account, roles, consent."""
    row = get(Person, person_id)
    return _person_page(row, form_of(row, formdata=None))


def form_of(row: Person, **how: Any) -> PersonForm:
    """Returns the form over the stored values; an e-mail is both the person's and the account's."""
    names = ("surname", "given_name", "patronymic", "phone", "position", "workplace")
    email = (row.account.email if row.account else None) or row.email
    return PersonForm(over=row, data={"email": email, **{name: getattr(row, name) for name in names}}, **how)


@bp.post("/people/<int:person_id>")
@password_again
def save_person(person_id: int) -> ResponseReturnValue:
    """Saves name and contacts; the former name stays in the history."""
    row = get(Person, person_id)
    form = form_of(row)
    if form.validate_on_submit():
        with form.catching():
            values = _values(form)
            name = {part: values.pop(part) for part in ("surname", "given_name", "patronymic")}
            operations.rename_person(db(), actor=actor(), person=row, **name)
            operations.update_person(db(), actor=actor(), person=row, now=now(), **values)
            flash(_("Saved."), "ok")
            return redirect(url_for(".person", person_id=row.id))
    return _person_page(row, form)


@bp.post("/people/<int:person_id>/account")
def create_account(person_id: int) -> ResponseReturnValue:
    """Creates an account; if it has an e-mail, an invitation is sent."""
    row, form = get(Person, person_id), AccountForm()
    if form.validate_on_submit():
        with form.catching():
            _invite(operations.create_account(db(), actor=actor(), person=row, username=form.username.data))
            return redirect(url_for(".person", person_id=row.id))
    return _person_page(row, form_of(row, formdata=None), account_form=form)


@bp.post("/people/<int:person_id>/consent")
def note_consent(person_id: int) -> ResponseReturnValue:
    """Records consent given on paper."""
    row, form = get(Person, person_id), PaperForm()
    if form.validate_on_submit():
        with form.catching():
            consent.note_paper(
                db(),
                actor=actor(),
                person_id=row.id,
                paper_date=form.paper_date.data,
                now=now(),
                today=day_in(parts().settings.time_zone, now()),
            )
            flash(_("The consent on paper has been noted."), "ok")
            return redirect(url_for(".person", person_id=row.id))
    return _person_page(row, form_of(row, formdata=None), paper=form)


@bp.post("/accounts/<int:account_id>/invite")
def invite(account_id: int) -> ResponseReturnValue:
    """Sends the invitation again; earlier links become invalid."""
    account = get(Account, account_id)
    _invite(account)
    return redirect(url_for(".person", person_id=account.person_id))


@bp.post("/accounts/<int:account_id>/second-factor/off")
@password_again
def turn_off_second_factor(account_id: int) -> ResponseReturnValue:
    """Removes the second factor of somebody who has lost phone and recovery codes; ends the account's sessions."""
    account = get(Account, account_id)
    second_factor.turn_off(db(), actor=actor(), account=account)
    sessions.end_all(db(), account.id, now=now())
    flash(_("The second factor is off: the account is set up anew at the next log-in."), "ok")
    return redirect(url_for(".person", person_id=account.person_id))


@bp.post("/accounts/<int:account_id>/sessions/end")
@password_again
def end_sessions(account_id: int) -> ResponseReturnValue:
    """Logs the account out in every browser, and leaves it open."""
    account = get(Account, account_id)
    operations.end_sessions(db(), actor=actor(), account=account, now=now())
    flash(_("The account has been logged out everywhere."), "ok")
    return redirect(url_for(".person", person_id=account.person_id))


@bp.post("/accounts/<int:account_id>/active/<any(open, close):deed>")
@password_again
def set_active(account_id: int, deed: str) -> ResponseReturnValue:
    """Closes the account, which ends its sessions, or opens it again."""
    account = get(Account, account_id)
    operations.set_active(db(), actor=actor(), account=account, active=deed == "open", now=now())
    flash(_("The account is open again.") if deed == "open" else _("The account has been closed."), "ok")
    return redirect(url_for(".person", person_id=account.person_id))


@bp.post("/accounts/<int:account_id>/administrator/<any(give, take):deed>")
@password_again
def set_administrator(account_id: int, deed: str) -> ResponseReturnValue:
    """Grants or revokes the administrator's rights."""
    account = get(Account, account_id)
    operations.set_administrator(db(), actor=actor(), account=account, administrator=deed == "give", now=now())
    flash(_("Saved."), "ok")
    return redirect(url_for(".person", person_id=account.person_id))


@bp.post("/cards")
@password_again
def cards() -> ResponseReturnValue:
    """Shows one-time cards for the people ticked, to be printed; the codes are shown on this page only."""
    ticked = request.form.getlist("person", int)[:CARDS_AT_ONCE]
    accounts = queries.accounts_of(db(), ticked)
    if not accounts:
        flash(_("Tick people who have an account first."), "warn")
        return redirect(url_for(".people"))
    printed = invitations.print_cards(db(), actor=actor(), accounts=accounts, now=now())
    return show("cards", cards=[(card, qr_code(card.address)) for card in printed], log_in=_log_in_address())


def _log_in_address() -> str:
    return parts().settings.address + url_for("accounts.card")


def _invite(account: Account) -> None:
    if invitations.invite(db(), actor=actor(), account=account, link_to=one_time_link, now=now()):
        flash(_("An invitation is on its way to %(email)s.", email=account.email), "ok")
    else:
        flash(_("There is no e-mail to write to: print a card."), "warn")


def _values(form: PersonForm, but: str = "") -> dict[str, Any]:
    return {name: value or "" for name, value in form.data.items() if name not in ("csrf_token", but)}


def _person_page(
    row: Person, form: PersonForm, *, account_form: AccountForm | None = None, paper: PaperForm | None = None
) -> ResponseReturnValue:
    account_form = account_form or AccountForm(formdata=None)
    paper = paper or PaperForm(formdata=None)
    roles = roles_of(db(), row.id)
    return show(
        "person",
        form,
        account_form,
        paper,
        somebody=row,
        form=form,
        account_form=account_form,
        paper=paper,
        account=row.account,
        sessions=sessions.list_sessions(db(), row.account.id, now=now()) if row.account else [],
        roles=roles,
        places=place_names(db(), roles),
        former=queries.former_names(db(), row.id),
        consents=consent.history(db(), row.id),
        second_factor=row.account is not None and second_factor.is_on(db(), row.account.id),
        free_username=operations.free_username(db(), row) if row.account is None else "",
    )
