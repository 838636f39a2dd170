"""Matching: each item on the left has one match on the right; every pair is worth the same."""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

from assessment.questions import normalise
from assessment.questions.base import QuestionType
from assessment.questions.gift.answer_blocks import ARROW, Block, Entry, GiftProblem, write_feedback
from assessment.questions.gift.escapes import read_line, write_line, write_question_text, write_text
from assessment.questions.model import (
    UNANSWERED,
    Answer,
    Grade,
    Grader,
    Part,
    Payload,
    Question,
    RawAnswer,
    RichText,
    cached,
    make_grade,
    optional_text,
)
from assessment.questions.payload_checks import Checker
from assessment.questions.text_match import fold_text
from lms.core.richtext import TextFormat, to_plain
from lms.core.sentences import ErrorDetail

MOST: Final = 40
MAX_RIGHT: Final = 500
_ARROW: Final = "->"


class Matching(QuestionType):
    """Payload ``{"pairs": [{"id", "left", "right", "right_id", "feedback"}], "shuffle"}``.

    Answer ``{"pairs": {id: right_id}}``.

    A pair without a left side is a distractor; equal right sides are one choice.
    """

    kind = "matching"
    gift_order = 30

    def normalise_payload(self, payload: Any, fmt: TextFormat = "moodle") -> Payload:
        data = payload if isinstance(payload, dict) else {}
        pairs = [
            {
                "id": row.get("id") or "",
                "left": normalise.rich(row.get("left"), fmt),
                "right": normalise.line(row.get("right")),
                "feedback": normalise.rich(row.get("feedback"), fmt),
            }
            for row in normalise.rows(data.get("pairs"), "left", "right")
        ]
        normalise.opaque_ids(pairs, "left")
        for pair in pairs:
            pair["right_id"] = normalise.opaque("right|" + fold_text(str(pair["right"]), case=True))
        return {"pairs": pairs, "shuffle": normalise.flag(data.get("shuffle", True))}

    def validate(self, payload: Payload) -> list[ErrorDetail]:
        checker = Checker(payload)
        checker.flag("shuffle")
        rows = list(checker.items("pairs", 2, MOST))
        for path, row in rows:
            checker.rich(row.get("left"), f"{path}.left", required=False)
            checker.line(row.get("right"), f"{path}.right", MAX_RIGHT)
            checker.feedback(row, path)
        checker.ids([row for _path, row in rows], "pairs")
        if not checker.errors:
            _check_choice(checker, [row for _path, row in rows])
        return checker.errors

    def prepare(self, payload: Payload) -> Grader:
        asked = {one["id"]: one["right_id"] for one in payload["pairs"] if one["left"]}
        told = {one["id"]: optional_text(one.get("feedback")) for one in payload["pairs"]}

        def find(picked: tuple[str | None, ...]) -> Grade:
            return _grade(asked, picked, told)

        recall = cached(find)

        def grade(answer: Answer) -> Grade:
            given: Mapping[str, str] = answer.get("pairs") or {}
            return recall(tuple(given.get(id_) for id_ in asked))

        return grade

    def clean_answer(self, payload: Payload, raw: RawAnswer) -> Answer:
        rights = {one["right_id"] for one in payload["pairs"]}
        found = {}
        for pair in payload["pairs"]:
            said = next(iter(raw.get(f"pair-{pair['id']}", ())), "")
            if pair["left"] and said in rights:
                found[pair["id"]] = said
        return {"pairs": found} if found else {}

    def carry_answer(self, old: Payload, new: Payload, answer: Answer) -> Answer:
        """A chosen right side whose wording was corrected stays chosen: its pair tells which one it is now."""
        offered = {one["right_id"] for one in new["pairs"]}
        of_pair = {one["id"]: one["right_id"] for one in new["pairs"]}
        renamed = {one["right_id"]: of_pair[one["id"]] for one in old["pairs"] if one["id"] in of_pair}
        said: Mapping[str, str] = answer.get("pairs") or {}
        return {"pairs": {id_: one if one in offered else renamed.get(one, one) for id_, one in said.items()}}

    def shuffle_view(self, payload: Payload, seed: int | str) -> Payload:
        rights = {one["right_id"]: {"id": one["right_id"], "text": one["right"]} for one in payload["pairs"]}
        asked = [one for one in payload["pairs"] if one["left"]]
        ordered = normalise.shuffled(asked, seed) if payload.get("shuffle", True) else asked
        return {
            "items": [{"id": one["id"], "field": f"pair-{one['id']}", "text": one["left"]} for one in ordered],
            "choices": normalise.shuffled(list(rights.values()), seed),
        }

    def describe_right(self, payload: Payload) -> list[RichText]:
        return [
            RichText(f"{to_plain(one['left']['source'], one['left']['format'])} → {one['right']}", "plain")
            for one in payload["pairs"]
            if one["left"]
        ]

    def read_gift(self, block: Block) -> Payload | None:
        pairs = [_is_pair(one) for one in block.entries]
        if block.signs != {"="} or not any(pairs) or not _are_pairs(block):
            return None
        if not all(pairs):
            raise GiftProblem(code="arrows_inconsistent")
        return self.normalise_payload({"pairs": [_pair(block, one) for one in block.answers()]}, block.fmt)

    def gift_warnings(self, block: Block) -> list[ErrorDetail]:
        other = [hit[0] for one in block.entries if (hit := _arrow(one.body)) and hit[0] != _ARROW]
        return [ErrorDetail("arrow_sign_read", params={"sign": other[0]})] if other else []

    def write_gift(self, question: Question) -> str:
        fmt = question.text.format
        lines = "".join(
            f"\t={_written_left(one['left'], fmt)} -> {write_line(one['right'])}"
            f"{write_feedback(one.get('feedback'), fmt)}\n"
            for one in question.payload["pairs"]
        )
        return f"{write_question_text(question.text)} {{\n{lines}}}"


