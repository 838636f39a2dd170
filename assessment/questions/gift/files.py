"""Pictures and sounds of questions: those written into the file as data, and those that it only names.

Moodle writes ``@@PLUGINFILE@@/picture.png`` and keeps the picture elsewhere. Both become files of the programme, whose
addresses then stand in the texts.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote, unquote

from assessment.questions.model import Question

MARK: Final = "@@PLUGINFILE@@/"
MOST: Final = 300
"""Most files of one import."""
_DATA: Final = re.compile(r"data\\?:(?:image|audio)/([a-z0-9]{2,10})[^;,\s]{0,40};base64,([A-Za-z0-9+/]+(?:\\?=){0,2})")
_NAMED: Final = re.compile(rf"{MARK}([^\"'<>\s\\]+)")
_TAG: Final = re.compile(r"<(?:img|audio|video|source)\s[^<>]*>", re.IGNORECASE)


def take_embedded(text: str) -> tuple[str, dict[str, bytes]]:
    """Returns the text with names instead of embedded files, and the files by name."""
    files: dict[str, bytes] = {}

    def put(hit: re.Match[str]) -> str:
        try:
            content = base64.b64decode(hit[2].replace("\\", ""), validate=True)
        except binascii.Error:
            return hit[0]
        name = f"{len(files) + 1}.{hit[1]}"
        files[name] = content
        return f"{MARK}{name}"

    return _DATA.sub(put, text), files


def names_in(questions: Iterable[Question]) -> list[str]:
    """Returns the names of the files that the questions show, each once."""
    text = json.dumps([one.as_json() for one in questions], ensure_ascii=False)
    return list(dict.fromkeys(_name(hit[1]) for hit in _NAMED.finditer(text)))


def with_addresses(question: Question, addresses: Mapping[str, str]) -> Question:
    """Returns the question with the addresses of its files; the name of a missing file stands in its place."""
    return Question.from_json(_mapped(question.as_json(), addresses))


def _mapped(value: Any, addresses: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _TAG.sub(lambda hit: _placed(hit[0], addresses), value) if MARK in value else value
    if isinstance(value, list):
        return [_mapped(one, addresses) for one in value]
    if isinstance(value, dict):
        return {key: _mapped(one, addresses) for key, one in value.items()}
    return value


def _placed(tag: str, addresses: Mapping[str, str]) -> str:
    hit = _NAMED.search(tag)
    if hit is None:
        return tag
    address = addresses.get(_name(hit[1]))
    return tag.replace(hit[0], quote(address)) if address else f"[{_name(hit[1])}]"


def _name(path: str) -> str:
    return unquote(path).rpartition("/")[2].partition("?")[0]
