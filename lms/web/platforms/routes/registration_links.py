"""One-time registration addresses: create, show to their author, revoke."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from lms.core.i18n import gettext as _
from lms.http.request_context import actor, db, now
from lms.lti.connections import registration_links
from lms.lti.connections.queries import site_name
from lms.lti.models.platforms import Platform, RegistrationAddress
from lms.lti.tool import registration_address
from lms.web.platforms.forms import OwnerForm
from lms.web.platforms.routes.blueprint import PREFIX, bp, get, get_platform, show

SHOWN = "registration_addresses"
KEPT = 5
"""Number of addresses that this browser can show again; the database stores only their hashes."""


@bp.post(f"{PREFIX}/addresses")
def make_address() -> ResponseReturnValue:
    """Creates an address for a new platform."""
    form = OwnerForm()
    if not form.validate_on_submit():
        return redirect(url_for(".new"), 303)
    made, token = registration_links.create_link(db(), actor=actor(), now=now(), **form.owner)
    return _to(made, token)


@bp.post(f"{PREFIX}/<int:platform_id>/addresses")
def make_address_anew(platform_id: int) -> ResponseReturnValue:
    """Creates an address that reconnects this platform."""
    made, token = registration_links.create_link(db(), actor=actor(), now=now(), platform=get_platform(platform_id))
    return _to(made, token)


@bp.get(f"{PREFIX}/addresses/<int:address_id>")
def address(address_id: int) -> ResponseReturnValue:
    """Shows the address, instructions and its state; a script requests the state only."""
    row = get(RegistrationAddress, address_id)
    token = session.get(SHOWN, {}).get(str(row.id))
    text = registration_address(token) if token else ""
    values = {"address": row, "ended": row.expires_at <= now(), "text": text}
    if request.headers.get("HX-Request"):
        return render_template("platforms/_address_state.html", **values)
    renewed: Platform | None = row.platform if row.used_at is None else None
    return show(
        "address",
        **values,
        renewed=renewed,
        site=site_name(db(), row.site_id),
    )


@bp.post(f"{PREFIX}/addresses/<int:address_id>/take-back")
def take_back(address_id: int) -> ResponseReturnValue:
    """Revokes the address."""
    registration_links.revoke(db(), actor=actor(), address=get(RegistrationAddress, address_id), now=now())
    flash(_("The address has been taken back: it works no more."), "ok")
    return redirect(url_for(".index"), 303)


def _to(made: RegistrationAddress, token: str) -> ResponseReturnValue:
    kept = list(session.get(SHOWN, {}).items())[-KEPT + 1 :]
    session[SHOWN] = dict([*kept, (str(made.id), token)])
    return redirect(url_for(".address", address_id=made.id), 303)
