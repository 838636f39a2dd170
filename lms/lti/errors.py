"""Domain errors of the LTI tool."""

from collections.abc import Mapping
from typing import Any

from lms.core.errors import DomainError


class Refused(DomainError):
    """A launch or registration is refused.

    ``reason`` is a code (of launches: ``lms.lti.messages.refusals``); ``message`` tells a teacher what to do next;
    ``detail`` tells an administrator what was expected and received, and never holds a token, a key or a name.
    """

    code = "launch_refused"
    status = 403

    def __init__(self, reason: str, detail: str = "", *, code: str, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(code=code, params=params)
        self.reason = reason
        self.detail = detail
        self.platform_id: int | None = None
        self.issuer = ""
        self.client_id = ""
        self.deployment_id: str | None = None
        """From a token with a valid signature: recorded by ``record_deployment`` for the reason ``deployment``."""
        self.return_url: str | None = None
        """The platform's return URL; only from a token with a valid signature."""


class Unreachable(DomainError):
    """A platform gave no usable answer; repeating the request later may help."""

    code = "platform_unreachable"
    status = 502

    def __init__(
        self, status: int | None = None, *, code: str | None = None, params: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(code=code, params=params)
        self.answered = status
        """HTTP status of the answer; None without an answer."""


class AddressRefused(DomainError):
    """The URL may not be requested: not HTTPS, or in an inner network."""

    code = "platform_address_refused"
    status = 422
