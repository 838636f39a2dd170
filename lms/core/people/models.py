"""People, their accounts, log-in sessions and consents. A person is not an account, and an account is not an e-mail
address.
"""

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Base, Kept, Line, Moment, Short


class Person(Kept, Base):
    """A person, with or without an account. Never merged with another by name alone."""

    __tablename__ = "person"
    __table_args__ = (
        Index(
            "ix_person_sort_key_part", "sort_key", postgresql_using="gin", postgresql_ops={"sort_key": "gin_trgm_ops"}
        ),
    )

    surname: Mapped[Short]
    given_name: Mapped[Short]
    patronymic: Mapped[Short] = mapped_column(server_default="", default="")
    sort_key: Mapped[str] = mapped_column(String(400), index=True)
    """Surname, name, patronymic folded so that «ё» sorts as «е»: the server has no ICU."""
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    position: Mapped[Line | None]
    workplace: Mapped[Line | None]
    """The workplace as written in the imported list; ``organization_id`` is set when it is known."""
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)

    account: Mapped["Account | None"] = relationship(back_populates="person", uselist=False)

    @property
    def full_name(self) -> str:
        """Surname, given name, patronymic in the nominative, as documents need it."""
        return " ".join(filter(None, (self.surname, self.given_name, self.patronymic)))

    @property
    def short_name(self) -> str:
        """Surname and initials."""
        initials = " ".join(f"{part[0]}." for part in (self.given_name, self.patronymic) if part)
        return f"{self.surname} {initials}".strip()


Index(
    "ix_person_email_part",
    func.lower(Person.email).label("folded_email"),
    postgresql_using="gin",
    postgresql_ops={"folded_email": "gin_trgm_ops"},
)


class PersonName(Kept, Base):
    """A former name of the person; certificates keep the name of their date."""

    __tablename__ = "person_name"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    surname: Mapped[Short]
    given_name: Mapped[Short]
    patronymic: Mapped[Short]


class PersonalData(Base):
    """Identity number and birth date, encrypted; found by HMAC only."""

    __tablename__ = "personal_data"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(40))
    identity_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    identity_hmac: Mapped[str | None] = mapped_column(String(64), index=True)
    birth_date: Mapped[bytes | None] = mapped_column(LargeBinary)


class Account(Kept, Base):
    """A log-in. The e-mail may be missing or shared by colleagues, so it does not identify an account."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("username = lower(username)", name="username_lower"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        Index("ix_account_email", "email"),
        Index(
            "ix_account_username_part",
            "username",
            postgresql_using="gin",
            postgresql_ops={"username": "gin_trgm_ops"},
        ),
        Index("ix_account_email_part", "email", postgresql_using="gin", postgresql_ops={"email": "gin_trgm_ops"}),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    email_confirmed_at: Mapped[Moment | None]
    """When a link mailed to the present address was used. An unconfirmed one is no way to log in."""
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_administrator: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    is_active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    locale: Mapped[str] = mapped_column(String(5), default="ru", server_default="ru")
    time_zone: Mapped[str | None] = mapped_column(String(60))
    last_login_at: Mapped[Moment | None]

    person: Mapped[Person] = relationship(back_populates="account", lazy="joined", innerjoin=True)


class OneTimeLink(Kept, Base):
    """An invitation, a reset, a card, the confirmation of an e-mail, a code that ties a platform: usable once."""

    __tablename__ = "one_time_link"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    """``invitation``, ``reset``, ``card``, ``email`` or ``tie``."""
    sent_to: Mapped[str | None] = mapped_column(String(254))
    """Address that the link was mailed to; its use confirms the address."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class PasswordRequest(Kept, Base):
    """A request for a new password as it was typed, until a job has answered it."""

    __tablename__ = "password_request"

    login: Mapped[str] = mapped_column(String(254))


class SecondFactor(Kept, Base):
    """The secret that an account shares with an authenticator app, encrypted with a key of personal data."""

    __tablename__ = "second_factor"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), unique=True)
    key_id: Mapped[str] = mapped_column(String(40))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(BigInteger)
    """Time step of the last code used: a code is accepted once."""


class RecoveryCode(Kept, Base):
    """A code that replaces the authenticator app once."""

    __tablename__ = "recovery_code"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[Moment | None]


class UserSession(Kept, Base):
    """A log-in session of a browser; its owner lists and ends it."""

    __tablename__ = "user_session"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    last_seen_at: Mapped[Moment] = mapped_column(server_default=func.now())
    user_agent: Mapped[Line] = mapped_column(server_default="", default="")
    ip_address: Mapped[str] = mapped_column(String(45), server_default="", default="")
    confirmed_at: Mapped[Moment] = mapped_column(server_default=func.now())
    """When the owner has last shown the password; sensitive deeds need it again after some minutes."""
    ended_at: Mapped[Moment | None]
    launched: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """True for a session opened by a platform's launch: it is valid for that launch's pages only."""

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class ConsentDocument(Kept, Base):
    """A version of the text on the processing of personal data to which people consent."""

    __tablename__ = "consent_document"
    __table_args__ = (UniqueConstraint("number"),)

    number: Mapped[int]
    text_ru: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)


class Consent(Kept, Base):
    """A person's consent to one version, given in the product or recorded as given on paper; may be withdrawn."""

    __tablename__ = "consent"
    __table_args__ = (
        Index(
            "uq_consent_current",
            "person_id",
            "document_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("consent_document.id"))
    given_at: Mapped[Moment]
    on_paper: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    paper_date: Mapped[date | None]
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[Moment | None]
