"""The language of a request: the one chosen in this browser, the account's, the browser's, else the default of the
settings.

Inside a launch the platform's language is used, until the person chooses another one there.
"""

from flask import Flask, g, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.composition import parts
from lms.core.i18n import LOCALES, set_locale
from lms.http.cookies import A_YEAR, read_cookie, write_cookie
from lms.http.launch_access import open_in_launch
from lms.http.launch_context import is_framed, living_launch
from lms.http.request_context import account, db
from lms.http.urls import safe_path

COOKIE = "stazhirovka_language"
KEY = "language"
"""Session key under which a launch stores the language chosen inside it."""


def init_locale(app: Flask) -> None:
    """Sets the language before each request and registers the view that switches it."""
    app.before_request(choose)
    app.add_url_rule("/language/<locale>", "language", switch, methods=["POST"])


def choose() -> None:
    """Sets the locale and the time zone in which times are shown."""
    if request.endpoint in ("static", "health.healthz", "health.metrics"):
        return
    known = current_user.is_authenticated and account()
    zone = (known.time_zone if known else None) or parts().settings.time_zone
    of_account = known.locale if known else None
    set_locale(_launched(of_account) if is_framed() else _wanted(of_account), zone)


def _wanted(of_account: str | None) -> str:
    remembered = read_cookie(COOKIE)
    if remembered in LOCALES:
        return remembered
    if of_account in LOCALES:
        return of_account
    return request.accept_languages.best_match(LOCALES) or parts().settings.locale


def _launched(of_account: str | None) -> str:
    found = living_launch()
    of_platform = (found.locale or "")[:2] if found else ""
    for wanted in (session.get(KEY), of_platform, of_account):
        if wanted in LOCALES:
            return str(wanted)
    return request.accept_languages.best_match(LOCALES) or parts().settings.locale


def remember_language(response: Response, locale: str) -> None:
    """Stores the language in this browser."""
    write_cookie(response, COOKIE, locale, max_age=A_YEAR)


@open_in_launch(visitor=True)
def switch(locale: str) -> ResponseReturnValue:
    """Stores the language in this browser and, for a logged-in person, in the account."""
    response = redirect(safe_path(request.form.get("next")))
    if is_framed():
        session[KEY] = locale if locale in LOCALES else session.get(KEY)
        return response
    if locale in LOCALES:
        found = account() if current_user.is_authenticated else None
        if found:
            db().add(found)
            found.locale = locale
        remember_language(response, locale)
        g.locale = locale
    return response
