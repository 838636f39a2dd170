"""Sentences of ``courses.importing`` and ``courses.thematic_plan``: imported documents, adding up a plan.

Drafts store the parameters as JSON: hours may be decimal strings.
"""

from collections.abc import Mapping
from decimal import Decimal

from lms.core.i18n import _, format_hours, ngettext
from lms.core.sentences import Sentence

Hours = Decimal | str


def _hours(value: Hours) -> str:
    return format_hours(Decimal(value))


def _stored_text(text: str) -> str:
    return text


def _hours_column(kind: str | None) -> str:
    """Returns the name of a column of hours; None is the column of totals."""
    return kind if kind is not None else _("Total")


def _part(part: str) -> str:
    """Returns the name of a part of a programme's document."""
    names = {
        "title": _("Title"),
        "organization": _("Organisation"),
        "workload": _("Workload"),
        "key_ideas": _("Key ideas"),
        "goal": _("Goal"),
        "tasks": _("Tasks"),
        "form": _("Form of study"),
        "audience": _("Audience"),
        "outcomes": _("Planned outcomes"),
        "staff": _("Staff"),
        "equipment": _("Facilities and equipment"),
        "information": _("Information resources"),
        "criteria": _("Attestation criteria"),
        "pass_mark": _("Pass mark"),
        "literature": _("Literature"),
    }
    return names[part]


FILES: Mapping[str, Sentence] = {
    "document_damaged": lambda: _(
        "The file is damaged or was not uploaded completely. Open it, save it anew and try again."
    ),
    "document_extension_wrong": lambda named, found: _(
        "The file's name ends in .%(named)s, but inside is a .%(found)s. Give it its right name and try again.",
        named=named,
        found=found,
    ),
    "document_needs_too_much": lambda: _(
        "The file asks for more memory or time than a document of its kind needs, so reading was stopped. Save it anew "
        "in its program, or leave only what is needed in it."
    ),
    "document_not_read_now": lambda: _("Too many files are being read at this moment. Try again in a minute."),
    "document_not_understood": lambda: _(
        "Something in the file is written in an unusual way, and reading failed. Save it anew and try again; the "
        "administrator sees what happened."
    ),
    "document_not_office": lambda: _("This is not a Word or Excel file, whatever its name says."),
    "document_of_old_type": lambda: _(
        "This is a file of an old type (.doc or .xls). Open it in Word, Excel or LibreOffice, choose “Save as” and "
        "the type .docx or .xlsx, then upload the new file."
    ),
    "document_pdf": lambda: _("A PDF cannot be read. Upload the Word file (.docx) that it was made from."),
    "document_protected": lambda: _(
        "The file is protected by a password. Open it, remove the password (File → Info → Protect document → "
        "Encrypt with password), save and upload it again."
    ),
    "document_to_save_as_docx": lambda type: _(
        "Files of the type %(type)s cannot be read. Open the file in Word or LibreOffice, choose “Save as” "
        "and the type “Word document (.docx)”, then upload the new file.",
        type=type,
    ),
    "document_to_save_as_xlsx": lambda type: _(
        "Files of the type %(type)s cannot be read. Open the file in Excel or LibreOffice, choose “Save as” "
        "and the type “Excel workbook (.xlsx)”, then upload the new file.",
        type=type,
    ),
    "document_of_many_programmes": lambda count, most: _(
        "The file is a book of %(count)s programmes, more than the %(most)s that are read at once. Save each of them "
        "as a file of its own and upload that.",
        count=count,
        most=most,
    ),
    "document_table_too_large": lambda rows, columns, cells: _(
        "The tables of the file are larger than those of a programme: more than %(rows)s rows or %(columns)s columns "
        "in one table, or %(cells)s cells in all. Leave only the programme in the file and try again.",
        rows=rows,
        columns=columns,
        cells=cells,
    ),
    "document_too_long": lambda: _(
        "The file holds far more text than one programme. If it is a book of several programmes, save each of them as "
        "a file of its own and upload that."
    ),
    "document_too_large": lambda: _(
        "The file is larger than 20 MB. Remove the pictures from it or compress them, and try again."
    ),
    "document_type": lambda: _("Only Word documents (.docx) and Excel workbooks (.xlsx) can be read."),
    "document_unpacks_too_large": lambda: _(
        "The file unpacks to far more than a document needs, so it was not opened. Save it anew without pictures."
    ),
    "document_with_entities": lambda: _(
        "The file refers to things outside itself (XML entities), so it was not opened."
    ),
    "document_with_macros": lambda: _(
        "The file contains macros, and such files are not taken. Save it without macros: “Save as”, type “Word "
        "document (.docx)” or “Excel workbook (.xlsx)”."
    ),
}

