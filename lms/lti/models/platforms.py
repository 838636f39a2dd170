"""Platforms, their deployments, the tool's keys, one-time registration addresses, refusals."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Base, Json, Kept, Line, Moment

FAMILIES = ("moodle", "canvas", "sakai", "blackboard", "d2l", "other")

Address = String(2000)
Identifier = String(255)
"""LTI identifiers are at most 255 ASCII characters (LTI 1.3 Core, 5.3)."""


class Platform(Kept, Base):
    """A platform as one client of it: several of the same issuer differ by client id."""

    __tablename__ = "lti_platform"
    __table_args__ = (
        CheckConstraint("family IN ('moodle', 'canvas', 'sakai', 'blackboard', 'd2l', 'other')", name="family"),
        Index(
            "uq_lti_platform_client", "issuer", "client_id", unique=True, postgresql_where=text("removed_at IS NULL")
        ),
    )

    name: Mapped[Line]
    family: Mapped[str] = mapped_column(String(12), default="other", server_default="other")
    issuer: Mapped[Line]
    client_id: Mapped[str] = mapped_column(Identifier)
    authorization_endpoint: Mapped[str] = mapped_column(Address)
    token_endpoint: Mapped[str] = mapped_column(Address)
    jwks_url: Mapped[str] = mapped_column(Address)
    token_audience: Mapped[str | None] = mapped_column(Address)
    """``aud`` of a request for an access token; None: the token endpoint."""
    jwks: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    """The platform's keys as last fetched."""
    jwks_fetched_at: Mapped[Moment | None]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    """The site that owns the connection; None: several sites."""
    instructors_teach: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """True if the platform's instructors act as teachers of that site during a launch."""
    dynamic: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """True if registered by the platform through a one-time address."""
    removed_at: Mapped[Moment | None]
    last_launch_at: Mapped[Moment | None]

    deployments: Mapped[list["Deployment"]] = relationship(back_populates="platform", order_by="Deployment.id")


class Deployment(Kept, Base):
    """A deployment of the tool on a platform; launches from one that is not accepted are refused."""

    __tablename__ = "lti_deployment"
    __table_args__ = (UniqueConstraint("platform_id", "deployment_id"),)

    platform_id: Mapped[int] = mapped_column(ForeignKey("lti_platform.id", ondelete="CASCADE"))
    deployment_id: Mapped[str] = mapped_column(Identifier)
    accepted_at: Mapped[Moment | None]
    """None: seen in a launch, not accepted by the administrator yet."""

    platform: Mapped[Platform] = relationship(back_populates="deployments", lazy="joined", innerjoin=True)


class OwnKey(Kept, Base):
    """A key pair of the tool, published until ``leaves_at`` and used for signing from ``signs_from`` on.

    The key with the latest ``signs_from`` in the past signs.
    """

    __tablename__ = "lti_key"

    kid: Mapped[str] = mapped_column(String(64), unique=True)
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    """PKCS #8, encrypted with the installation's secret."""
    public_jwk: Mapped[Json]
    signs_from: Mapped[Moment]
    leaves_at: Mapped[Moment | None]
    """End of publication; None until the key is replaced."""


class RegistrationAddress(Kept, Base):
    """A one-time address made by an administrator for a platform's administrator."""

    __tablename__ = "lti_registration_address"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    instructors_teach: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    platform_id: Mapped[int | None] = mapped_column(ForeignKey("lti_platform.id", ondelete="CASCADE"))
    """The connection created through it, or the one to be registered again."""
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]

    platform: Mapped[Platform | None] = relationship()


class UsedNonce(Base):
    """A nonce of an accepted token, refused if it is sent again."""

    __tablename__ = "lti_nonce"

    platform_id: Mapped[int] = mapped_column(ForeignKey("lti_platform.id", ondelete="CASCADE"), primary_key=True)
    nonce_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[Moment] = mapped_column(index=True)


class Refusal(Kept, Base):
    """A refused launch or registration, with the facts that the administrator needs."""

    __tablename__ = "lti_refusal"

    platform_id: Mapped[int | None] = mapped_column(ForeignKey("lti_platform.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(40))
    """A code of ``lms.lti.messages.refusals`` or of registration."""
    detail: Mapped[str] = mapped_column(Text, default="", server_default="")
    issuer: Mapped[Line] = mapped_column(default="", server_default="")
    client_id: Mapped[str] = mapped_column(Identifier, default="", server_default="")
    request_id: Mapped[str | None] = mapped_column(String(64))
    seen_at: Mapped[Moment] = mapped_column(server_default=func.now())
