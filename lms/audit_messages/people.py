"""Sentences of what was done to people, their accounts and their consents."""

from collections.abc import Callable, Mapping
from typing import Any

from lms.audit_messages.dates import day
from lms.core.i18n import _

SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "account.administrator": lambda detail: (
        _("Administrator's rights were given")
        if detail.get("administrator")
        else _("Administrator's rights were taken away")
    ),
    "account.close": lambda _detail: _("The account was closed"),
    "account.create": lambda detail: _("The account %(username)s was created", username=detail.get("username", "")),
    "account.open": lambda _detail: _("The account was opened again"),
    "account.password": lambda _detail: _("The password was changed"),
    "account.register": lambda _detail: _("Registered with the key of a group"),
    "account.update": lambda _detail: _("The settings of the account were changed"),
    "link.invitation": lambda _detail: _("An invitation was issued"),
    "link.reset": lambda _detail: _("A link for a new password was issued"),
    "link.card": lambda _detail: _("A log-in card was issued"),
    "consent.give": lambda _detail: _("Consent was given"),
    "consent.paper": lambda detail: _("Consent on paper of %(date)s was noted", date=day(detail.get("date", ""))),
    "consent.publish": lambda detail: _(
        "Version %(number)s of the text of consent was published", number=detail.get("number", "")
    ),
    "consent.withdraw": lambda _detail: _("Consent was withdrawn"),
    "identity.link": lambda _detail: _("The account was connected with a platform"),
    "identity.unlink": lambda _detail: _("The account was disconnected from a platform"),
    "person.create": lambda _detail: _("The person was added"),
    "person.keep_name": lambda _detail: _("Another name told by a platform was declined"),
    "person.rename": lambda _detail: _("The name was changed"),
    "person.update": lambda _detail: _("Contact data or place of work were changed"),
    "personal_data.forget": lambda _detail: _("Identity number and birth date were deleted"),
    "personal_data.keep": lambda _detail: _("Identity number or birth date were stored"),
    "personal_data.read": lambda _detail: _("Identity number and birth date were read"),
    "second_factor.on": lambda _detail: _("The second factor was switched on"),
    "second_factor.codes": lambda _detail: _("New recovery codes were made"),
    "second_factor.off": lambda _detail: _("The second factor was switched off"),
    "second_factor.recovery": lambda _detail: _("Logged in with a recovery code"),
    "account.sessions": lambda _detail: _("The sessions of the account were ended"),
}
