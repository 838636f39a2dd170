"""Globals, filters and values that every template can use."""

from typing import Any

from flask import Flask, g
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from lms.composition import parts
from lms.core import i18n
from lms.core.auth.policy import allowed
from lms.core.documents.font_coverage import unprintable
from lms.http.launch_context import here, is_framed
from lms.http.request_context import actor, now
from lms.web.shell.assets import install
from lms.web.shell.bell import unread_notices, unread_text
from lms.web.shell.launch_navigation import launch_navigation
from lms.web.shell.navigation import navigation
from lms.web.shell.template_environment import written
from lms.web.shell.urls import link_to, own_role, page_url


def init_rendering(app: Flask) -> None:
    """Gives templates translations, formats, navigation and permissions."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.gettext, i18n.catalogue_ngettext, newstyle=True, pgettext=i18n.catalogue_pgettext
    )
    app.jinja_env.globals.update({"gettext": _gettext, "_": _gettext, "ngettext": _ngettext, "pgettext": _pgettext})
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        format_hours=i18n.format_hours,
        format_number=i18n.format_number,
        format_date=i18n.format_date,
        format_datetime=i18n.format_datetime,
        format_time=i18n.format_time,
        days_between=i18n.days_between,
        format_period=i18n.format_period,
        may=may,
        link_to=link_to,
        page_url=page_url,
        own_role=own_role,
        actor=actor,
        now=now,
        here=here,
        surroundings=launch_navigation,
    )
    app.jinja_env.filters.update(upper_first=i18n.upper_first, lower_first=i18n.lower_first)
    app.jinja_env.filters["unprintable"] = unprintable
    install(app)
    app.context_processor(common)


@pass_eval_context
def _gettext(here: EvalContext, message: str, /, **values: Any) -> str:
    return _told(here, i18n.gettext(message), values)


@pass_eval_context
def _ngettext(here: EvalContext, singular: str, plural: str, num: i18n.Number, /, **values: Any) -> str:
    return _told(here, i18n.catalogue_ngettext(singular, plural, num), {"num": num, **values})


@pass_eval_context
def _pgettext(here: EvalContext, about: str, message: str, /, **values: Any) -> str:
    return _told(here, i18n.catalogue_pgettext(about, message), values)


def _told(here: EvalContext, text: str, values: dict[str, Any]) -> str:
    """Fills the message in; as in Jinja's own functions it is markup where the template escapes values."""
    if not values:
        told = text % {} if "%" in text else text
    elif here.autoescape:
        told = i18n.filled(text, {name: written(value) for name, value in values.items()})
    else:
        told = i18n.filled(text, values)
    return Markup(told) if here.autoescape else told  # noqa: S704 (a message of the catalogue, its values escaped)


def may(permission: str, subject: Any = None) -> bool:
    """Returns whether the request's actor has the permission; the operations ask the same table."""
    return allowed(actor(), permission, subject)


def common() -> dict[str, Any]:
    """Returns the values of this request: language, navigation, the request's id."""
    return {
        "locale": i18n.current_locale(),
        "nav": [] if g.get("bare") else navigation(),
        "unread_notices": unread_notices,
        "unread_text": unread_text,
        "request_id": g.get("request_id", ""),
        "demo": parts().settings.demo,
        "embedded": is_framed(),
        "Markup": Markup,
    }
