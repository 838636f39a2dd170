"""Pages of a platform of the tests for a browser: a course, an activity with the tool in a frame, deep linking.

- ``platform.page("course", user)``: log-in of the platform as this user, then the course's links.
- ``platform.page("view", user, id=link.id)``: an activity: the tool in ``iframe[name=tool]``; ``storage=1`` offers
  ``lti_storage_target`` (``_parent``), ``window=1`` opens the tool in the page itself.
- ``platform.page("choose", user)`` begins deep linking in the frame; ``platform.page("register", user, tool=address)``.
- The page records in ``window.heard`` each message (``subject``…), in ``window.stored`` what the tool put.
"""

import json
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Flask, Response, make_response, redirect, request

from tests.support.platform.wire import Complaint, demand

if TYPE_CHECKING:
    from tests.support.platform.course import Somebody
    from tests.support.platform.strict import StrictPlatform

COOKIE = "MoodleSession"
HEAD = '<!doctype html><html lang="ru"><meta charset="utf-8"><title>{title}</title>'
STYLE = "<style>iframe{width:100%;height:600px;border:0}</style>"
PARENT = """<script>
window.heard = []; window.stored = {};
addEventListener('message', (event) => {
  const said = typeof event.data === 'string' ? JSON.parse(event.data) : event.data;
  if (!said || !said.subject) return;
  window.heard.push({...said, origin: event.origin});
  const answer = (more) => event.source.postMessage(
    {subject: said.subject + '.response', message_id: said.message_id, ...more}, event.origin);
  const space = window.stored[event.origin] ||= {};
  if (said.subject === 'lti.capabilities') answer({supported_messages:
    ['put_data', 'get_data', 'capabilities', 'frameResize'].map((name) => ({subject: 'lti.' + name}))});
  if (said.subject === 'lti.put_data') { space[said.key] = said.value; answer({key: said.key, value: said.value}); }
  if (said.subject === 'lti.get_data') answer({key: said.key, value: space[said.key] ?? null});
  if (said.subject === 'lti.frameResize')
    document.querySelector('iframe').style.height = said.height + 'px';
});
</script>"""


def page_url(platform: "StrictPlatform", name: str, user: "Somebody", **values: str) -> str:
    """Returns the URL that logs in to the platform as this user and shows the page."""
    told = {"user": user.login_hint, "to": f"/{name}?{urlencode(values)}" if values else f"/{name}"}
    return f"{platform.address}/login?{urlencode(told)}"


def add_pages(app: Flask, platform: "StrictPlatform") -> None:
    """Adds the pages' URLs."""
    app.add_url_rule("/login", "login", log_in)
    app.add_url_rule("/course", "course", lambda: course(platform))
    app.add_url_rule("/view", "view", lambda: view(platform))
    app.add_url_rule(
        "/choose", "choose", lambda: framed("/launch?" + urlencode({"choose": "1", **request.args.to_dict()}))
    )
    app.add_url_rule("/launch", "launch", lambda: launch(platform))
    app.add_url_rule("/register", "register", lambda: register(platform))
    app.add_url_rule("/favicon.ico", "icon", lambda: Response(status=204))


def log_in() -> Response:
    answer = make_response(redirect(request.args["to"]))
    answer.set_cookie(COOKIE, request.args["user"], secure=True, httponly=True, samesite="None")
    return answer


def who(platform: "StrictPlatform") -> "Somebody":
    """Returns the user logged in to the platform."""
    hint = request.cookies.get(COOKIE, "")
    if hint == "guest":
        return platform.course.anonymous
    found = platform.course.person(hint)
    demand(found is not None, 403, f"nobody is logged in ({hint!r})")
    assert found is not None
    return found


def course(platform: "StrictPlatform") -> str:
    links = "".join(f'<li><a href="/view?id={one.id}">{escape(one.title)}</a></li>' for one in platform.course.links)
    title = escape(platform.course.title)
    return f"{HEAD.format(title=title)}<h1>{title}</h1><ul>{links}</ul>"


def view(platform: "StrictPlatform") -> str:
    link = platform.course.link(request.args["id"])
    demand(link is not None, 404, "no such link")
    if request.args.get("window"):
        return launch(platform)
    return framed("/launch?" + urlencode(request.args.to_dict()))


def framed(source: str) -> str:
    """Renders the tool in a frame and records its messages."""
    frame = f'<iframe name="tool" src="{escape(source)}" title="Инструмент"></iframe>'
    return f"{HEAD.format(title='Курс')}{STYLE}{PARENT}<h1>Курс</h1>{frame}"


def launch(platform: "StrictPlatform") -> str:
    """Step 1, as a form that is submitted by script."""
    link = None if request.args.get("choose") else platform.course.link(request.args["id"])
    told = platform.login_parameters(who(platform), link)
    if request.args.get("storage"):
        told["lti_storage_target"] = "_parent"
    return posting(platform.tool.login, told)


def authorized(platform: "StrictPlatform") -> str:
    """Step 3 for a browser, whose session identifies the user."""
    told = request.values.to_dict()
    demand(told.get("login_hint") == who(platform).login_hint, 403, "somebody else is logged in to the platform")
    where, form = platform.authorize(told)
    return posting(where, form)


def posting(where: str, told: dict[str, str]) -> str:
    """Renders a form that is submitted by script."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in told.items()
    )
    form = f'<form method="post" action="{escape(where)}">{fields}</form><script>document.forms[0].submit()</script>'
    return HEAD.format(title="…") + form


def chosen(platform: "StrictPlatform") -> str:
    """Receives the tool's deep linking response."""
    token = request.form.get("JWT", "")
    demand(token, 400, "JWT is missing")
    try:
        links = platform.take_deep_link(token)
    except Complaint as error:
        platform.complaints.append(str(error))
        return f"{HEAD.format(title='Ошибка')}<h1>Ошибка</h1><p>{escape(str(error))}</p>"
    names = "".join(f"<li>{escape(one.title)}</li>" for one in links)
    return f"{HEAD.format(title='Добавлено')}<h1>Добавлено</h1><ul id='chosen'>{names}</ul>"


def returned(platform: "StrictPlatform") -> str:
    """Receives a person who returns from the tool, with its messages."""
    platform.returned.append(request.args.to_dict())
    words = escape(json.dumps(request.args.to_dict(), ensure_ascii=False))
    return f"{HEAD.format(title='Вернулись')}<h1>Вернулись в курс</h1><p id='said'>{words}</p>"


def register(platform: "StrictPlatform") -> str:
    """Shows the tool's registration in a frame, as in Moodle's administration."""
    address: Any = request.args["tool"]
    joint = "&" if "?" in address else "?"
    return framed(f"{address}{joint}{platform.registration_query()}")
