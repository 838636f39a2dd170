"""Second factor: the code at the log-in, set-up with a QR code, recovery codes; administrators are led to it."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from lms.composition import parts
from lms.core.errors import Forbidden, Invalid
from lms.core.i18n import gettext as _
from lms.core.people import second_factor
from lms.core.people.models import Account
from lms.core.public_url import host
from lms.http.launch_context import is_framed
from lms.http.login import log_in_user
from lms.http.password_again import confirm_password, password_again
from lms.http.request_context import account, actor, db, now
from lms.http.second_step import awaited
from lms.web.accounts.urls import qr_code
from lms.web.second_factor.forms import CodeForm, SetUpForm
from lms.web.second_factor.presenters import in_groups, sealed, unsealed

bp = Blueprint("second_factor", __name__)
OPEN = ("accounts", "second_factor", "health", "verify", "styleguide", "lti", "linking")
"""Features that an administrator without a second factor may use, to set one up or to log out."""


def lead_to_set_up() -> ResponseReturnValue | None:
    """Redirects an administrator without a second factor to its set-up, if the settings demand one."""
    endpoint = request.endpoint or "static"
    if endpoint in ("static", "language") or endpoint.partition(".")[0] in OPEN or is_framed():
        return None
    if not current_user.is_authenticated or not _is_owed(own_account()):
        return None
    page = url_for("second_factor.set_up")
    if request.headers.get("HX-Request"):
        answer = make_response("", 204)
        answer.headers["HX-Redirect"] = page
        return answer
    return redirect(page)


bp.before_app_request(lead_to_set_up)


def own_account() -> Account:
    """Returns the account that is logged in."""
    found = account()
    assert found is not None, "login_required stands before"
    return found


def _is_demanded(own: Account) -> bool:
    return own.is_administrator and parts().settings.demands_second_factor


def _is_owed(own: Account) -> bool:
    return _is_demanded(own) and not second_factor.is_on(db(), own.id)


@bp.route("/log-in/code", methods=["GET", "POST"])
def step() -> ResponseReturnValue:
    """Asks for the code after password, link or card."""
    waiting, form = awaited(), CodeForm()
    if waiting is None:
        return render_template("second_factor/step_gone.html"), 410
    if form.validate_on_submit():
        with form.catching():
            second_factor.check(db(), account=waiting.account, code=form.code.data or "", now=now())
            log_in_user(waiting.account, way=f"{waiting.way} and code")
            return redirect(waiting.onward)
    return render_template("second_factor/step.html", form=form), 422 if form.errors else 200


@bp.route("/account/second-factor", methods=["GET", "POST"])
@login_required
def set_up() -> ResponseReturnValue:
    """Shows the secret as a QR code, and turns the second factor on by password and first code."""
    own, form = own_account(), SetUpForm()
    secret = unsealed(own, form.sealed.data) or second_factor.new_secret()
    if form.validate_on_submit():
        with form.catching():
            codes = _turn_on(own, form)
            return render_template("second_factor/codes.html", codes=codes, first=True)
    form.sealed.data = sealed(own, secret)
    return render_template(
        "second_factor/set_up.html",
        form=form,
        account=own,
        secret=in_groups(secret),
        qr=qr_code(second_factor.setup_address(own, secret, host())),
        owed=_is_owed(own),
        on=second_factor.is_on(db(), own.id),
    ), 422 if form.errors else 200


def _turn_on(own: Account, form: SetUpForm) -> list[str]:
    secret = unsealed(own, form.sealed.data)
    if secret is None:
        raise Invalid(_("This page was open for too long: here is a new code to scan."), "code")
    confirm_password(password=form.current_password.data or "", field="current_password")
    return list(
        second_factor.turn_on(db(), actor=actor(), account=own, secret=secret, code=form.code.data or "", now=now())
    )


@bp.post("/account/second-factor/codes")
@login_required
@password_again
def codes() -> ResponseReturnValue:
    """Shows new recovery codes; the earlier ones end."""
    own = own_account()
    if not second_factor.is_on(db(), own.id):
        return redirect(url_for(".set_up"))
    made = second_factor.renew_codes(db(), actor=actor(), account=own)
    return render_template("second_factor/codes.html", codes=made, first=False)


@bp.post("/account/second-factor/off")
@login_required
@password_again
def turn_off() -> ResponseReturnValue:
    """Turns the second factor off, unless the role demands one."""
    own = own_account()
    if _is_demanded(own):
        raise Forbidden(
            _("An administrator’s second factor cannot be turned off. To change the phone, set it up again.")
        )
    second_factor.turn_off(db(), actor=actor(), account=own)
    flash(_("The second factor is off."), "ok")
    return redirect(url_for("accounts.account", _anchor="second-factor"))
