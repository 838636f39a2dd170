"""Sentences of the errors of ``lms.core``."""

from collections.abc import Mapping
from math import ceil

from lms.core.i18n import _, format_number, ngettext
from lms.core.sentences import Sentence


def in_minutes(seconds: int) -> str:
    """Returns the pause as text, as in «try again in 5 minutes»: whole minutes, at least one."""
    return ngettext("in %(num)s minute", "in %(num)s minutes", max(1, ceil(seconds / 60)))


def _as_it_is(text: str) -> str:
    return text


SENTENCES: Mapping[str, Sentence] = {
    "markdown_too_dense": lambda: _("Too many signs of markup or lines in one text: divide it."),
    "typed_over_older": lambda: _(
        "This text was changed in another tab or on another device meanwhile. Both are below: choose the one to keep."
    ),
    "stored_sentence": _as_it_is,
    "value_missing": lambda: _("Please fill this in."),
    "text_not_storable": lambda: _(
        "A text contains a character that cannot be stored. Type it anew and send it again."
    ),
    "value_out_of_range": lambda: _("A number or a text here is too large to be stored. Correct it and send it again."),
    "text_too_long": lambda count: _("At most %(count)s characters, please.", count=count),
    "time_zone_unknown": lambda: _("Choose a time zone from the list."),
    "channel_unknown": lambda: _("Choose one of the three ways."),
    "language_unknown": lambda: _("Choose a language from the list."),
    # Accounts
    "account_exists": lambda: _("This person has an account already."),
    "email_malformed": lambda: _("This does not look like an e-mail address."),
    "email_local_part_not_latin": lambda: _(
        "Mail servers carry only Latin letters before the @. Check the address, or ask for another one."
    ),
    "email_domain_of_two_alphabets": lambda: _(
        "A part of the address after the @ mixes Latin and Russian letters. Type it again in one alphabet."
    ),
    "email_shared": lambda: _(
        "Several people use this e-mail. Log in by your user name: it stands in your invitation."
    ),
    "log_in_wrong": lambda: _("The user name or the password is wrong."),
    "name_malformed": lambda: _("Letters, hyphens and apostrophes only, at most 120."),
    "own_account_closed": lambda: _("You cannot close your own account."),
    "own_administrator_rights": lambda: _("You cannot take the administrator's rights from yourself."),
    "password_common": lambda: _("This password is in the lists that strangers try first. Choose another."),
    "password_of_context": lambda: _(
        "Names, addresses and words of this service are guessed first, with digits too. Take three or four others."
    ),
    "password_not_current": lambda: _("This is not your current password."),
    "password_too_short": lambda count: _(
        "At least %(count)s characters, please: three or four words will do.", count=count
    ),
    "second_factor_needed": lambda: _("This account has a second factor: type the code from your phone as well."),
    "second_factor_wrong": lambda: _(
        "This code is wrong, used already or too old. Take the one that the app shows now."
    ),
    "username_malformed": lambda: _("Latin letters, digits, dots and hyphens only, at most 80."),
    "username_taken": lambda: _("This user name is taken."),
    # Too many attempts
    "certificate_code_throttled": lambda seconds: _(
        "Too many codes that do not exist. Try again %(in_minutes)s.", in_minutes=in_minutes(seconds)
    ),
    "group_key_throttled": lambda seconds: _(
        "Too many tries. Try again %(in_minutes)s, or ask the leader for the key once more.",
        in_minutes=in_minutes(seconds),
    ),
    "letters_throttled": lambda seconds: _(
        "Too many letters. Try again %(in_minutes)s.", in_minutes=in_minutes(seconds)
    ),
    "log_in_throttled": lambda seconds: _(
        "Too many tries. Try again %(in_minutes)s, or ask for a new password.", in_minutes=in_minutes(seconds)
    ),
    "registration_throttled": lambda seconds: _(
        "Too many new accounts from here. Try again %(in_minutes)s.", in_minutes=in_minutes(seconds)
    ),
    # Links and cards
    "card_code_wrong": lambda: _("The user name and the code do not belong together. Look at the card again."),
    "link_ended": lambda: _("This link has ended, or a newer one was sent. Ask for a new one."),
    "link_unknown": lambda: _("There is no such link. Copy it from the letter whole, or ask for a new one."),
    "link_used": lambda: _("This link has been used. Log in with the password that you chose then."),
    # Personal data
    "consent_text_renewed": lambda: _("The text has been renewed since you opened the page. Please read it again."),
    "identity_number_malformed": lambda: _("A СНИЛС has eleven digits, as in 112-233-445 95."),
    "identity_number_mistyped": lambda: _("The check digits do not fit: there is a misprint in the number."),
    "paper_date_in_future": lambda: _("The date on the paper: today or earlier."),
    # Files
    "file_cannot_be_opened": lambda reason: _("The file cannot be opened: %(reason)s.", reason=reason),
    "file_empty": lambda: _("The file is empty."),
    "file_infected": lambda name, found: _(
        "The virus scanner found something in %(name)s (%(found)s), so the file was not taken. Clean the computer it "
        "comes from, or choose another file.",
        name=name,
        found=found,
    ),
    "file_not_scanned": lambda: _(
        "The virus scanner does not answer, so the file was not taken. Try again in a few minutes."
    ),
    "file_kind_refused": lambda name, taken: _(
        "Files of this kind are not taken here: %(name)s. Taken are files with the ending %(taken)s.",
        name=name,
        taken=", ".join(taken),
    ),
    "file_lost": lambda: _("The file is not in the store any more. Tell the administrator."),
    "file_too_large": lambda limit_bytes: _(
        "The file is larger than %(limit)s MB.", limit=format_number(limit_bytes / 1024**2)
    ),
}
