"""The revisions that a form sends with its fields, and the answers to scripts that save fields by themselves.

Beside each field ``name`` stands a hidden field ``seen-name`` with the revision of the text over which is typed
(``lms.core.revisions``). The script ``field-revisions.js`` keeps it up to date after each save.
"""

from collections.abc import Collection, Mapping
from typing import Any

from flask import request

from lms.core.revisions import Merged, merge, revision_of, revisions_of

PREFIX = "seen-"


def seen_fields() -> dict[str, str]:
    """Returns the revisions of the request's form by field."""
    return {name.removeprefix(PREFIX): value for name, value in request.form.items() if name.startswith(PREFIX)}


def merged_over(stored: Mapping[str, str], typed: Mapping[str, str]) -> Merged:
    """Merges the typed fields of the request's form into the stored ones, over the revisions that the form sends.

    A request that sends no revision of these fields replaces what is stored, as one without ``If-Match`` does. Every
    form of ours sends them; a rule test requests each page.
    """
    seen = {name: revision for name, revision in seen_fields().items() if name in typed}
    return merge(stored=stored, typed=typed, seen=seen or revisions_of(stored))


def revisions_shown(stored: Mapping[str, str], told: Collection[str] = ()) -> dict[str, str]:
    """Returns the revisions for the hidden fields of a page: those that the posted form sent, because the person has
    not seen newer values; the current ones of the fields ``told``, whose stored values the page shows.
    """
    sent = seen_fields()
    return {name: now if name in told else sent.get(name, now) for name, now in revisions_of(stored).items()}


def saved(stored: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, Any]:
    """Returns the part of an answer that tells a script what is stored: revisions, and texts changed elsewhere only."""
    theirs = {name: text for name, text in stored.items() if revision_of(text) != revision_of(typed.get(name, text))}
    return {"seen": revisions_of(stored), "theirs": theirs}


def refused(message: str, conflicts: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """Returns the answer to a save of fields that were changed on both sides: the stored texts and their revisions."""
    offered = {name: {"text": text, "seen": revision_of(text)} for name, text in conflicts.items()}
    return {"message": message, "conflicts": offered, **more}
