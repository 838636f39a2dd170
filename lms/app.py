"""The application factory."""

import importlib
import pkgutil
from pathlib import Path

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import lms.web
from lms.composition import compose, parts
from lms.core.logs import configure_logging
from lms.core.settings import Settings
from lms.http.application import Application, close_session
from lms.http.caching import init_caching
from lms.http.csrf import csrf
from lms.http.flask_session import LaunchSessions
from lms.http.input_values import init_input
from lms.http.known_browsers import init_known_browsers
from lms.http.launch_access import open_in_launch
from lms.http.launch_context import InsideLaunch, init_framed
from lms.http.locale import init_locale
from lms.http.login import init_login
from lms.http.request_log import init_request_log
from lms.http.security_headers import init_headers
from lms.web.shell.error_pages import init_errors
from lms.web.shell.template_cache import init_template_cache
from lms.web.shell.template_context import init_rendering
from lms.web.shell.template_environment import TemplateEnvironment

ROOT = Path(__file__).parent.parent


def create_app(settings: Settings | None = None) -> Flask:
    """Returns the web application for these settings; without an argument, for those of the environment."""
    settings = settings or Settings()
    configure_logging(settings.log_format)
    compose(settings)
    app = Application(__name__, template_folder=str(ROOT / "templates"), static_folder="static")
    app.jinja_environment = TemplateEnvironment
    app.config.update(
        SECRET_KEY=settings.secret("web"),
        MAX_CONTENT_LENGTH=settings.upload_limit_bytes + 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=5000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
    )
    app.session_interface = LaunchSessions()
    app.wsgi_app = InsideLaunch(app.wsgi_app)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    init_edge(app)
    init_template_cache(app, settings.template_cache or settings.data / "cache" / "templates")
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    return app


def init_edge(app: Flask) -> None:
    """Installs everything that runs around the views, in the order in which a request passes it."""
    init_headers(app)
    init_caching(app)
    init_request_log(app)
    if parts().settings.metrics_token is not None:
        from lms.http.metrics import init_metrics  # its library is not loaded where nobody asks for metrics

        init_metrics(app)
    init_login(app)
    init_known_browsers(app)
    init_locale(app)
    init_framed(app)
    csrf.init_app(app)
    init_input(app)
    init_errors(app)
    init_rendering(app)
    app.teardown_appcontext(close_session)
    open_in_launch(entry=True)(app.view_functions["static"])


def blueprints() -> list[Blueprint]:
    """Returns the blueprint ``bp`` of every feature: each folder of ``lms.web`` with ``routes.py`` or ``routes/``."""
    found = []
    for folder in pkgutil.iter_modules(lms.web.__path__):
        feature = Path(lms.web.__path__[0]) / folder.name
        if (feature / "routes.py").exists():
            found.append(importlib.import_module(f"lms.web.{folder.name}.routes").bp)
        elif (feature / "routes").is_dir():
            found.append(_blueprint_of_pages(feature / "routes", f"lms.web.{folder.name}.routes"))
    return found


def _blueprint_of_pages(folder: Path, package: str) -> Blueprint:
    """Imports every page of a large feature and returns ``bp`` of its module ``blueprint``."""
    for page in pkgutil.iter_modules([str(folder)]):
        importlib.import_module(f"{package}.{page.name}")
    blueprint: Blueprint = importlib.import_module(f"{package}.blueprint").bp
    return blueprint
