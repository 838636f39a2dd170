"""One question of each type for tests."""

from decimal import Decimal

from assessment.questions.model import Question, RichText
from assessment.questions.registry import question_type

PAYLOADS = {
    "single_choice": {
        "options": [
            {"text": "a goal of the pupil", "weight": "100", "feedback": "Yes: it can be observed."},
            {"text": "a goal of the teacher", "weight": "0", "feedback": "This is the teacher's work."},
            {"text": "something of both", "weight": "50"},
        ]
    },
    "multiple_choice": {
        "options": [
            {"text": "stages", "weight": "33.33333"},
            {"text": "activity", "weight": "33.33333"},
            {"text": "results", "weight": "33.33333"},
            {"text": "bells", "weight": "-50", "feedback": "Not in a lesson map."},
        ]
    },
    "true_false": {"right": False, "feedback_right": "Right.", "feedback_wrong": "No: it gives feedback."},
    "short_answer": {
        "answers": [
            {"text": "рефлексия", "weight": "100", "feedback": "Верно."},
            {"text": "самоанал*", "weight": "50"},
            {"text": "контроль", "weight": "0", "feedback": "Контроль ведёт учитель."},
        ]
    },
    "numeric": {
        "answers": [
            {"value": "3,14", "tolerance": "0,005", "weight": "100", "feedback": "Точно."},
            {"low": "3", "high": "4", "weight": "50"},
        ],
        "otherwise": "Не похоже на π.",
    },
    "matching": {
        "pairs": [
            {"left": "goal", "right": "what will be learnt"},
            {"left": "recall", "right": "what is known"},
            {"left": "practice", "right": "what is known"},
            {"left": "", "right": "the bell"},
        ]
    },
    "missing_word": {
        "gaps": [
            {
                "answers": [
                    {"text": "Блума", "weight": "100"},
                    {"text": "Песталоцци", "weight": "0", "feedback": "Нет."},
                ]
            },
            {"typed": True, "answers": [{"text": "шесть"}, {"text": "6"}, {"text": "пять", "weight": "25"}]},
        ]
    },
    "essay": {"rows": 12, "for_grader": "Look for evidence."},
    "description": {},
}

TEXTS = {"missing_word": "Таксономия [[1]] включает [[2]] уровней."}


def question(kind: str, **changes: object) -> Question:
    """Returns a valid question of this type."""
    payload = question_type(kind).normalise_payload(PAYLOADS[kind])
    mark = Decimal(1 if question_type(kind).marked else 0)
    text = RichText(TEXTS.get(kind, "What is it?"), "plain")
    return Question(kind, f"Q {kind}", text, payload, mark=mark, **changes)
