"""All sentences of domain errors: code → sentence; ``lms.composition`` registers them."""

from collections.abc import Mapping

from lms.core.sentences import Sentence
from lms.error_messages import core, lti, registry

SENTENCES: Mapping[str, Sentence] = {**core.SENTENCES, **registry.SENTENCES, **lti.SENTENCES}
