"""Questions for pages: safe HTML, form fields, badges. Each kind has a template of macros."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from markupsafe import Markup

from assessment.attempts.queries import AttemptQuestion
from assessment.models.self_checks import Attempt
from assessment.questions import sanitise
from assessment.questions.model import Answer, RichText
from assessment.questions.registry import question_type
from lms.core.i18n import _, cached_by_locale, pgettext
from lms.web.shell.badges import Badge


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question on a page. ``number`` is ``None`` for a text without a question; ``view`` is the kind's own data."""

    asked: AttemptQuestion
    number: int | None
    view: Mapping[str, Any]

    @property
    def id(self) -> int:
        return self.asked.id

    @property
    def kind(self) -> str:
        return self.asked.question.kind

    @property
    def key(self) -> str:
        """Prefix of the question's form fields."""
        return f"q{self.id}"

    @property
    def html(self) -> Markup:
        """Text of the question; gaps are shown as numbers."""
        if "gaps" not in self.view:
            return rich(self.asked.question.text)
        return Markup().join(
            Markup('<span class="gap-no">{}</span>').format(piece) if place % 2 else Markup(piece)  # noqa: S704 (sanitised)
            for place, piece in enumerate(self.pieces)
        )

    @property
    def answer(self) -> Mapping[str, Any]:
        return self.asked.answer

    @property
    def pieces(self) -> Sequence[str]:
        """Text around the gaps, see ``sanitise.around_gaps``."""
        return [_within_launch(piece) for piece in sanitise.around_gaps(self.asked.question.text)]

    @property
    def is_answered(self) -> bool:
        """True if every part has an answer."""
        wanted = len(self.view.get("items") or self.view.get("gaps") or ())
        parts = next((value for value in self.answer.values() if isinstance(value, dict)), None)
        return bool(self.answer) if parts is None else len(parts) >= wanted

    @property
    def state(self) -> str:
        """State in the result; empty before."""
        return str(self.asked.line["state"]) if self.asked.line else ""

    @property
    def part(self) -> Mapping[str, Mapping[str, Any]]:
        """Returns the result of one chosen or filled part, by its id."""
        return {one["id"]: one for one in self.asked.line["parts"]} if self.asked.line else {}

    @property
    def right_answers(self) -> list[Markup]:
        question = self.asked.question
        return [rich_line(text) for text in question_type(question.kind).describe_right(question.payload)]

    @property
    def feedback(self) -> list[Markup]:
        """Feedback on the whole answer, then the general feedback."""
        texts = [RichText.from_json(one) for one in (self.asked.line or {}).get("feedback", ())]
        general = self.asked.question.feedback
        return [rich(text) for text in ([*texts, general] if general else texts)]


def shown_in(attempt: Attempt, asked: Sequence[AttemptQuestion]) -> list[QuestionView]:
    """Returns the attempt's questions; the attempt's seed decides the order of options."""
    return shown(asked, attempt.seed, shuffle=attempt.self_check.shuffle)


def shown(asked: Sequence[AttemptQuestion], seed: int, *, shuffle: bool) -> list[QuestionView]:
    """Returns questions for a page; without ``shuffle`` options keep the author's order."""
    found, number = [], 0
    for one in asked:
        kind = question_type(one.question.kind)
        number += kind.marked
        payload = one.question.payload if shuffle else {**one.question.payload, "shuffle": False}
        found.append(QuestionView(one, number if kind.marked else None, kind.shuffle_view(payload, f"{seed}|{one.id}")))
    return found


def rich(text: Any) -> Markup:
    """Returns a text (an object or JSON) as safe HTML."""
    return Markup(_within_launch(sanitise.safe_html(_text(text)))) if text else Markup()  # noqa: S704 (sanitised)


def _within_launch(html: str) -> str:
    """Returns the text with the addresses of its files inside the launch, whose cookies are kept there."""
    return html.replace('src="/images/', f'src="{request.script_root}/images/') if request.script_root else html


def rich_line(text: Any) -> Markup:
    """Returns a text as safe HTML for a label."""
    return Markup(_within_launch(sanitise.inline_html(_text(text)))) if text else Markup()  # noqa: S704 (sanitised)


def plain(text: RichText, limit: int = 300) -> str:
    """Returns the text on one line without markup."""
    return sanitise.plain(sanitise.with_blanks(text), limit)


def _text(text: Any) -> RichText:
    return text if isinstance(text, RichText) else RichText.from_json(text)


def answers_in(asked: Sequence[AttemptQuestion], values: Mapping[str, Sequence[str]]) -> dict[str, Answer]:
    """Returns the answers among the form's values for the questions it names (``q``), cleaned by their kinds."""
    named = set(values.get("q", ()))
    return {str(one.id): _answer(one, values) for one in asked if str(one.id) in named}


def _answer(one: AttemptQuestion, values: Mapping[str, Sequence[str]]) -> Answer:
    prefix = f"q{one.id}-"
    raw = {name.removeprefix(prefix): found for name, found in values.items() if name.startswith(prefix)}
    return question_type(one.question.kind).clean_answer(one.question.payload, raw)


@cached_by_locale
def state_sign(state: str) -> Badge:
    """Returns the badge of a question's state in a result."""
    return {
        "right": Badge("ok", icon="circle-check", word=pgettext("answer", "right")),
        "partly": Badge("go", icon="circle-half-2", word=pgettext("answer", "partly right")),
        "wrong": Badge("stop", icon="circle-x", word=pgettext("answer", "wrong")),
        "unanswered": Badge("off", icon="minus", word=pgettext("answer", "no answer")),
        "waiting": Badge("go", icon="hourglass", word=_("waits for a person to read it")),
    }[state]


def part_sign(right: bool | None) -> Badge:
    """Returns the badge of one choice or field."""
    return state_sign("partly" if right is None else "right" if right else "wrong")
