"""The same platform and group as the tests of the way in have."""

from tests.integration.lti_web.conftest import secure, shown

__all__ = ["secure", "shown"]
