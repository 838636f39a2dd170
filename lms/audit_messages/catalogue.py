"""Every action of the audit log with its sentence, in the reader's language.

An entry keeps the code of the action and its values; the sentence is composed when it is shown. An action without a
sentence (of a part that is no longer installed) is shown by its code.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lms.audit_messages import assessment, courses, lti, people, registry, work_in_background

SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    **people.SENTENCES,
    **registry.SENTENCES,
    **courses.SENTENCES,
    **assessment.SENTENCES,
    **lti.SENTENCES,
    **work_in_background.SENTENCES,
}


def sentence_of(action: str, detail: Mapping[str, Any]) -> str:
    """Returns the sentence of an entry; empty for an unknown action."""
    return SENTENCES[action](detail) if action in SENTENCES else ""
