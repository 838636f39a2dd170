"""A small Flask app that serves the templates and scripts without a database, with the product's security policy."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

from flask import Flask, Response, redirect, render_template, render_template_string, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.serving import make_server

from lms.core import i18n
from lms.http.security_headers import POLICY
from lms.web.shell.assets import install
from tests.support.serving import served

ROOT = Path(__file__).parents[2]

FORM = """{% extends 'base.html' %}{% from 'macros/forms.html' import form_open, input, actions %}
{% block title %}Form{% endblock %}{% block content %}<h1>Form</h1>
{{ form_open('/form', keep='work') }}
{{ input('title', 'Title', value) }}{{ input('secret', 'Secret', type='password') }}
<label class="pick"><input type="checkbox" name="tick" value="1"><span>Tick</span></label>
{{ actions('Save') }}</form>{% endblock %}"""

DONE = """{% extends 'base.html' %}{% block title %}Done{% endblock %}
{% block content %}<h1>Done</h1><p id="count">{{ count }}</p>{% endblock %}"""

LOG_IN = """{% extends 'base.html' %}{% block title %}Log in{% endblock %}
{% block body_attrs %} data-keep-hold{% endblock %}
{% block content %}<h1>Log in</h1>{% endblock %}"""

DEEDS = """{% extends 'base.html' %}{% from 'macros/ui.html' import post_button, waiting %}
{% block title %}Deeds{% endblock %}{% block content %}<h1>Deeds</h1>
{{ post_button('/deed', 'Delete', kind='stop', confirm='Delete it? Nothing brings it back.') }}
<div id="box" hx-get="/fragment" hx-trigger="click" hx-swap="innerHTML">Ask</div>
{{ waiting('/poll', 'Being checked') }}
<div id="pdf"></div>{% endblock %}"""


@dataclass
class Frontend:
    """The running app: the forms it received, and the answers it should give."""

    url: str
    sent: list[dict[str, str]] = field(default_factory=list)
    polls: int = 0
    answer: Callable[[], object] | None = None
    pdf: bytes = b""
    user: str = "7"

    def forget(self) -> None:
        """Resets everything for the next test."""
        self.sent, self.polls, self.answer, self.pdf, self.user = [], 0, None, b"", "7"


def make_app(state: Frontend) -> Flask:
    """Returns the app; it gives the templates simplified versions of everything that the product gives them."""
    app = Flask("lms", root_path=str(ROOT / "lms"), template_folder=str(ROOT / "templates"), static_folder="static")
    app.config.update(SECRET_KEY="tests", WTF_CSRF_CHECK_DEFAULT=False)
    CSRFProtect(app)
    _templates(app, state)
    _pages(app, state)
    app.after_request(_read_whole)
    return app


def _read_whole(response: Response) -> Response:
    """Reads the file into memory: a browser that stops reading must not leave it open in the tests' process."""
    if response.direct_passthrough:
        response.direct_passthrough = False
        content = response.get_data()
        response.close()
        response.set_data(content)
    return response


def _templates(app: Flask, state: Frontend) -> None:
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(  # type: ignore[attr-defined]
        _say,
        lambda one, many, n: i18n.catalogue(i18n.current_locale()).ngettext(one, many, n),
        newstyle=True,
    )
    env.trim_blocks = env.lstrip_blocks = True
    env.globals.update(
        format_hours=i18n.format_hours,
        format_date=i18n.format_date,
        format_datetime=i18n.format_datetime,
        link_to=lambda *_names: "/",
        own_role=lambda: "",
        here=lambda: request.full_path.rstrip("?"),
    )
    install(app)
    app.before_request(lambda: i18n.set_locale(request.args.get("lang", "ru")))
    app.after_request(_policy)
    app.context_processor(
        lambda: {
            "locale": i18n.current_locale(),
            "nav": [SimpleNamespace(label="Главная", url="/", current=True, count=3)],
            "current_user": SimpleNamespace(is_authenticated=True, display_name="А. Б.", get_id=lambda: state.user),
            "request_id": "abc",
            "unread_notices": lambda: 2,
            "unread_text": str,
        }
    )


def _say(message: str) -> str:
    return i18n.gettext(message)


def _policy(response):  # type: ignore[no-untyped-def]
    response.headers["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in POLICY.items())
    return response


def _pages(app: Flask, state: Frontend) -> None:
    @app.post("/language/<locale>")
    def language(locale: str):  # type: ignore[no-untyped-def]
        return redirect("/form?lang=" + locale)

    @app.route("/form", methods=["GET", "POST"])
    def form():  # type: ignore[no-untyped-def]
        if request.method == "GET":
            return render_template_string(FORM, value=request.args.get("value", ""))
        state.sent.append(request.form.to_dict())
        return state.answer() if state.answer else redirect("/done")

    @app.get("/notices", endpoint="notices.index")
    def notices():  # type: ignore[no-untyped-def]
        return render_template_string(DONE, count=0)

    @app.get("/done")
    def done():  # type: ignore[no-untyped-def]
        return render_template_string(DONE, count=len(state.sent))

    @app.get("/log-in")
    def log_in():  # type: ignore[no-untyped-def]
        return render_template_string(LOG_IN)

    @app.get("/deeds")
    def deeds():  # type: ignore[no-untyped-def]
        return render_template_string(DEEDS)

    @app.post("/deed")
    def deed():  # type: ignore[no-untyped-def]
        state.sent.append(request.form.to_dict())
        return redirect("/done")

    @app.get("/poll")
    def poll():  # type: ignore[no-untyped-def]
        state.polls += 1
        if state.polls < 3:
            return f'<div data-poll="/poll" role="status">Round {state.polls}</div>'
        return '<p id="result">87 %</p>'

    @app.get("/fragment")
    def fragment():  # type: ignore[no-untyped-def]
        return "nobody may", 403

    @app.get("/work.pdf")
    def work():  # type: ignore[no-untyped-def]
        return state.pdf, 200, {"Content-Type": "application/pdf"}

    @app.get("/error/<int:code>")
    def error(code: int):  # type: ignore[no-untyped-def]
        return render_template(f"errors/{code}.html", message=request.args.get("message", "")), code

    @app.get("/styleguide")
    def styleguide():  # type: ignore[no-untyped-def]
        from datetime import date

        from lms.web.styleguide.forms import Sample

        sample = Sample(meta={"csrf": False})
        if request.args.get("wrong"):
            sample.validate()
        return render_template("styleguide.html", form=sample, today=date(2026, 11, 24))


@contextmanager
def serving() -> Iterator[Frontend]:
    """Serves the app in a thread; stops it at the end."""
    state = Frontend("")
    server = make_server("127.0.0.1", 0, make_app(state), threaded=True)
    state.url = f"http://127.0.0.1:{server.server_port}"
    with served(server):
        yield state
