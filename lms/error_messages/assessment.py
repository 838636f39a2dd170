"""Sentences of the errors of ``assessment``."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from lms.core.i18n import _, format_datetime, format_number, ngettext
from lms.core.sentences import ErrorDetail, Sentence


def _graded_meanwhile(by: str, at: datetime | None, own: bool) -> str:
    if own:
        return _("You saved other points in another tab or on another device. Yours are below: compare them.")
    if at is None:
        return _("%(name)s is grading this work too and saved other points. Yours are below: compare them.", name=by)
    return _(
        "%(name)s has graded this work meanwhile, %(time)s. Yours are below: compare them.",
        name=by,
        time=format_datetime(at),
    )


def _acceptance_refused(reasons: tuple[ErrorDetail, ...]) -> str:
    return " · ".join(reason.message for reason in reasons)


def _rating_incomplete(count: int) -> str:
    return ngettext("Rate one more line: %(num)s is empty.", "Rate the rest: %(num)s lines are empty.", count)


def _below_minimum(criterion: str, least: Decimal) -> str:
    return _("Below the minimum of %(least)s: %(criterion)s", least=format_number(least), criterion=criterion)


def _pass_mark_not_reached(total: Decimal, mark: Decimal) -> str:
    return _("%(total)s points, the pass mark is %(mark)s", total=format_number(total), mark=format_number(mark))


def _pass_mark_out_of_range(most: Decimal) -> str:
    return _("The pass mark lies between zero and the sum of all points, %(most)s.", most=format_number(most))


TASKS_AND_WORKS: Mapping[str, Sentence] = {
    "characters_too_many": lambda count: _("%(count)s characters at most.", count=count),
    "criteria_too_many": lambda count: _("%(count)s criteria at most.", count=count),
    "criterion_below_minimum": _below_minimum,
    "criterion_minimum_out_of_range": lambda: _("Not less than 0 and not above the points at most."),
    "criterion_name_missing": lambda: _("Name the criterion."),
    "criterion_points_out_of_range": lambda most: _("More than 0 and at most %(most)s points.", most=most),
    "criterion_unmarked": lambda criterion: _("No points yet: %(criterion)s", criterion=criterion),
    "comment_too_long": lambda: _("The comment is too long."),
    "decision_released": lambda: _(
        "The decision has reached the trainee or was undone already. It can be taken back with a reason."
    ),
    "instructions_too_long": lambda: _("The instructions are too long."),
    "newer_version_handed_in": lambda: _("A newer version was handed in meanwhile. Look at it before you decide."),
    "no_decision_to_take_back": lambda: _("There is no decision to take back: the work is decided no more."),
    "pass_mark_not_reached": _pass_mark_not_reached,
    "pass_mark_out_of_range": _pass_mark_out_of_range,
    "points_do_not_allow_acceptance": _acceptance_refused,
    "points_not_quarters": lambda: _("Points go in quarter steps."),
    "points_out_of_range": lambda most: _("From 0 to %(most)s points.", most=format_number(most)),
    "task_title_invalid": lambda: _("Give the task a title of at most 500 characters."),
    "take_back_reason_missing": lambda count: _(
        "Write the reason, in %(count)s characters at most: the trainee reads it.", count=count
    ),
    "tasks_of_version_frozen": lambda: _(
        "Criteria and tasks of an approved version do not change: start a new version."
    ),
    "work_already_accepted": lambda: _("The work is accepted already."),
    "work_already_handed_in": lambda: _(
        "The work is handed in and waits for its review. It can be changed if it is returned."
    ),
    "work_empty": lambda: _("Write something or add a file: there is nothing to hand in yet."),
    "work_files_too_many": lambda count: _("%(count)s files at most.", count=count),
    "return_without_word": lambda: _("Write what to revise: a work is not returned without a word."),
    "work_graded_meanwhile": _graded_meanwhile,
    "work_opened_by_grader": lambda: _(
        "Somebody reads your work already. If it is returned, you go on with it; or ask your leader to return it."
    ),
    "work_withdrawn_by_author": lambda: _("The author has taken the work back to go on with it."),
    "work_text_too_long": lambda: _("The text is too long: put it into a file."),
}

SELF_CHECKS: Mapping[str, Sentence] = {
    "allowance_too_large": lambda most: _("%(most)s attempts beyond the others at most.", most=most),
    "allowance_used": lambda: _("The attempts that you allowed are used: none can be taken back."),
    "attempt_already_handed_in": lambda: _(
        "This attempt was handed in already. What was saved by then is being graded."
    ),
    "attempts_not_limited": lambda: _("This self-check may be taken any number of times."),
    "attempts_out_of_range": lambda most: _("From 1 to %(most)s attempts, or leave it empty.", most=most),
    "self_check_without_questions": lambda: _("This self-check has no questions yet, so there is nothing to answer."),
    "no_attempts_left": lambda: _("You have used all the attempts allowed for this self-check."),
    "question_files_missing": lambda names: _(
        "These files are still missing: %(names)s. Choose them, or tick that they are left out.", names=names
    ),
    "questions_not_chosen": lambda: _("Choose at least one question."),
    "questions_too_many": lambda most: _("A self-check has %(most)s questions at most.", most=most),
    "rating_already_handed_in": lambda: _("This sheet was handed in already: it can no longer be changed."),
    "rating_incomplete": _rating_incomplete,
    "self_check_title_invalid": lambda: _("Give the self-check a title of at most 500 characters."),
    "time_limit_out_of_range": lambda most: _("From 1 to %(most)s minutes, or leave it empty.", most=most),
}

QUESTIONS: Mapping[str, Sentence] = {
    "essay_lines_out_of_range": lambda least, most: _(
        "The field has %(least)s to %(most)s lines.", least=least, most=most
    ),
    "every_option_adds": lambda: _("Every option adds to the mark: ticking all of them is right."),
    "flag_malformed": lambda: _("Choose yes or no."),
    "full_answer_missing": lambda: _("One answer must be worth 100 %."),
    "full_mark_unreachable": lambda: _("All right options together do not make a full mark."),
    "gap_mark_missing": lambda number: _("The text has no mark [[%(number)s]] for this gap.", number=number),
    "gap_marks_not_matching": lambda: _("The text marks a gap twice, or one that is not described."),
    "gap_numbers_incomplete": lambda: _("Gaps are numbered from 1 without leaving any out."),
    "left_sides_missing": lambda: _("No pair has a left side."),
    "mark_out_of_range": lambda most: _("Points are a number from 0.01 to %(most)s.", most=most),
    "mark_too_precise": lambda: _("Points have at most two digits after the separator."),
    "number_malformed": lambda: _("This is not a number."),
    "option_repeated": lambda: _("There is such an option already."),
    "question_type_unknown": lambda: _("This type of question is not known here."),
    "range_reversed": lambda: _("The range ends before it begins."),
    "right_option_missing": lambda: _("Mark the right option: one must be worth 100 %."),
    "right_options_missing": lambda: _("Mark the right options: none adds to the mark."),
    "right_sides_same": lambda: _("All right sides are the same: there is nothing to choose from."),
    "row_malformed": lambda: _("This row cannot be read."),
    "rows_not_distinct": lambda: _("The rows cannot be told apart: save the question anew."),
    "rows_too_few": lambda least, count: _(
        "At least %(least)s rows are needed; there are %(count)s.", least=least, count=count
    ),
    "rows_too_many": lambda count, most: _("There are %(count)s, at most %(most)s fit.", count=count, most=most),
    "several_right_options": lambda count: _(
        "%(count)s options are right and one is chosen: each of them earns the full mark. "
        "If all of them are to be ticked, the type is multiple choice.",
        count=count,
    ),
    "text_above_limit": lambda length, limit: _(
        "Too long: %(length)s characters, at most %(limit)s.", length=length, limit=limit
    ),
    "text_malformed": lambda: _("This is not a text."),
    "text_missing": lambda: _("Write the text."),
    "tolerance_negative": lambda: _("A tolerance cannot be below zero."),
    "truth_value_missing": lambda: _("Say whether the statement is true."),
    "weight_malformed": lambda: _("A weight is a number of percent from −100 to 100."),
    "weight_negative": lambda: _("A weight here cannot be below zero."),
    "weights_above_full_mark": lambda: _("The right options make more than 100 %: some of them earn the full mark."),
    "wrong_option_missing": lambda: _("Every option is right: add a wrong one."),
}

GIFT: Mapping[str, Sentence] = {
    "answer_without_sign": lambda text: _(
        "«%(text)s» has no = before it and is taken as the right answer. "
        "If the braces belong to the text, write \\{ and \\}.",
        text=text,
    ),
    "arrow_sign_read": lambda sign: _("%(sign)s is taken as the arrow -> between the sides of a pair.", sign=sign),
    "brace_in_text": lambda text: _(
        "A brace in a text is written with a backslash before it: \\{%(text)s\\}. "
        "Without one, answers are expected in it.",
        text=text,
    ),
    "characters_damaged": lambda: _("Some characters of the file cannot be read; they are shown as \ufffd."),
    "question_is_cloze": lambda: _(
        "This is a question of Moodle's Cloze format, with answers in its text. Write gaps as {=right ~wrong}."
    ),
    "questions_file_is_aiken": lambda: _(
        "This file is in the Aiken format. Import it into Moodle and export the questions as GIFT, "
        "or write the answers as {=right ~wrong}."
    ),
    "questions_file_is_moodle_xml": lambda: _("This file is Moodle XML. Export the questions from Moodle as GIFT."),
    "text_without_answers": lambda: _(
        "This text has no answers and stands alone. If the next question belongs to it, remove the blank line between."
    ),
    "arrows_inconsistent": lambda: _("Some lines have an arrow -> between a pair and some do not."),
    "blocks_are_no_gaps": lambda: _(
        "The question has several pairs of braces, and what stands in them cannot fill gaps in a text."
    ),
    "brace_not_closed": lambda: _("The closing brace } is missing."),
    "brace_not_opened": lambda: _("There is a closing brace } without an opening one."),
    "gap_answers_without_sign": lambda: _("A gap in a text takes answers that begin with = (right) or ~ (wrong)."),
    "named_question_at_line": lambda line, name: _("line %(line)s, «%(name)s»", line=line, name=name),
    "numeric_answer_unreadable": lambda text: _(
        "«%(text)s» is not a number, a range or a number with a tolerance.", text=text
    ),
    "question_at_line": lambda line: _("line %(line)s", line=line),
    "question_not_recognised": lambda: _("It is not clear what is asked: answers begin with = (right) or ~ (wrong)."),
    "question_too_long": lambda limit: _("The question is too long: at most %(limit)s characters.", limit=limit),
    "questions_file_not_text": lambda: _(
        "This is not a text file. Questions are imported from a GIFT file, as Moodle exports it."
    ),
    "questions_file_too_large": lambda size: _(
        "The file is too big: questions as text take at most %(size)s MB.", size=size
    ),
    "questions_file_too_long": lambda most: _("Too many questions in one file: at most %(most)s.", most=most),
    "questions_file_without_questions": lambda: _(
        "There are no questions in this file: none of its lines has answers in braces."
    ),
    "text_before_answers": lambda text: _("«%(text)s» stands before the first answer, without = or ~.", text=text),
}

CERTIFICATES: Mapping[str, Sentence] = {
    "advanced_training_hours_too_few": lambda: _(
        "A certificate of advanced training takes at least 16 academic hours."
    ),
    "certificate_code_character_unknown": lambda signs: _("A code has no such character: %(signs)s", signs=signs),
    "certificate_code_far_too_long": lambda: _("This is far longer than a code."),
    "certificate_code_length_wrong": lambda length, found: _(
        "A code has %(length)s characters, here are %(found)s.", length=length, found=found
    ),
    "certificate_code_missing": lambda: _("Type the code that stands under the QR square."),
    "certificate_code_mistyped": lambda: _(
        "There is a slip in the code: compare it with the paper. 2 and Z, 5 and S, 8 and B are alike."
    ),
    "issuer_without_licence": lambda: _(
        "Only an organisation with a licence for education issues certificates of advanced training."
    ),
    "number_pattern_brace_open": lambda: _("A brace is not closed: write, for example, {year}-{number:04d}."),
    "number_pattern_character_unknown": lambda: _(
        "Beside the fields a number may have letters, digits, spaces and the signs . , : ( ) / № -"
    ),
    "number_pattern_digits_joined": lambda: _(
        "Put a sign between the number and the digits before it, for example {year}-{number}."
    ),
    "number_pattern_field_unknown": lambda name: _(
        "Unknown field {%(name)s}. Known: {year}, {yy}, {kind}, {number}.", name=name
    ),
    "number_pattern_number_missing": lambda: _("The pattern needs {number}, once."),
    "number_pattern_number_not_last": lambda: _("The number comes last: no digits and no year may follow it."),
    "number_pattern_too_long": lambda limit: _("The pattern is longer than %(limit)s characters.", limit=limit),
    "number_pattern_width_malformed": lambda: _(
        "The width of the number is written as 01d to 07d, for example {number:04d}."
    ),
    "number_pattern_width_misplaced": lambda: _("Only {number} may have a width, as in {number:04d}."),
    "number_pattern_year_missing": lambda: _("The pattern needs {year} or {yy}: numbers begin anew every year."),
    "conditions_unmet_for_reissue": lambda: _(
        "The conditions are not met now, so nothing can be issued in its place. It can only be withdrawn."
    ),
    "withdrawal_reason_missing": lambda: _("Say why it is withdrawn: the verification page will say it too."),
}

SENTENCES: Mapping[str, Sentence] = {**TASKS_AND_WORKS, **SELF_CHECKS, **QUESTIONS, **GIFT, **CERTIFICATES}
