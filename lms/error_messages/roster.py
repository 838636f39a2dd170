"""Sentences of the errors and notes of rosters (``courses.roster``, ``courses.groups.roster_*``)."""

from collections.abc import Mapping

from lms.core.i18n import _, ngettext
from lms.core.sentences import Sentence, sentence


def _count_differs(said: int, count: int) -> str:
    return ngettext(
        "The list says it has %(said)s, but %(num)s person was read.",
        "The list says it has %(said)s, but %(num)s people were read.",
        count,
        said=said,
    )


def _rows_undecided(count: int) -> str:
    return ngettext("%(num)s row still needs your decision.", "%(num)s rows still need your decision.", count)


FILES: Mapping[str, Sentence] = {
    "roster_count_differs": _count_differs,
    "roster_file_too_long": lambda: _(
        "The file holds far more than a list of trainees. Leave only the list in it and try again."
    ),
    "roster_headings_missing": lambda: _("There are no headings: what each column holds was told from its content."),
    "roster_not_found": lambda: _("No list of people was found: there is no column headed «Full name» or «Surname»."),
    "roster_not_workbook": lambda: _(
        "A list of trainees is an Excel workbook (.xlsx) or a text (.csv). Copy the table from Word into Excel and "
        "save it."
    ),
    "roster_on_other_sheet": lambda sheet, read: _(
        "The sheet «%(sheet)s» holds a list too; only «%(read)s» was read.", sheet=sheet, read=read
    ),
    "roster_too_long": lambda most: _("Only the first %(most)s people were read.", most=most),
    "roster_without_people": lambda: _("There are headings, but no people under them."),
}

ROWS: Mapping[str, Sentence] = {
    "roster_birth_date_implausible": lambda date: _("The date %(date)s cannot be a birth date.", date=date),
    "roster_date_malformed": lambda text: _("«%(text)s» is not a date: write it as 31.12.1980.", text=text),
    "roster_email_malformed": lambda text: _(
        "«%(text)s» does not look like an e-mail address: it will not be used.", text=text
    ),
    "roster_email_shared": lambda rows: _("The address is shared with rows: %(rows)s.", rows=rows),
    "roster_email_not_latin": lambda text: _(
        "«%(text)s» has other letters than Latin ones before the @. Mail servers do not carry it: it will not be used.",
        text=text,
    ),
    "roster_email_with_russian_letters": lambda text: _(
        "«%(text)s» has Russian letters in the address: it will not be used.", text=text
    ),
    "roster_given_name_missing": lambda: _("There is no given name."),
    "roster_initials_only": lambda: _("Only initials: documents need the full name."),
    "roster_latin_letters_replaced": lambda: _("Latin letters among Russian ones were replaced: check the spelling."),
    "roster_month_before_day": lambda: _("Read with the month before the day: check the date."),
    "roster_name_divided_unsurely": lambda: _(
        "Check how the name was divided into surname, given name and patronymic."
    ),
    "roster_name_malformed": lambda text: _("«%(text)s» does not look like a part of a name.", text=text),
    "roster_namesake": lambda row: _("A namesake is in row %(row)s.", row=row),
    "roster_person_repeated": lambda row: _("The same person is in row %(row)s already.", row=row),
    "roster_phone_malformed": lambda text: _("«%(text)s» does not look like a telephone number.", text=text),
    "roster_remark_left_out": lambda text: _("«%(text)s» was left out.", text=text),
    "roster_row_hidden": lambda: _("This row is hidden in the file."),
    "roster_several_emails": lambda: _("There are several addresses; the first one was taken."),
    "roster_several_people": lambda: _("Several people stand in one cell: give each a row of their own."),
    "roster_snils_malformed": lambda reason: _("%(reason)s It will not be kept.", reason=sentence(reason, {})),
    "roster_snils_repeated": lambda row: _("The same СНИЛС stands in row %(row)s.", row=row),
    "roster_surname_missing": lambda: _("There is no surname."),
    "roster_text_beside_email": lambda text: _(
        "«%(text)s» holds more than an address: type the right address, or the letter goes to a stranger.", text=text
    ),
    "roster_text_not_snils": lambda text: _("«%(text)s» is not a СНИЛС: it will not be kept.", text=text),
}

DECISIONS: Mapping[str, Sentence] = {
    "roster_already_saved": lambda: _("This list has been saved already."),
    "roster_choice_missing": lambda: _("Choose: a new person, or the one who is known."),
    "roster_known_person_unseen": lambda: _(
        "Somebody like this is known already: choose whether it is the same person."
    ),
    "roster_person_chosen_twice": lambda row: _("The same person was chosen in row %(row)s already.", row=row),
    "roster_row_uncorrected": lambda: _("Correct the row, or leave it out."),
    "roster_rows_undecided": _rows_undecided,
}

SENTENCES: Mapping[str, Sentence] = {**FILES, **ROWS, **DECISIONS}
