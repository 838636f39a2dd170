"""The tool's keys: list, public key as PEM, rotation."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.core.i18n import gettext as _
from lms.http.request_context import actor, db, now
from lms.lti.tool import tool_urls
from lms.lti.trust import tool_keys
from lms.web.platforms.routes.blueprint import PREFIX, bp, show


@bp.get(f"{PREFIX}/keys")
def own_keys() -> ResponseReturnValue:
    """Shows the published keys, and the signing one as PEM."""
    return show(
        "keys",
        published=tool_keys.published(db(), now=now()),
        signing=tool_keys.signing_key(db(), now=now()),
        coming=tool_keys.next_key(db(), now=now()),
        pem=tool_keys.public_pem(db(), now=now()),
        address=tool_urls().keys,
    )


@bp.post(f"{PREFIX}/keys/<any(rotate, replace):deed>")
def rotate(deed: str) -> ResponseReturnValue:
    """Creates a new key that signs in two days, or at once if the current one is compromised."""
    tool_keys.rotate(db(), actor=actor(), now=now(), at_once=deed == "replace")
    if deed == "replace":
        flash(_("The new key signs from now on. Where a key was pasted, paste the new one."), "ok")
    else:
        flash(_("The new key is published and signs in two days: platforms have time to read it."), "ok")
    return redirect(url_for(".own_keys"), 303)
