"""Pages of log-in and log-out, first visit, forgotten password, own account and consent."""

from collections.abc import Collection
from datetime import timedelta

import structlog
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from lms.composition import parts
from lms.core.auth import passwords, throttle
from lms.core.auth.identities import ExternalIdentity
from lms.core.auth.policy import demand
from lms.core.auth.throttle import Limit
from lms.core.errors import Invalid, NotFound
from lms.core.i18n import current_locale
from lms.core.i18n import gettext as _
from lms.core.notifications.queries import letter_choices
from lms.core.people import consent, invitations, login, one_time_links, operations, second_factor, sessions
from lms.core.people.email_change import ask_to_confirm
from lms.core.people.models import Account
from lms.core.richtext import to_safe_html
from lms.http.input_values import whole_number_or
from lms.http.known_browsers import known_browser
from lms.http.launch_access import open_in_launch
from lms.http.locale import remember_language
from lms.http.login import log_out_user
from lms.http.password_again import password_again
from lms.http.request_context import account as logged_in_account
from lms.http.request_context import actor, db, now
from lms.http.second_step import enter
from lms.http.urls import safe_path
from lms.lti.identity import account_resolution
from lms.lti.launches.account_launches import platforms_of
from lms.web.accounts import consent as consent_cookie
from lms.web.accounts.forms import (
    AccountForm,
    CardForm,
    ConsentForm,
    FirstPasswordForm,
    ForgottenForm,
    LogInForm,
    PasswordForm,
)
from lms.web.accounts.presenters import DEMO_PASSWORD, browser_name, demo_logins
from lms.web.linking.presenters import to_older_account
from lms.web.notices.presenters import letter_card
from lms.web.shell.forms import Form

log = structlog.get_logger()
CONFIRMATIONS = Limit(5, timedelta(hours=1))
"""Letters to confirm an address, per account."""

CARD = "card"
"""Session key of the code of a card that was checked, and when."""
CARD_SHOWN_SECONDS = 15 * 60

bp = Blueprint("accounts", __name__)
bp.before_app_request(consent_cookie.ask_consent)
bp.app_template_filter("browser_name")(browser_name)


def show(template: str, form: Form, **values: object) -> ResponseReturnValue:
    """Returns the page of a form; status 422 if the form has errors."""
    return render_template(f"accounts/{template}.html", form=form, **values), 422 if form.errors else 200


def own_account() -> Account:
    """Returns the account that is logged in."""
    account = logged_in_account()
    assert account is not None, "login_required stands before"
    return account


def home() -> str:
    """Returns the path of the page after the log-in."""
    return url_for("home.index")


def address() -> str:
    """Returns the browser's IP address, for throttling."""
    return request.remote_addr or "unknown"


@bp.route("/log-in", methods=["GET", "POST"])
def log_in() -> ResponseReturnValue:
    """Logs in by user name or e-mail and password."""
    form = LogInForm(request.form if request.method == "POST" else request.args)
    if request.method == "GET" and not actor().is_anyone:
        return redirect(onward(form.next.data))
    if form.validate_on_submit():
        with form.catching():
            found = login.authenticate(
                db(),
                login=form.login.data,
                password=form.password.data,
                address=address(),
                now=now(),
                browser=known_browser(),
            )
            return enter(found, way="password", onward=onward(form.next.data))
    demo = demo_logins(db()) if parts().settings.demo else []
    return show("log_in", form, demo=demo, demo_password=DEMO_PASSWORD)


def onward(path: str | None) -> str:
    """Returns the path that was asked for before the log-in, or home."""
    return safe_path(path) if path else home()


@bp.post("/log-out")
def log_out() -> ResponseReturnValue:
    """Ends this browser's session."""
    log_out_user()
    return redirect(home())


@bp.route("/log-in/card", methods=["GET", "POST"])
def card() -> ResponseReturnValue:
    """Checks user name and the code of a printed card, then leads to the choice of a password."""
    form = CardForm()
    if form.validate_on_submit():
        with form.catching():
            keys = login.count(db(), form.username.data.strip().lower(), address(), now())
            one_time_links.check_card(db(), username=form.username.data, code=form.code.data, now=now())
            login.succeeded(db(), keys)
            session[CARD] = [form.code.data, now().timestamp()]
            return redirect(url_for(".card_password"))
    return show("card", form)


@bp.route("/log-in/card/password", methods=["GET", "POST"])
def card_password() -> ResponseReturnValue:
    """Sets a password by the card that this browser has just shown with its user name."""
    code, shown_at = session.get(CARD, ("", 0.0))
    if now().timestamp() - shown_at > CARD_SHOWN_SECONDS:
        return show("card", CardForm(formdata=None))
    return _first_password(code, one_time_links.CARDS)


