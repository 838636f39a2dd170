"""Names of question types, and texts of questions that the domain composes (``assessment.questions``)."""

from collections.abc import Mapping

from lms.core.i18n import _
from lms.core.sentences import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "number_range": lambda low, high: _("from %(low)s to %(high)s", low=low, high=high),
    "question_unnamed": lambda: _("Unnamed question"),
    "statement_false": lambda: _("False"),
    "statement_true": lambda: _("True"),
    # Types
    "question_type_description": lambda: _("Text without a question"),
    "question_type_description_help": lambda: _("An introduction or an instruction between questions."),
    "question_type_essay": lambda: _("Essay"),
    "question_type_essay_help": lambda: _("A free answer that a person reads and grades."),
    "question_type_matching": lambda: _("Matching"),
    "question_type_matching_help": lambda: _("Each item on the left gets its match from a list."),
    "question_type_missing_word": lambda: _("Missing word"),
    "question_type_missing_word_help": lambda: _("Gaps in a text to be filled in: from a list or by typing."),
    "question_type_multiple_choice": lambda: _("Multiple choice"),
    "question_type_multiple_choice_help": lambda: _("Several options are right; wrong ones may take points off."),
    "question_type_numeric": lambda: _("Numeric answer"),
    "question_type_numeric_help": lambda: _("A number is typed; you set the tolerance or the range."),
    "question_type_short_answer": lambda: _("Short answer"),
    "question_type_short_answer_help": lambda: _(
        "A word or a phrase is typed and compared with the answers you accept."
    ),
    "question_type_single_choice": lambda: _("Single choice"),
    "question_type_single_choice_help": lambda: _("One option of several is right."),
    "question_type_true_false": lambda: _("True or false"),
    "question_type_true_false_help": lambda: _("A statement to agree or disagree with."),
}
