"""Texts that the domain writes into rows, letters and messages to platforms, in the recipient's language.

They are no errors, but follow the same rule: the domain gives a code and values.
"""

from collections.abc import Mapping
from decimal import Decimal

from lms.core.i18n import _, format_hours, format_number, pgettext
from lms.core.sentences import Sentence


def _document_kind(kind: str) -> str:
    return {
        "certificate": _("Certificate"),
        "statement": pgettext("document", "Statement"),
        "advanced_training": _("Certificate of advanced training"),
    }[kind]


def _content_item(kind: str, hours: Decimal | None) -> str:
    words = {
        "programme": _("Internship programme"),
        "topic": _("Topic of the internship"),
        "self_check": _("Self-check"),
        "task": _("Attestation task"),
        "certificate": _("The certificate, and what is still needed for it"),
    }[kind]
    return words if not hours else f"{words}, " + _("%(hours)s h", hours=format_number(hours))


def _result_hours(done: Decimal, needed: Decimal) -> str:
    return _("%(done)s of %(needed)s academic hours", done=format_hours(done), needed=format_hours(needed))


SENTENCES: Mapping[str, Sentence] = {
    # Names given to new rows, in the language of the programme
    "final_attestation": lambda: _("Final attestation"),
    "hour_kind_independent_work": lambda: _("Independent work"),
    "hour_kind_lectures": lambda: _("Lectures"),
    "hour_kind_practice": lambda: _("Practice"),
    # Files
    "file_unnamed": lambda: _("file"),
    "preview_cut": lambda: _("The rest is in the file."),
    # Certificates
    "document_kind": _document_kind,
    # Content of platforms' courses
    "certificate_of_programme": lambda programme: _("Certificate: %(programme)s", programme=programme),
    "content_item_text": _content_item,
    "platform_test_user": lambda platform: _("test user of «%(platform)s»", platform=platform),
    "tool_choose_label": lambda: _("Stazhirovka: choose what to show"),
    "tool_description": lambda: _(
        "Internships of teachers: programmes, self-assessments, attestation tasks, certificates."
    ),
    "tool_name": lambda: _("Stazhirovka"),
    "withdrawn_for_other_account": lambda: _("the same person continues with another account"),
    # Comments on results
    "result_accepted": lambda: _("Accepted"),
    "result_hours": _result_hours,
    "result_percent": lambda percent: _("Best result %(percent)s %%", percent=format_number(percent)),
    "result_returned": lambda: _("Returned for revision"),
}
