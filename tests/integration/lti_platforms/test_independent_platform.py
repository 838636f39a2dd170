"""What we sign, read by a platform that we did not write."""

from lms.core.clock import utc_now
from lms.lti.services import tokens
from lms.lti.trust import tool_keys
from tests.support.platform.messages import SHORT
from tests.support.platform.strict import registered


def test_our_assertion_is_taken(session, independent):
    tokens.reset_tokens()
    row = registered(session, independent)
    assert tokens.access_token(session, row, [tokens.SCORE])


def test_our_answer_to_deep_linking_is_read(session, independent):
    registered(session, independent)
    item = {"type": "ltiResourceLink", "title": "Проверьте себя: ?>~", "url": "http://localhost/lti/launch"}
    claims = {SHORT["message_type"]: "LtiDeepLinkingResponse", SHORT["content_items"]: [item]}
    token = tool_keys.sign(session, {"iss": independent.client_id, "aud": independent.issuer} | claims, now=utc_now())
    assert independent.content_items(token) == [item]
