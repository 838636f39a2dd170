"""All sentences of domain errors: code → sentence; ``lms.composition`` registers them."""

from collections.abc import Mapping

from lms.core.sentences import Sentence
from lms.error_messages import assessment, core, courses, importing, lti, registry, roster

SENTENCES: Mapping[str, Sentence] = {
    **assessment.SENTENCES,
    **core.SENTENCES,
    **courses.SENTENCES,
    **importing.SENTENCES,
    **lti.SENTENCES,
    **registry.SENTENCES,
    **roster.SENTENCES,
}