PROGRAMMES: Mapping[str, Sentence] = {
    "document_note": _stored_text,
    "formula_value_differs": lambda cell, stored, computed: _(
        "Cell %(cell)s keeps %(stored)s, its formula gives %(computed)s; the formula was taken.",
        cell=cell,
        stored=stored,
        computed=computed,
    ),
    "formula_without_value": lambda cell: _("The formula in cell %(cell)s has no stored value.", cell=cell),
    "hidden_rows_included": lambda: _(
        "The sheet hides rows or columns; %(what)s.", what=_("they were taken, because the sums hold with them")
    ),
    "hidden_rows_left_out": lambda: _("The sheet hides rows or columns; %(what)s.", what=_("they were left out")),
    "hours_not_a_number": lambda kind, text: _(
        "%(kind)s: “%(text)s” is not a number of hours.", kind=_hours_column(kind), text=text
    ),
    "hours_read_from_date": lambda kind, text: _(
        "%(kind)s: Excel keeps a date here; it was read as %(text)s.", kind=_hours_column(kind), text=text
    ),
    "hours_read_from_time": lambda kind, text, hours: _(
        "%(kind)s: the time %(text)s was read as %(hours)s h.", kind=_hours_column(kind), text=text, hours=_hours(hours)
    ),
    "hours_without_kind": lambda kind: _(
        "The hours stand in no column of a kind; they were taken as “%(kind)s”.", kind=kind
    ),
    "plan_of_converted_pdf": lambda count: ngettext(
        "The table looks like a converted PDF, with a row for each printed line: %(num)s row was joined to the one "
        "above. Check the titles.",
        "The table looks like a converted PDF, with a row for each printed line: %(num)s rows were joined to those "
        "above. Check the titles.",
        count,
    ),
    "plan_of_kind_rows": lambda count: _(
        "The kinds of hours stand in rows: they were put into %(count)s columns.", count=count
    ),
    "plan_of_weeks": lambda count: _("The hours stand in %(count)s columns of weeks: they were added up.", count=count),
    "plan_too_long": lambda most: _(
        "The table of the thematic plan has more than %(most)s rows. Leave the rows of one programme in it.", most=most
    ),
    "programme_part_not_found": lambda: _("Nothing was found for this part."),
    "row_without_hours": lambda: _("The row has no hours."),
    "subtotal_differs": lambda stated, sum: _(
        "Stated %(stated)s h, by topics %(sum)s h.", stated=_hours(stated), sum=_hours(sum)
    ),
    "title_uncertain": lambda other: _("The title may also be “%(other)s”. Choose the right one.", other=other),
    "thematic_plan_not_found": lambda: _(
        "No thematic plan was found: a table with columns for titles of sections and topics and for academic "
        "hours. Check that the plan is a table and not a picture."
    ),
}


def _sum_differs(kind: str, stated: Hours, sum: Hours) -> str:
    return _("%(kind)s: stated %(stated)s h, by topics %(sum)s h.", kind=kind, stated=_hours(stated), sum=_hours(sum))


PLANS: Mapping[str, Sentence] = {
    "plan_hours_invalid": lambda kind, hours: _(
        "%(kind)s: %(hours)s h; hours go from 0 to 1000 in steps of 0.25.", kind=kind, hours=_hours(hours)
    ),
    "plan_overall_sum_differs": lambda stated, sum: _sum_differs(_("Overall"), stated, sum),
    "plan_row_total_differs": lambda stated, sum: _(
        "The row's total is %(stated)s h, its kinds of hours add up to %(sum)s h.",
        stated=_hours(stated),
        sum=_hours(sum),
    ),
    "plan_sum_differs": _sum_differs,
    "plan_total_differs_from_workload": lambda stated, sum: _(
        "The stated workload is %(stated)s h, the plan adds up to %(sum)s h.",
        stated=_hours(stated),
        sum=_hours(sum),
    ),
    "plan_without_class_forms": lambda: _("The plan gives no forms of class."),
    "plan_without_controls": lambda: _("The plan gives no forms of control."),
    "plan_without_hours": lambda: _("The plan has no hours."),
    "topic_without_class_form": lambda: _("No form of class is given."),
    "topic_without_control": lambda: _("No form of control is given."),
}

PLACES: Mapping[str, Sentence] = {
    "place_named": lambda name: name,
    "place_part": _part,
    "place_plan": lambda: _("Thematic plan"),
    "place_section": lambda number: _("Section %(number)s", number=number),
    "place_sheet_row": lambda number: _("row %(number)s", number=number),
    "place_topic": lambda number: _("Topic %(number)s", number=number),
    "place_total": lambda: _("Total"),
    "place_untitled_row": lambda: _("row without a title"),
    "place_workload": lambda: _("Workload"),
}

NAMES: Mapping[str, Sentence] = {
    # Names given to columns and sections that have none in the document
    "hour_kind_attestation": lambda: _("Attestation"),
    "hour_kind_attestation_separate": lambda: _("Attestation (without a kind)"),
    "hour_kind_unnamed": lambda: _("Hours"),
    "section_of_all_topics": lambda: _("Content of the programme"),
}

LOSSES: Mapping[str, Sentence] = {
    "import_groups_left_out": lambda rows: _(
        "The plan has two levels here; these rows between section and topic are left out: %(rows)s.", rows=rows
    ),
    "import_kinds_cut": lambda most: _("At most %(most)s are kept: %(what)s.", most=most, what=_("columns of hours")),
    "import_points_unknown": lambda names: _(
        "No points are given for: %(names)s. One point is put in each.", names=names
    ),
    "import_sections_cut": lambda most: _("At most %(most)s are kept: %(what)s.", most=most, what=_("sections")),
    "import_topics_cut": lambda most: _("At most %(most)s are kept: %(what)s.", most=most, what=_("topics")),
}

SENTENCES: Mapping[str, Sentence] = {**FILES, **PROGRAMMES, **PLANS, **PLACES, **NAMES, **LOSSES}
