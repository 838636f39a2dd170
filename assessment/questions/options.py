"""Options to choose from; shared by single choice, multiple choice and the gaps of a text."""

from collections.abc import Mapping
from typing import Any, Final

from assessment.questions import normalise
from assessment.questions.gift import answer_blocks
from assessment.questions.gift.escapes import write_text
from assessment.questions.model import Answer, Payload, RawAnswer, RichText
from assessment.questions.payload_checks import Checker
from lms.core.richtext import TextFormat
from lms.core.sentences import ErrorDetail

LEAST: Final = 2
MOST: Final = 50


def normalise_options(payload: Any, fmt: TextFormat) -> Payload:
    """Returns the stored shape: ``options`` with texts, weights, feedback and opaque ids; ``shuffle`` is true by
    default.
    """
    data = payload if isinstance(payload, dict) else {}
    options = [
        {
            "id": row.get("id") or "",
            "text": normalise.rich(row.get("text"), fmt),
            "weight": normalise.weight(row.get("weight")),
            "feedback": normalise.rich(row.get("feedback"), fmt),
        }
        for row in normalise.rows(data.get("options"), "text", "feedback")
    ]
    normalise.opaque_ids(options)
    return {"options": options, "shuffle": normalise.flag(data.get("shuffle", True))}


def check(payload: Payload, lowest: int) -> Checker:
    """Checks each option; the type checks what the options must be together."""
    checker = Checker(payload)
    checker.flag("shuffle")
    rows = list(checker.items("options", LEAST, MOST))
    for path, row in rows:
        checker.rich(row.get("text"), f"{path}.text")
        checker.weight(row, path, lowest)
        checker.feedback(row, path)
    checker.ids([row for _path, row in rows], "options")
    return checker


def twins(payload: Payload) -> list[ErrorDetail]:
    """Returns a warning for options with the same text."""
    seen: set[str] = set()
    found = []
    for index, row in enumerate(payload["options"]):
        text = row["text"]["source"]
        if text in seen:
            found.append(ErrorDetail("option_repeated", f"options.{index}.text"))
        seen.add(text)
    return found


def view(payload: Payload, seed: int | str) -> list[dict[str, Any]]:
    """Returns the options without weights and feedback."""
    options: list[dict[str, Any]] = payload["options"]
    ordered = normalise.shuffled(options, seed) if payload.get("shuffle", True) else options
    return [{"id": one["id"], "text": one["text"]} for one in ordered]


def chosen(payload: Payload, raw: RawAnswer, field: str = "choice") -> list[str]:
    """Returns the known options among the values of the form field, each once, in the payload's order."""
    picked = set(list(raw.get(field, ()))[: MOST * 2])
    return [one["id"] for one in payload["options"] if one["id"] in picked]


def single(payload: Payload, raw: RawAnswer) -> Answer:
    found = chosen(payload, raw)
    return {"choice": found[0]} if len(found) == 1 else {}


def texts(payload: Payload, at_least: int = 1) -> list[RichText]:
    """Returns the texts of the options worth at least ``at_least`` per cent."""
    return [RichText.from_json(one["text"]) for one in payload["options"] if float(one["weight"]) >= at_least]


def from_entries(block: answer_blocks.Block) -> Payload:
    """Returns options as JSON, read from the answers of a GIFT block; ``=`` without a weight is worth 100 %."""
    return {
        "options": [
            {
                "text": block.rich(one.body),
                "weight": one.weight or ("100" if one.sign == "=" else "0"),
                "feedback": block.rich(one.feedback),
            }
            for one in block.answers()
        ]
    }


def to_gift(option: Mapping[str, Any], fmt: TextFormat, *, signs: bool) -> str:
    """Returns one option as a line of GIFT; with ``signs`` a full weight is written as ``=``."""
    body = write_text(RichText.from_json(option["text"]), fmt)
    if signs and option["weight"] == "100":
        return answer_blocks.write_answer("=", body, option["feedback"], fmt)
    weight = None if option["weight"] == "0" else str(option["weight"])
    return answer_blocks.write_answer("~", body, option["feedback"], fmt, weight)
