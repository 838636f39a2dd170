"""The platform and group of the tests of the LTI web features."""

from tests.integration.lti_web.conftest import secure, shown

__all__ = ["secure", "shown"]