@bp.route("/link/<token>", methods=["GET", "POST"])
def link(token: str) -> ResponseReturnValue:
    """Sets a password by a mailed link (invitation, new password). Only the POST uses the link up.

    The QR codes of cards of earlier releases lead here; a card is checked with its user name only.
    """
    if one_time_links.is_card_code(token):
        return redirect(url_for(".card", _anchor=f"/{token}"))
    return _first_password(token, one_time_links.LINKS)


def _first_password(token: str, purposes: Collection[str]) -> ResponseReturnValue:
    form = FirstPasswordForm()
    if form.validate_on_submit():
        with form.catching():
            way = "card" if purposes == one_time_links.CARDS else "link"
            return enter(_by_link(token, purposes, form.password.data), way=way, onward=home())
    try:
        found = one_time_links.look_up(db(), token, now=now(), purposes=purposes)
    except one_time_links.LinkGone as gone:
        log.warning("log_in_failed", way="link", reason=gone.reason)
        return render_template("accounts/link_gone.html", gone=gone), gone.status
    return show("link", form, link=found)


def _by_link(token: str, purposes: Collection[str], password: str) -> Account:
    """Uses the link up and sets the password; a double click with the same password counts as the first.

    Raises ``LinkGone``, ``Throttled``, ``Invalid``.
    """
    key = login.count_link(db(), address(), now())
    try:
        found = one_time_links.consume(db(), token, now=now(), purposes=purposes).account
    except one_time_links.LinkGone as gone:
        return _clicked_twice(one_time_links.used_by(db(), token, now=now(), purposes=purposes), password, gone)
    throttle.give_back(db(), key)
    operations.set_password(db(), actor=None, account=found, password=password, now=now())
    ask_to_confirm(db(), account=found, now=now())
    return found


def _clicked_twice(before: Account | None, password: str, gone: one_time_links.LinkGone) -> Account:
    """Returns the account that has just used the link with this password. Guesses are throttled as log-ins are.

    Raises ``LinkGone``, ``Throttled``.
    """
    if before is None:
        raise gone
    keys = login.count(db(), before.username, address(), now())
    if not passwords.verify(before.password_hash, password):
        raise gone
    login.succeeded(db(), keys)
    return before


@bp.route("/password/forgotten", methods=["GET", "POST"])
def forgotten() -> ResponseReturnValue:
    """Lets a job send a letter with a link; answer and time are the same whether the account exists or not."""
    form = ForgottenForm()
    if form.validate_on_submit():
        with form.catching():
            login.count(db(), f"reset:{form.login.data.strip().lower()}", address(), now())
            invitations.request_reset(db(), login=form.login.data)
            return render_template("accounts/forgotten_sent.html")
    return show("forgotten", form)


@bp.get("/account")
@login_required
def account() -> ResponseReturnValue:
    """Shows the own account: name, language, password, sessions, consent."""
    return show_account(AccountForm(formdata=None, obj=own_account()), PasswordForm(formdata=None))


def show_account(details: AccountForm, password: PasswordForm) -> ResponseReturnValue:
    """Returns the page of the account with its forms."""
    own = own_account()
    opened = sessions.list_sessions(db(), own.id, now=now())
    launched_from = platforms_of(db(), [each.id for each in opened if each.launched], now=now())
    return render_template(
        "accounts/account.html",
        account=own,
        details=details,
        password=password,
        sessions=[each for each in opened if not each.launched or each.id in launched_from],
        launched_from=launched_from,
        this_session=current_session(),
        consents=consent.history(db(), own.person_id),
        platforms=account_resolution.linked_platforms(db(), own),
        second_factor=second_factor.is_on(db(), own.id),
        codes_left=second_factor.codes_left(db(), own.id),
        second_factor_demanded=own.is_administrator and parts().settings.demands_second_factor,
        letters=letter_card(actor(), letter_choices(db(), own.person_id)),
    ), 422 if details.errors or password.errors else 200


def current_session() -> int:
    """Returns the id of this browser's session."""
    from flask import g

    return int(g.user_session.id)


@bp.post("/account")
@login_required
def save_account() -> ResponseReturnValue:
    """Saves e-mail, language and time zone."""
    own = own_account()
    form = AccountForm(obj=own)
    demand(actor(), "account.own", own)
    if form.validate_on_submit():
        with form.catching():
            operations.update_account(
                db(),
                actor=actor(),
                account=own,
                email=form.email.data,
                current=form.current_password.data or "",
                locale=form.locale.data,
                time_zone=form.time_zone.data,
                now=now(),
            )
            flash(_("Saved."), "ok")
            answer = redirect(url_for(".account"))
            remember_language(answer, own.locale)
            return answer
    return show_account(form, PasswordForm(formdata=None))


