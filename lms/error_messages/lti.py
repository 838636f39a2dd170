"""Sentences of the errors of ``lms.lti``."""

from collections.abc import Mapping

from lms.core.i18n import _, ngettext
from lms.core.sentences import Sentence


def _names_incomplete(count: int) -> str:
    return ngettext("%(num)s name is to be completed.", "%(num)s names are to be completed.", count)


SENTENCES: Mapping[str, Sentence] = {
    # Content items
    "content_group_ended": lambda: _("This group has ended: nobody can join it. Choose another one."),
    "content_not_chosen": lambda: _("Choose what the course is to show."),
    "content_single_only": lambda: _("One thing at a time fits here: choose one."),
    "content_too_many": lambda count: _("%(count)s things at once at most.", count=count),
    "content_unavailable": lambda title, why: _("«%(title)s» cannot be shown yet: %(why)s.", title=title, why=why),
    # Accounts
    "linked_account_in_use": lambda name: _(
        "You have studied here as «%(name)s» already. Ask the leader of the site to put it right.", name=name
    ),
    "own_account_needed": lambda: _("Log in with the account that your internship site gave you."),
    "platform_user_unknown": lambda: _("The platform did not tell who you are, so nothing can be tied to you."),
    "unlinking_needs_password": lambda: _(
        "Choose a password first: without the platform you could not log in any more."
    ),
    # Connections
    "platform_audience_too_long": lambda: _("This is too long."),
    "platform_connected_already": lambda: _("This platform is connected already under this client id."),
    "platform_endpoint_missing": lambda: _("The platform shows this address: it is needed."),
    "platform_family_unknown": lambda: _("Choose the kind of platform."),
    "platform_identifier_malformed": lambda: _(
        "At most 255 Latin letters, digits and signs, exactly as the platform shows it."
    ),
    "platform_identifier_missing": lambda: _("The platform shows it: it is needed."),
    "platform_issuer_changed": lambda: _(
        "This is another platform: people would be taken for others. Connect it as a new one."
    ),
    "platform_issuer_malformed": lambda: _("An issuer is an address such as https://moodle.example.org."),
    "platform_issuer_missing": lambda: _("The issuer names the platform: it is needed."),
    "registration_link_used": lambda: _(
        "A platform has registered through this address already: remove the connection instead."
    ),
    # Rosters
    "platform_roster_names_incomplete": _names_incomplete,
    "platform_roster_not_ready": lambda: _("The list is not here any more: ask the platform for it once more."),
    "roster_course_unavailable": lambda: _(
        "This course does not show the group any more, or does not tell its members."
    ),
    "roster_group_ended": lambda: _("The group has ended: nobody joins it any more."),
    "roster_link_foreign": lambda: _("This link does not belong to the course."),
}
