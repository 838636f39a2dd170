"""Sentences of the errors of ``lms.lti``."""

from collections.abc import Mapping

from lms.core.i18n import _, ngettext
from lms.core.sentences import ErrorDetail, Sentence


def _names_incomplete(count: int) -> str:
    return ngettext("%(num)s name is to be completed.", "%(num)s names are to be completed.", count)


def _said(why: str | ErrorDetail) -> str:
    """Returns a technical text as it is, and an error as its sentence."""
    return why.message if isinstance(why, ErrorDetail) else why


def _as_it_is(text: str) -> str:
    return text


def _unreachable(why: str | ErrorDetail) -> str:
    words = f"{_said(why).rstrip('.')}."
    return _("%(why)s Nothing was connected; open the address once more in a minute.", why=words)


def _content_unavailable(title: str, why: ErrorDetail) -> str:
    return _("«%(title)s» cannot be shown yet: %(why)s.", title=title, why=why.message)


SENTENCES: Mapping[str, Sentence] = {
    "tie_by_password": lambda: _("Your account has a password: log in by it on the other platform."),
    # Content items
    "content_links_not_accepted": lambda: _(
        "This place of the platform takes no links to activities. Add the tool where activities are added."
    ),
    "content_presentation_unknown": lambda: _("The platform does not say how it would show what is chosen."),
    "content_request_malformed": lambda: _(
        "The platform does not say what it asks for. Open the choice of content in the course once more."
    ),
    "content_return_url_foreign": lambda: _(
        "The address that the choice should go back to is not one of the platform's."
    ),
    "content_group_ended": lambda: _("This group has ended: nobody can join it. Choose another one."),
    "content_not_chosen": lambda: _("Choose what the course is to show."),
    "content_single_only": lambda: _("One thing at a time fits here: choose one."),
    "content_too_many": lambda count: _("%(count)s things at once at most.", count=count),
    "content_unavailable": _content_unavailable,
    "content_without_questions": lambda: _("no questions yet"),
    # Accounts
    "account_closed": lambda: _("Your account here has been closed. Ask the leader of your internship site."),
    "launch_group_ended": lambda group: _(
        "The group «%(group)s» has ended, nobody joins it any more. Ask your teacher for another link.", group=group
    ),
    "left_group": lambda group: _(
        "You left the group «%(group)s» by an order. Ask the leader of the site to enrol you again.", group=group
    ),
    "linked_account_in_use": lambda name: _(
        "You have studied here as «%(name)s» already. Ask the leader of the site to put it right.", name=name
    ),
    "own_account_needed": lambda: _("Log in with the account that your internship site gave you."),
    "platform_user_unknown": lambda: _("The platform did not tell who you are, so nothing can be tied to you."),
    "unlinking_needs_password": lambda: _(
        "Choose a password first: without the platform you could not log in any more."
    ),
    # Connections
    "registration_audience_foreign": lambda: _(
        "The platform wants our signature for another address, so it cannot be trusted. Nothing was connected."
    ),
    "registration_client_id_missing": lambda: _("The platform's answer names no client id. Connect it by hand."),
    "registration_configuration_unreadable": lambda status: _(
        "The platform's configuration cannot be read: status %(status)s.", status=status
    ),
    "registration_endpoint_foreign": lambda: _(
        "The platform wants the registration sent to another address, so it cannot be trusted. Nothing was connected."
    ),
    "registration_issuer_foreign": lambda: _(
        "The platform's configuration speaks for another address, so it cannot be trusted. Nothing was connected."
    ),
    "registration_link_expired": lambda: _(
        "This registration address has ended: it works for a day. Ask the administrator for a new one."
    ),
    "registration_link_unknown": lambda: _(
        "There is no such registration address. Copy it whole, or ask the administrator for a new one."
    ),
    "registration_link_used_elsewhere": lambda: _(
        "Another platform has registered through this address: it works once. Ask the administrator for a new one."
    ),
    "registration_of_other_platform": lambda name: _(
        "This address connects %(name)s anew, and another platform opened it. Ask the administrator for an address "
        "of its own.",
        name=name,
    ),
    "registration_refused_by_platform": lambda why: _("The platform refused the registration: %(why)s", why=_said(why)),
    "registration_unreachable": _unreachable,
    "registration_value_missing": lambda name: _(
        "The platform's configuration lacks «%(name)s». Connect it by hand.", name=name
    ),
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
    "platform_roster_endless": lambda: _("The platform’s list does not end, or takes too long."),
    "platform_roster_forbidden": lambda: _(
        "The platform does not allow us to see who is in the course: in its settings, let the tool see names and roles."
    ),
    "platform_roster_malformed": lambda: _("The platform's answer is not a list of members."),
    "platform_roster_page_foreign": lambda: _("The next page of the platform’s list is at a different address."),
    "platform_roster_too_long": lambda most: _("The platform’s list is too long: %(most)s people at most.", most=most),
    "platform_roster_unavailable": lambda: _("The platform no longer shares the members of this course."),
    "platform_roster_names_incomplete": _names_incomplete,
    "platform_roster_not_ready": lambda: _("The list is no longer here: request it from the platform again."),
    "roster_course_unavailable": lambda: _("This course no longer shows the group, or does not share its members."),
    "roster_group_ended": lambda: _("The group has ended: nobody can join it."),
    "roster_link_foreign": lambda: _("This link does not belong to the course."),
    "roster_forgotten": lambda: _("The list was deleted because nobody used it within a day."),
    # Results
    "result_of_platform_newer": lambda: _("The platform has a newer result, entered there."),
    "result_taken_for_older": lambda: _("The platform considers our result older than its own."),
    "result_there_already": lambda: _("The platform had this result already."),
    # Launches
    "launch_deployment_not_accepted": lambda: _(
        "The administrator has yet to accept this place of the platform. Please try again later."
    ),
    "launch_keys_unavailable": lambda: _(
        "The platform's keys could not be read just now. Please try again in a minute."
    ),
    "launch_message_malformed": lambda: _(
        "The platform sent a message that cannot be understood. Please tell its administrator."
    ),
    "launch_of_other_browser": lambda: _(
        "The browser did not keep what the launch needs. Go back to the course and open the link in a new window."
    ),
    "launch_platform_unknown": lambda: _("This platform is not connected here. Please tell its administrator."),
    "launch_refused_by_platform": lambda why: _("The platform refused the launch: %(why)s", why=why),
    "launch_settings_wrong": lambda: _(
        "The connection with the platform is not set up right. Please tell the administrator of the platform."
    ),
    "launch_too_old": lambda: _("The link is too old, or was opened already. Go back to the course and open it again."),
    # Answers of platforms
    "gradebook_unreachable": lambda why: _("The platform's gradebook does not answer: %(why)s", why=_said(why)),
    "line_item_answer_malformed": lambda: _("The platform's answer is not what was requested."),
    "line_item_creation_forbidden": lambda: _(
        "The platform does not allow us to create columns in its gradebook. "
        "Ask the teacher there to turn on grading in the link's settings, then open the link again."
    ),
    "line_item_deletion_forbidden": lambda: _("The platform does not allow us to remove columns of its gradebook."),
    "line_item_refused": _said,
    "line_item_url_missing": lambda: _("The platform created a column but did not return its address."),
    "platform_address_incomplete": lambda address: _(
        "An address begins with https:// and names a host: %(address)s", address=address
    ),
    "platform_address_malformed": lambda address: _("This is not an address: %(address)s", address=address),
    "platform_address_not_https": lambda: _("The address must begin with https://. The operator may allow exceptions."),
    "platform_address_refused": lambda host: _(
        "%(host)s is an address of an inner network. The operator may allow it (LMS_PLATFORM_PRIVATE_HOSTS).", host=host
    ),
    "platform_answer_not_json": lambda: _("The platform's answer is not JSON."),
    "platform_answer_too_large": lambda: _("The platform's answer is too large."),
    "platform_certificate_untrusted": lambda why: _("its certificate is not trusted (%(why)s)", why=why),
    "platform_error_status": lambda status: _("The platform answered with an error (%(status)s).", status=status),
    "platform_host_unknown": lambda: _("there is no such host"),
    "platform_keys_missing": lambda: _("There are no keys at this address that we could use."),
    "platform_keys_status": lambda status: _(
        "The address of the keys answers with the status %(status)s.", status=status
    ),
    "platform_message": _as_it_is,
    "platform_status": lambda status: _("status %(status)s", status=status),
    "platform_timeout": lambda: _("no answer in time"),
    "platform_token_refused": lambda reason: _("The platform refuses us access: %(reason)s", reason=_said(reason)),
    "platform_token_unavailable": lambda: _("The platform does not give access at the moment."),
    "platform_unreachable": lambda why: _("The platform does not answer: %(why)s", why=_said(why)),
}