@bp.route("/account/email/<token>", methods=["GET", "POST"])
@login_required
def confirm_email(token: str) -> ResponseReturnValue:
    """Confirms the own e-mail by a mailed link. Only the POST uses the link up."""
    try:
        found = one_time_links.look_up(db(), token, now=now(), purposes=one_time_links.CONFIRMATION)
    except one_time_links.LinkGone as gone:
        return render_template("accounts/confirm_gone.html", gone=gone), gone.status
    if found.account_id != own_account().id:
        raise NotFound
    if request.method == "GET":
        return render_template("accounts/confirm_email.html", link=found)
    one_time_links.consume(db(), token, now=now(), purposes=one_time_links.CONFIRMATION)
    flash(_("The e-mail is confirmed."), "ok")
    return redirect(url_for(".account"))


@bp.post("/account/email/letter")
@login_required
def send_confirmation() -> ResponseReturnValue:
    """Sends the letter that confirms the own e-mail once more."""
    own = own_account()
    key = f"confirm:{own.id}"
    throttle.count_try(db(), key, CONFIRMATIONS, now=now(), code="letters_throttled")
    if ask_to_confirm(db(), account=own, now=now()):
        flash(_("A letter is on its way to %(email)s.", email=own.email), "ok")
    return redirect(url_for(".account"))


@bp.post("/account/password")
@login_required
def save_password() -> ResponseReturnValue:
    """Changes the password and ends the sessions of other browsers."""
    form, own = PasswordForm(), own_account()
    demand(actor(), "account.own", own)
    if form.validate_on_submit():
        with form.catching():
            operations.change_password(
                db(),
                actor=actor(),
                account=own,
                current=form.current.data,
                new=form.new.data,
                now=now(),
                keep_session=current_session(),
            )
            flash(_("The password has been changed. Other browsers have been logged out."), "ok")
            return redirect(url_for(".account"))
    return show_account(AccountForm(formdata=None, obj=own), form)


@bp.post("/account/sessions/<int:session_id>/end")
@login_required
@password_again
def end_session(session_id: int) -> ResponseReturnValue:
    """Ends one of the account's other sessions."""
    sessions.end_session(db(), own_account().id, session_id, now=now())
    flash(_("That browser has been logged out."), "ok")
    return redirect(url_for(".account"))


@bp.post("/account/sessions/end-others")
@login_required
@password_again
def end_other_sessions() -> ResponseReturnValue:
    """Ends all sessions except this one."""
    sessions.end_all(db(), own_account().id, now=now(), but=current_session())
    flash(_("Other browsers have been logged out."), "ok")
    return redirect(url_for(".account"))


@bp.post("/account/platforms/<int:identity_id>/disconnect")
@login_required
@password_again
def disconnect(identity_id: int) -> ResponseReturnValue:
    """Removes the tie between a platform's user and this account; a second request changes nothing."""
    own = own_account()
    identity = db().get(ExternalIdentity, identity_id)
    if identity is not None and identity.account_id == own.id:
        try:
            account_resolution.unlink_identity(db(), account=own, identity=identity, now=now())
        except Invalid as error:
            flash(error.message, "warn")
            return redirect(url_for(".account", _anchor="password"))
    flash(_("Disconnected. Next time you come from there, you are asked who you are."), "ok")
    return redirect(url_for(".account", _anchor="platforms"))


@bp.route("/consent", methods=["GET", "POST"])
@open_in_launch
@login_required
def consent_step() -> ResponseReturnValue:
    """Shows the current text of consent with a checkbox, and nothing else."""
    onward_path = request.args.get("next")
    document = consent.needed(db(), own_account().person_id)
    if document is None:
        consent_cookie.remember(own_account().id)
        return redirect(onward(onward_path))
    form = ConsentForm()
    if form.validate_on_submit():
        with form.catching():
            consent.give(
                db(),
                actor=actor(),
                person_id=own_account().person_id,
                document_id=whole_number_or(form.document_id.data, 0),
                now=now(),
            )
            consent_cookie.remember(own_account().id)
            return redirect(onward(onward_path))
    form.document_id.data = str(document.id)
    text = to_safe_html(consent.text_of(document, current_locale()), "markdown", top_heading=2)
    return show("consent", form, document=document, text=text, older=to_older_account())


@bp.post("/consent/withdraw")
@login_required
def withdraw_consent() -> ResponseReturnValue:
    """Withdraws consent: other sessions end, and this browser is asked at its next request."""
    own = own_account()
    consent.withdraw(db(), actor=actor(), person_id=own.person_id, now=now())
    sessions.end_all(db(), own.id, now=now(), but=current_session())
    consent_cookie.forget()
    flash(_("Your consent has been withdrawn. You may give it again at any time."), "ok")
    return redirect(url_for(".account"))
