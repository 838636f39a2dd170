"""Pages of one connection: settings, deployments, checks, refusals; edit, remove, reconnect."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.core.i18n import gettext as _
from lms.http.request_context import actor, db, now
from lms.lti.connections import checks, deployments, operations, queries
from lms.lti.models.platforms import Deployment, Platform
from lms.lti.platforms.endpoints import NAMES, REGISTER_THEMSELVES
from lms.lti.platforms.setup_guides import next_step, setup_guide
from lms.lti.tool import tool_urls
from lms.lti.trust.tool_keys import public_pem
from lms.web.platforms.forms import AnewForm, DeploymentForm, SettingsForm, values_of
from lms.web.platforms.presenters import access_words, keys_words, words
from lms.web.platforms.routes.blueprint import PREFIX, bp, get_platform, show
from lms.web.shell.forms import Form

ONE = f"{PREFIX}/<int:platform_id>"


@bp.get(ONE)
def connected(platform_id: int) -> ResponseReturnValue:
    """Shows the connection with its next step."""
    return _page(get_platform(platform_id), DeploymentForm(formdata=None))


def _page(platform: Platform, form: Form) -> ResponseReturnValue:
    return show(
        "connection",
        form,
        platform=platform,
        form=form,
        site=queries.site_name(db(), platform.site_id),
        traffic=queries.traffic(db(), platform, now=now()),
        waiting=[each for each in platform.deployments if each.accepted_at is None],
        accepted=[each for each in platform.deployments if each.accepted_at is not None],
        refused=[(each, words(each.reason)) for each in queries.refusals(db(), platform_id=platform.id, limit=10)],
        sheet=setup_guide(platform.family, tool_urls()),
        next_there=next_step(platform.family),
        family=NAMES[platform.family],
        pem=public_pem(db(), now=now()),
    )


@bp.post(f"{ONE}/check")
def check(platform_id: int) -> ResponseReturnValue:
    """Requests the platform's keys and an access token."""
    platform = get_platform(platform_id)
    found = checks.check_platform(db(), actor=actor(), platform=platform, now=now())
    flash(keys_words(found.keys), "ok" if found.keys.good else "stop")
    if found.keys.good:
        flash(access_words(found.access), "ok" if found.access.good else "warn")
        if platform.family == "moodle" and not found.access.good:
            flash(
                _("Moodle gives access once the tool is activated there and Moodle can read our keys: see below."),
                "info",
            )
    return _back(platform)


@bp.route(f"{ONE}/edit", methods=["GET", "POST"])
def edit(platform_id: int) -> ResponseReturnValue:
    """Edits the settings."""
    platform = get_platform(platform_id)
    form = SettingsForm(over=platform, data=values_of(platform))
    form.speak_as(setup_guide(platform.family, tool_urls()))
    if form.validate_on_submit():
        with form.catching():
            operations.edit(db(), actor=actor(), platform=platform, given=form.platform_settings(platform.family))
            flash(_("Saved."), "ok")
            return _back(platform)
    return show("edit", form, form=form, platform=platform)


@bp.route(f"{ONE}/remove", methods=["GET", "POST"])
def remove(platform_id: int) -> ResponseReturnValue:
    """Shows the consequences of removal, and removes the connection."""
    platform, form = get_platform(platform_id), Form()
    if form.validate_on_submit():
        operations.remove(db(), actor=actor(), platform=platform, now=now())
        flash(_("The connection has been removed. Its launches are refused from now on."), "ok")
        return _back(platform)
    return show("remove", form, form=form, platform=platform, traffic=queries.traffic(db(), platform, now=now()))


@bp.route(f"{ONE}/anew", methods=["GET", "POST"])
def anew(platform_id: int) -> ResponseReturnValue:
    """Reconnects the platform by a one-time address or by hand."""
    platform = get_platform(platform_id)
    form = AnewForm(over=platform, data={"token_endpoint": platform.token_endpoint, "jwks_url": platform.jwks_url})
    if form.validate_on_submit():
        with form.catching():
            operations.reconnect(
                db(),
                actor=actor(),
                platform=platform,
                given=form.platform_settings(platform),
                deployment_id=form.deployment_id.data or "",
                now=now(),
            )
            flash(_("Connected anew: people, courses and results are as they were."), "ok")
            return _back(platform)
    by_itself = platform.family in REGISTER_THEMSELVES
    return show(
        "reconnect",
        form,
        form=form,
        platform=platform,
        by_itself=by_itself,
        sheet=setup_guide(platform.family, tool_urls()),
    )


@bp.post(f"{ONE}/deployments")
def add_deployment(platform_id: int) -> ResponseReturnValue:
    """Accepts a deployment before its first launch."""
    platform, form = get_platform(platform_id), DeploymentForm()
    if form.validate_on_submit():
        with form.catching():
            told = form.deployment_id.data or ""
            deployments.add(db(), actor=actor(), platform=platform, deployment_id=told, now=now())
            flash(_("Launches from this deployment are taken from now on."), "ok")
            return _back(platform)
    return _page(platform, form)


@bp.post(f"{ONE}/deployments/<int:deployment_id>/<any(accept, forget):deed>")
def deployment(platform_id: int, deployment_id: int, deed: str) -> ResponseReturnValue:
    """Accepts or refuses launches of a deployment."""
    platform = get_platform(platform_id)
    row = db().get(Deployment, deployment_id)
    if row is None or row.platform_id != platform.id:
        flash(_("This deployment is gone already."), "warn")
        return _back(platform)
    if deed == "accept":
        deployments.accept(db(), actor=actor(), deployment=row, now=now())
        flash(_("Launches from this deployment are taken from now on."), "ok")
        return _back(platform)
    operations.end_launches(db(), platform=platform, deployment=row, now=now())
    gone = deployments.forget(db(), actor=actor(), deployment=row)
    flash(_("The deployment has been forgotten.") if gone else _("Its launches are refused; its courses stay."), "ok")
    return _back(platform)


def _back(platform: Platform) -> ResponseReturnValue:
    return redirect(url_for(".connected", platform_id=platform.id), 303)
