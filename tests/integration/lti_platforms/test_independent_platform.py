"""Our signed messages, read by an independent platform."""

from lms.core.clock import utc_now
from lms.lti.services import tokens
from lms.lti.trust import tool_keys
from tests.support.platform.messages import SHORT
from tests.support.platform.strict import registered


def test_independent_platform_accepts_assertion(session, independent):
    tokens.reset_tokens()
    row = registered(session, independent)
    assert tokens.access_token(session, row, [tokens.SCORE])


def test_independent_platform_reads_deep_linking_response(session, independent):
    registered(session, independent)
    item = {"type": "ltiResourceLink", "title": "Проверьте себя: ?>~", "url": "http://localhost/lti/launch"}
    claims = {SHORT["message_type"]: "LtiDeepLinkingResponse", SHORT["content_items"]: [item]}
    token = tool_keys.sign(session, {"iss": independent.client_id, "aud": independent.issuer} | claims, now=utc_now())
    assert independent.content_items(token) == [item]
