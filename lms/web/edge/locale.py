"""The language of a request: asked for, the account's, remembered, the browser's; Russian otherwise."""

from flask import Flask, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.composition import parts
from lms.core.texts import LOCALES, set_locale
from lms.web.edge.context import account, db
from lms.web.edge.urls import safe_path

COOKIE = "stazhirovka_language"
A_YEAR = 365 * 86400


def init_locale(app: Flask) -> None:
    """Speak the right language from the start of each request."""
    app.before_request(choose)
    app.add_url_rule("/language/<locale>", "language", switch, methods=["POST"])


def choose() -> None:
    """Set the locale and the zone in which times are shown."""
    if request.endpoint in ("static", "health.healthz"):
        return
    known = current_user.is_authenticated and account()
    zone = (known.time_zone if known else None) or parts().settings.time_zone
    set_locale(_wanted(known.locale if known else None), zone)


def _wanted(of_account: str | None) -> str:
    remembered = request.cookies.get(COOKIE)
    if remembered in LOCALES:
        return remembered
    if of_account in LOCALES:
        return of_account
    return request.accept_languages.best_match(LOCALES) or parts().settings.locale


def switch(locale: str) -> ResponseReturnValue:
    """Remember the language in this browser and, when logged in, in the account."""
    response = redirect(safe_path(request.form.get("next")))
    if locale in LOCALES:
        found = account() if current_user.is_authenticated else None
        if found:
            db().add(found)
            found.locale = locale
        response.set_cookie(COOKIE, locale, max_age=A_YEAR, samesite="Lax", httponly=True)
        g.locale = locale
    return response
