"""Sentences of the errors of programmes, groups, materials and progress, and of a version's readiness."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from lms.core.i18n import _, format_date, format_number
from lms.core.sentences import Sentence


def _day_outside_group(first: date, last: date) -> str:
    return _("The group runs from %(first)s to %(last)s.", first=format_date(first, "day"), last=format_date(last))


def _frozen(state: str) -> str:
    if state == "approved":
        return _("An approved version does not change: start a new version.")
    return _("The version lies with the council. Withdraw it to change it.")


def _not_ready(problems: Sequence[Any]) -> str:
    first: str = problems[0].sentence
    return first


def _pass_mark_unreachable(mark: Decimal, reachable: Decimal) -> str:
    return _(
        "The pass mark is %(mark)s, all criteria together give %(sum)s.",
        mark=format_number(mark),
        sum=format_number(reachable),
    )


def _topic_hours_not_quarters(number: str) -> str:
    where = _("Topic %(number)s", number=number)
    return _("%(where)s: correct the hours first, they go in steps of 0.25.", where=where)


TEXTS_AND_NUMBERS: Mapping[str, Sentence] = {
    "characters_at_most": lambda most: _("At most %(most)s characters.", most=most),
    "characters_exceeded": lambda most, count: _(
        "At most %(most)s characters; here there are %(count)s.", most=most, count=count
    ),
    "hours_out_of_range": lambda most: _("Hours are a number from 0 to %(most)s in steps of 0.25.", most=most),
    "lines_too_many": lambda most: _("At most %(most)s lines.", most=most),
    "number_missing": lambda: _("Type a number."),
    "number_out_of_range": lambda most: _("A number from 0 to %(most)s.", most=most),
    "text_character_refused": lambda: _("The text has a sign that cannot be kept."),
    "year_malformed": lambda: _("A year of four digits."),
}
PROGRAMMES: Mapping[str, Sentence] = {
    "changed_meanwhile": lambda theirs: _(
        "Someone changed this meanwhile. It says now: «%(theirs)s». Save again to keep yours.", theirs=theirs
    ),
    "competencies_too_many": lambda most: _("At most %(most)s competencies.", most=most),
    "competency_title_missing": lambda: _("Name the competency."),
    "correction_empty": lambda: _("A correction cannot take the whole text away."),
    "correction_of_open_version": lambda: _("Only an approved version is corrected like this: this one can be edited."),
    "correction_place_unknown": lambda: _("Choose what to correct."),
    "correction_too_different": lambda: _("This is another text and not a misprint: start a new version for it."),
    "criteria_changed_meanwhile": lambda theirs: _("Someone changed the criteria meanwhile. Save again to keep yours."),
    "criterion_name_invalid": lambda most: _("Name the criterion, in at most %(most)s characters.", most=most),
    "criterion_points_missing": lambda: _("Give the most points for it, more than 0."),
    "document_date_in_future": lambda today: _(
        "This date is in the future: today is %(today)s.", today=format_date(today)
    ),
    "document_date_too_early": lambda earliest: _(
        "This date is before %(earliest)s: check the year.", earliest=format_date(earliest)
    ),
    "document_kind_unknown": lambda: _("Choose the document."),
    "document_number_missing": lambda: _("Give the number of the document."),
    "import_already_saved": lambda: _("This document has been saved already."),
    "new_version_of_unapproved": lambda: _("A new version starts from an approved one."),
    "programme_criteria_too_many": lambda most: _("At most %(most)s criteria.", most=most),
    "programme_title_missing": lambda: _("Give the programme a title."),
    "programme_version_frozen": _frozen,
    "programme_version_not_ready": _not_ready,
    "remarks_missing": lambda: _("Say what should be changed: the author sees it."),
    "version_considered_already": lambda: _("The council has considered it already."),
    "version_not_considered": lambda: _("Record first that the council considered it."),
    "version_not_open": lambda: _("Only a draft or a returned version is submitted."),
    "version_not_with_council": lambda: _("The version does not lie with the council."),
    "workload_missing": lambda: _("State the workload in academic hours."),
    "upload_not_read": lambda: _(
        "The file could not be read because of an error on our side, which was recorded. Try again later, or save the "
        "file anew and upload it once more."
    ),
}
PLAN: Mapping[str, Sentence] = {
    "column_name_missing": lambda: _("Give the column a name."),
    "column_name_taken": lambda name: _("There is a column «%(name)s» already.", name=name),
    "plan_cell_unknown": lambda: _("The plan has no such cell."),
    "plan_changes_too_many": lambda: _("Too many changes at once."),
    "plan_columns_too_many": lambda most: _("A plan has at most %(most)s columns of hours.", most=most),
    "plan_row_deleted": lambda: _("This row was deleted meanwhile."),
    "plan_row_unknown": lambda: _("The plan has no such row."),
    "plan_sections_too_many": lambda most: _("A plan has at most %(most)s sections.", most=most),
    "plan_topics_too_many": lambda most: _("A plan has at most %(most)s topics.", most=most),
    "topic_hours_not_quarters": _topic_hours_not_quarters,
}
READINESS: Mapping[str, Sentence] = {
    "advanced_training_too_short": lambda: _("A document of advanced training is issued from 16 hours."),
    "advanced_training_unlicensed": lambda: _("Only a licensed organisation issues a document of advanced training."),
    "conditions_missing": lambda: _("The conditions (part 3) are not described."),
    "criteria_missing": lambda: _("The final attestation has no criteria."),
    "goal_missing": lambda: _("No goal is stated."),
    "hours_needed_exceed_workload": lambda: _("More hours are needed for the document than the programme has."),
    "key_ideas_missing": lambda: _("The explanatory note does not open the key ideas."),
    "outcomes_missing": lambda: _(
        "No planned outcomes: competencies with what the trainee knows, can do and has practised."
    ),
    "pass_mark_unreachable": _pass_mark_unreachable,
    "rating_without_descriptors": lambda: _(
        "The self-assessment is asked for, but no competency has descriptors to rate."
    ),
    "section_title_missing": lambda: _("Give the section a title."),
    "tasks_missing": lambda: _("No tasks are stated."),
    "topic_title_missing": lambda: _("Give the topic a title."),
    "version_title_missing": lambda: _("The programme has no title."),
}
GROUPS: Mapping[str, Sentence] = {
    "day_before_enrolment": lambda: _("This day lies before the enrolment."),
    "day_before_group": lambda: _("This day lies before the group began."),
    "day_outside_group": _day_outside_group,
    "enrolment_ended_for_credits": lambda: _("This trainee's enrolment has ended: nothing can be credited."),
    "own_work_not_graded": lambda: _("Nobody grades or confirms what they did themselves: ask a colleague."),
    "enrolment_ended_for_marks": lambda: _("This trainee's enrolment has ended: marks can no longer be taken back."),
    "enrolment_key_unknown": lambda: _("No group is open under this key. Ask the leader of the site for it once more."),
    "group_dates_reversed": lambda: _("The last day lies before the first."),
    "group_left_by_order": lambda: _("You left this group by an order. Ask the leader of the site to enrol you again."),
    "group_title_invalid": lambda: _("Give the group a name of at most 200 characters."),
    "group_too_long": lambda: _("A group lasts three years at most."),
    "order_number_missing": lambda: _("Type the number of the order."),
    "programme_not_approved": lambda: _("The programme is not approved yet: groups begin after its approval."),
    "enrolment_goes_on_elsewhere": lambda: _(
        "This trainee was transferred with all progress: what follows is noted in the other group."
    ),
    "transfer_target_studied": lambda: _(
        "This trainee has studied in that group already, with progress of its own there: note the state there instead."
    ),
    "transfer_target_invalid": lambda: _("Choose another group of this site."),
}
MATERIALS: Mapping[str, Sentence] = {
    "completion_unknown": lambda: _("Choose what completes the material."),
    "material_changed_meanwhile": lambda: _(
        "Somebody changed this material while you were writing. Your text is kept here: compare it with the "
        "current one and save again."
    ),
    "material_file_missing": lambda: _("Choose a file."),
    "material_kind_unknown": lambda: _("There is no such kind of material."),
    "material_title_missing": lambda: _("Give the material a title."),
    "material_url_missing": lambda: _("Give the address."),
    "materials_too_many": lambda most: _("A topic holds at most %(most)s materials.", most=most),
    "minutes_out_of_range": lambda most: _("From 1 to %(most)s minutes.", most=most),
    "page_text_missing": lambda: _("Write the page's text."),
    "url_malformed": lambda: _("An address begins with https:// or http:// and has no spaces."),
    "video_source_ambiguous": lambda: _("Give either the video's address or a file."),
}
SENTENCES: Mapping[str, Sentence] = {
    **TEXTS_AND_NUMBERS,
    **PROGRAMMES,
    **PLAN,
    **READINESS,
    **GROUPS,
    **MATERIALS,
}
