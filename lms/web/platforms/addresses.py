"""One-time registration addresses: made, shown to whoever made them, taken back."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from lms.core.i18n import gettext as _
from lms.http.request_context import actor, db, now
from lms.lti.connections import registration_links
from lms.lti.connections.queries import site_name
from lms.lti.models.platforms import Platform, RegistrationAddress
from lms.lti.tool import registration_address
from lms.web.platforms.base import PLACE, bp, get, get_platform, show
from lms.web.platforms.forms import OwnerForm

SHOWN = "registration_addresses"
KEPT = 5
"""Addresses that this browser can show once more; the database knows only their hashes."""


@bp.post(f"{PLACE}/addresses")
def make_address() -> ResponseReturnValue:
    """A new address for a new platform."""
    form = OwnerForm()
    if not form.validate_on_submit():
        return redirect(url_for(".new"), 303)
    made, token = registration_links.create_link(db(), actor=actor(), now=now(), **form.owner)
    return _to(made, token)


@bp.post(f"{PLACE}/<int:platform_id>/addresses")
def make_address_anew(platform_id: int) -> ResponseReturnValue:
    """A new address that connects this platform anew."""
    made, token = registration_links.create_link(db(), actor=actor(), now=now(), platform=get_platform(platform_id))
    return _to(made, token)


@bp.get(f"{PLACE}/addresses/<int:address_id>")
def address(address_id: int) -> ResponseReturnValue:
    """The address to paste, where to paste it, and whether it was used. A script asks for the state alone."""
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


@bp.post(f"{PLACE}/addresses/<int:address_id>/take-back")
def take_back(address_id: int) -> ResponseReturnValue:
    """The address works no more."""
    registration_links.revoke(db(), actor=actor(), address=get(RegistrationAddress, address_id), now=now())
    flash(_("The address has been taken back: it works no more."), "ok")
    return redirect(url_for(".index"), 303)


def _to(made: RegistrationAddress, token: str) -> ResponseReturnValue:
    kept = list(session.get(SHOWN, {}).items())[-KEPT + 1 :]
    session[SHOWN] = dict([*kept, (str(made.id), token)])
    return redirect(url_for(".address", address_id=made.id), 303)