def _check_choice(checker: Checker, rows: list[dict[str, Any]]) -> None:
    if not any(row.get("left") for row in rows):
        checker.wrong("pairs", code="left_sides_missing")
    elif len({row["right"] for row in rows}) < 2:
        checker.wrong("pairs", code="right_sides_same")


def _grade(asked: Mapping[str, str], picked: Iterable[str | None], told: Mapping[str, RichText | None]) -> Grade:
    pairs = [(id_, right, said) for (id_, right), said in zip(asked.items(), picked, strict=True) if said]
    if not pairs:
        return UNANSWERED
    parts = [Part(id_, said == right, told[id_]) for id_, right, said in pairs]
    return make_grade(Fraction(sum(1 for part in parts if part.right), len(asked)), parts)


def _pair(block: Block, entry: Entry) -> Payload:
    body, arrow = entry.body, _arrow(entry.body)
    left, right = (body[: arrow.start()], body[arrow.end() :]) if arrow else (body, "")
    return {"left": block.rich(left), "right": read_line(right), "feedback": block.rich(entry.feedback)}


def _arrow(body: str) -> re.Match[str] | None:
    """Returns the arrow of a pair: the first ``->``, otherwise the first sign like it."""
    return re.search(_ARROW, body) or ARROW.search(body)


def _is_pair(entry: Entry) -> bool:
    return entry.weight is None and ARROW.search(entry.body) is not None


def _are_pairs(block: Block) -> bool:
    """Returns whether the block holds pairs: one ``->``, or another arrow in each of several answers."""
    if any(_ARROW in one.body and one.weight is None for one in block.entries):
        return True
    return len(block.entries) > 1 and all(map(_is_pair, block.entries))


def _written_left(left: Any, fmt: TextFormat) -> str:
    """Returns the left side in GIFT; replaces an arrow in it by «→», because the first ``->`` separates the pair."""
    return write_text(RichText.from_json(left), fmt).replace(_ARROW, "→") if left else ""


TYPE = Matching()
