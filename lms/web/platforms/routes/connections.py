"""List of connections, and connecting a platform."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from lms.core.i18n import gettext as _
from lms.core.i18n import use_locale
from lms.http.request_context import actor, db, now
from lms.lti.connections import operations, queries
from lms.lti.platforms.endpoints import NAMES, REGISTER_THEMSELVES, endpoints
from lms.lti.platforms.setup_guides import GUIDES, setup_guide
from lms.lti.tool import tool_urls
from lms.lti.trust.tool_keys import public_pem
from lms.web.platforms.forms import ConnectForm, OwnerForm
from lms.web.platforms.routes.blueprint import PREFIX, bp, show

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_url", "token_audience")


@bp.get(PREFIX)
def index() -> ResponseReturnValue:
    """Shows connections, waiting deployments and open one-time addresses."""
    found = queries.platforms(db())
    return show(
        "index",
        living=[each for each in found if each.removed_at is None],
        removed=[each for each in found if each.removed_at is not None],
        open_addresses=queries.open_addresses(db(), now=now()),
        strangers=queries.refusals(db(), platform_id=None),
        names=NAMES,
        failing=queries.failing(db()),
    )


@bp.get(f"{PREFIX}/new")
def new() -> ResponseReturnValue:
    """Offers both ways to connect: a one-time address or by hand."""
    told = {name: request.args[name] for name in ("issuer", "client_id") if name in request.args}
    return show("new", form=OwnerForm(), families=NAMES, themselves=REGISTER_THEMSELVES, told=told, ours=tool_urls())


@bp.route(f"{PREFIX}/new/<family>", methods=["GET", "POST"])
def by_hand(family: str) -> ResponseReturnValue:
    """Shows the set-up guide and the form for the platform's values."""
    if family not in GUIDES:
        raise NotFound
    form, told = ConnectForm(), setup_guide(family, tool_urls())
    form.speak_as(told)
    if form.validate_on_submit():
        with form.catching():
            made = operations.add(
                db(),
                actor=actor(),
                given=form.platform_settings(family),
                deployment_id=form.deployment_id.data or "",
                now=now(),
            )
            flash(_("The connection is written down. Now ask whether the platform answers."), "ok")
            return redirect(url_for(".connected", platform_id=made.id), 303)
    if not form.is_submitted():
        form.issuer.data = request.args.get("issuer") or told.issuer
        form.client_id.data = request.args.get("client_id", "")
    return _by_hand(family, form)


def _by_hand(family: str, form: ConnectForm) -> ResponseReturnValue:
    told = setup_guide(family, tool_urls())
    with use_locale("en"):
        english = setup_guide(family, tool_urls())
    usual = endpoints(family, told.issuer or "https://example.org")
    by_themselves = {name for name in ENDPOINTS if getattr(usual, name)} | {"token_audience"}
    return show(
        "by_hand",
        form,
        form=form,
        sheet=told,
        english=english,
        where={given.field: given.where for given in told.gives},
        asked=[name for name in ENDPOINTS if name not in by_themselves],
        usual=[name for name in ENDPOINTS if name in by_themselves],
        wrong_usual=bool(by_themselves & form.errors.keys()),
        pem=public_pem(db(), now=now()),
    )
