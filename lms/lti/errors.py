"""Why a platform's message is refused: a code for the log, words for the page."""

from lms.core.errors import DomainError


class Refused(DomainError):
    """A launch or registration is refused.

    ``reason`` is a code (of launches: ``lms.lti.messages.refusals``); ``message`` tells a teacher what to do next;
    ``detail`` tells an administrator what was expected and what came, and never holds a token, a key or a name.
    """

    code = "launch_refused"
    status = 403

    def __init__(self, reason: str, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.detail = detail
        self.platform_id: int | None = None
        self.issuer = ""
        self.client_id = ""
        self.deployment_id: str | None = None
        """Of a token whose signature was good: what ``note_deployment`` notes when the reason is ``deployment``."""
        self.return_url: str | None = None
        """Back to the platform; only of a token whose signature was good."""


class Unreachable(DomainError):
    """A platform did not answer, or not with what was asked for; trying again later may help."""

    code = "platform_unreachable"
    status = 502

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.answered = status
        """The answer's HTTP status; none when there was no answer."""


class AddressRefused(DomainError):
    """The address is not one that this installation asks: not HTTPS, or of an inner network."""

    code = "platform_address_refused"
    status = 422
