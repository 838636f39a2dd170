"""Sentences of what was done to platforms and their courses."""

from collections.abc import Callable, Mapping
from typing import Any

from lms.core.i18n import _

SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "placement.make": lambda detail: _(
        "The group was offered to a platform's course: %(title)s", title=detail.get("title", "")
    ),
    "placement.put_away": lambda _detail: _("Links of a platform's course that do not open were put away"),
    "placement.show": lambda _detail: _("A link of a platform's course was set to other content"),
    "placement.remove": lambda _detail: _("A link of a platform's course was removed"),
    "placement.whole_course": lambda _detail: _("The group was set for a whole course of a platform"),
    "platform.add": lambda _detail: _("The platform was connected"),
    "platform.check": lambda _detail: _("The connection of the platform was checked"),
    "platform.edit": lambda _detail: _("The connection of the platform was changed"),
    "platform.remove": lambda _detail: _("The platform was disconnected"),
    "platform.renew": lambda _detail: _("The platform was connected anew"),
    "platform.make_address": lambda _detail: _("An address for registration was made"),
    "platform.take_back_address": lambda _detail: _("An address for registration was taken back"),
    "platform.rotate_key": lambda _detail: _("The key for platforms was replaced"),
    "platform.accept_deployment": lambda _detail: _("A deployment of the platform was accepted"),
    "platform.add_deployment": lambda _detail: _("A deployment of the platform was added"),
    "platform.forget_deployment": lambda _detail: _("A deployment of the platform was removed"),
    "roster.ask": lambda _detail: _("The list of a platform's course was asked for"),
    "roster.apply": lambda _detail: _("The list of a platform's course was applied"),
    "score.again": lambda _detail: _("Results were sent to the platform again"),
}
