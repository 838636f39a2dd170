"""All sentences of domain errors: code → sentence; ``lms.composition`` registers them."""

from collections.abc import Mapping

from lms.core.sentences import Sentence
from lms.error_messages import (
    assessment,
    composed_texts,
    core,
    courses,
    importing,
    lti,
    questions,
    registry,
    roster,
)

SENTENCES: Mapping[str, Sentence] = {
    **assessment.SENTENCES,
    **composed_texts.SENTENCES,
    **core.SENTENCES,
    **courses.SENTENCES,
    **importing.SENTENCES,
    **lti.SENTENCES,
    **questions.SENTENCES,
    **registry.SENTENCES,
    **roster.SENTENCES,
}
