"""What every template knows."""

from typing import Any

from flask import Flask, g
from markupsafe import Markup

from lms.composition import parts
from lms.core import texts
from lms.core.policy import allowed
from lms.web.edge.assets import install
from lms.web.edge.context import actor, now
from lms.web.edge.framed import here, is_framed
from lms.web.edge.links import link_to, own_role
from lms.web.edge.nav import navigation
from lms.web.edge.surroundings import surroundings


def init_rendering(app: Flask) -> None:
    """Texts, formats, navigation and policy for the templates."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        _translate, texts.catalogue_ngettext, newstyle=True, pgettext=texts.catalogue_pgettext
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        format_hours=texts.format_hours,
        format_number=texts.format_number,
        format_date=texts.format_date,
        format_datetime=texts.format_datetime,
        format_time=texts.format_time,
        may=may,
        link_to=link_to,
        own_role=own_role,
        actor=actor,
        now=now,
        here=here,
        surroundings=surroundings,
    )
    install(app)
    app.context_processor(common)


def _translate(message: str) -> str:
    return texts.gettext(message)


def may(permission: str, subject: Any = None) -> bool:
    """Whether the request's actor may: the same table that the operations ask."""
    return allowed(actor(), permission, subject)


def common() -> dict[str, Any]:
    """Values of the moment: language, navigation, the request's id."""
    return {
        "locale": texts.current_locale(),
        "nav": navigation(),
        "request_id": g.get("request_id", ""),
        "demo": parts().settings.demo,
        "embedded": is_framed(),
        "Markup": Markup,
    }
