"""Sentences of what was done in the registry."""

from collections.abc import Callable, Mapping
from typing import Any

from lms.audit_messages.dates import day
from lms.core.i18n import _


def _role(role: str) -> str:
    words = {
        "leader": _("site leader"),
        "acting_leader": _("acting site leader"),
        "teacher": _("site teacher"),
        "expert": _("expert"),
        "methodologist": _("methodologist"),
        "council_member": _("council member"),
        "council_secretary": _("council secretary"),
        "director": _("director"),
        "coordinator": _("coordinator"),
    }
    return words.get(role, role)


SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "authority.create": lambda _detail: _("The authority was added"),
    "authority.update": lambda _detail: _("The settings of the authority were changed"),
    "membership.appoint": lambda detail: _("A role was given: %(role)s", role=_role(detail["role"])),
    "membership.end": lambda detail: _("A role ended: %(role)s", role=_role(detail["role"])),
    "order.mention": lambda detail: _("Order No. %(number)s was noted", number=detail.get("number", "")),
    "organization.create": lambda _detail: _("The organisation was added"),
    "organization.update": lambda _detail: _("The organisation was changed"),
    "site.create": lambda _detail: _("The site was added"),
    "site.update": lambda _detail: _("The site was changed"),
    "status.grant": lambda detail: _(
        "A status was granted by order No. %(order)s until %(until)s",
        order=detail.get("order", ""),
        until=day(detail.get("until", "")),
    ),
    "status.end": lambda detail: _("The status was ended: %(reason)s", reason=detail.get("reason", "")),
}
