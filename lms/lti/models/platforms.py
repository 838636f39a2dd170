"""Who we are connected to: platforms, their deployments, our own keys, one-time registration addresses, refusals."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Base, Json, Kept, Line, Moment

FAMILIES = ("moodle", "canvas", "sakai", "blackboard", "d2l", "other")

Address = String(2000)
Identifier = String(255)
"""LTI identifiers are at most 255 ASCII characters (LTI 1.3 core, 5.3)."""


class Platform(Kept, Base):
    """A platform as one client of it: several of the same issuer are told apart by the client id."""

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
    """What a request for an access token names as its audience; none: the token endpoint."""
    jwks: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    """The platform's keys as last fetched."""
    jwks_fetched_at: Mapped[Moment | None]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    """Whose platform it is; none: of several sites."""
    instructors_teach: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether the platform's instructors act as teachers of that site while they are inside a launch."""
    dynamic: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Registered by the platform itself through a one-time address."""
    removed_at: Mapped[Moment | None]
    last_launch_at: Mapped[Moment | None]

    deployments: Mapped[list["Deployment"]] = relationship(back_populates="platform", order_by="Deployment.id")


class Deployment(Kept, Base):
    """A place of a platform where the tool was put; a launch from one that is not accepted is refused."""

    __tablename__ = "lti_deployment"
    __table_args__ = (UniqueConstraint("platform_id", "deployment_id"),)

    platform_id: Mapped[int] = mapped_column(ForeignKey("lti_platform.id", ondelete="CASCADE"))
    deployment_id: Mapped[str] = mapped_column(Identifier)
    accepted_at: Mapped[Moment | None]
    """None: seen in a launch, waits for the administrator."""

    platform: Mapped[Platform] = relationship(back_populates="deployments", lazy="joined", innerjoin=True)


class OwnKey(Kept, Base):
    """A key pair of ours. Published from its making until ``leaves_at``; signs from ``signs_from`` on.

    The key that began to sign last is the one that signs.
    """

    __tablename__ = "lti_key"

    kid: Mapped[str] = mapped_column(String(64), unique=True)
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    """PKCS #8, encrypted with the installation's secret."""
    public_jwk: Mapped[Json]
    signs_from: Mapped[Moment]
    leaves_at: Mapped[Moment | None]
    """When it leaves the published set; none: not replaced yet."""


class RegistrationAddress(Kept, Base):
    """A one-time address that an administrator made, for a platform's administrator to paste."""

    __tablename__ = "lti_registration_address"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    instructors_teach: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    platform_id: Mapped[int | None] = mapped_column(ForeignKey("lti_platform.id", ondelete="CASCADE"))
    """The connection it made, or the one that it registers anew."""
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]

    platform: Mapped[Platform | None] = relationship()


class UsedNonce(Base):
    """A nonce that came with an accepted token: it is not taken twice."""

    __tablename__ = "lti_nonce"

    platform_id: Mapped[int] = mapped_column(ForeignKey("lti_platform.id", ondelete="CASCADE"), primary_key=True)
    nonce_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[Moment] = mapped_column(index=True)


class Refusal(Kept, Base):
    """A launch or registration that was refused: what the administrator needs to put it right."""

    __tablename__ = "lti_refusal"

    platform_id: Mapped[int | None] = mapped_column(ForeignKey("lti_platform.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(40))
    """A code of ``lms.lti.errors``."""
    detail: Mapped[str] = mapped_column(Text, default="", server_default="")
    issuer: Mapped[Line] = mapped_column(default="", server_default="")
    client_id: Mapped[str] = mapped_column(Identifier, default="", server_default="")
    request_id: Mapped[str | None] = mapped_column(String(64))
    seen_at: Mapped[Moment] = mapped_column(server_default=func.now())
