"""Typed settings, read from the environment (prefix ``LMS_``) once per process."""

import secrets
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from lms.core.secret_files import SecretFiles

SHORTEST_KEY, FEWEST_SIGNS = 32, 8
"""A key of fewer signs, or of fewer different ones, is refused."""


class Settings(BaseSettings):
    """All settings of the operator; the defaults work on one machine without configuration.

    An empty variable counts as none. Secrets may be given as files (``lms.core.secret_files``).
    """

    model_config = SettingsConfigDict(
        env_prefix="LMS_", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    data: Path = Field(default=Path("var"), description="Folder for the embedded servers' data, files and logs.")
    template_cache: Path | None = Field(default=None, description="Folder of compiled templates; none: in the data.")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    demo: bool = Field(default=False, description="Sample data, and log-ins for every role on the log-in page.")

    database_url: str | None = Field(default=None, description="PostgreSQL; none: an embedded server.")
    database_password: SecretStr | None = Field(default=None, description="Put into the address of the database.")
    redis_url: str | None = Field(default=None, description="Redis or Valkey; none: an embedded server.")
    redis_password: SecretStr | None = Field(default=None, description="Put into the address of Redis.")
    database_pool: int = Field(default=8, ge=1, description="Connections a process keeps.")
    database_prepared: bool = Field(default=True, description="Prepared statements; PgBouncer before 1.21 has none.")

    public_url: str | None = Field(default=None, description="Printed in QR codes for ever; required outside the demo.")
    secret_key: SecretStr | None = Field(default=None, description="Signs links; none: made once, kept in the data.")
    personal_data_keys: SecretStr | None = Field(
        default=None, description="id:base64key[,id:base64key…]; the first encrypts, all decrypt."
    )

    mail_url: SecretStr | None = Field(default=None, description="smtp://user:password@host:port or smtps://…")
    mail_password: SecretStr | None = Field(default=None, description="Put into the address of the mail server.")
    mail_from: str = "Стажировка <no-reply@localhost>"

    storage: Literal["folder", "s3"] = "folder"
    s3_bucket: str = "stazhirovka"
    s3_endpoint: str | None = None
    s3_region: str = "us-east-1"
    s3_access_key: str | None = None
    s3_secret_key: SecretStr | None = None

    upload_limit_bytes: int = Field(default=50 * 1024 * 1024, ge=1024)
    clamd_url: str | None = Field(
        default=None, description="ClamAV that looks at uploaded files: tcp://host:3310 or unix:///path; none: nobody."
    )
    video_hosts: tuple[str, ...] = ("rutube.ru", "vk.com", "vkvideo.ru", "www.youtube-nocookie.com")
    session_days: int = Field(default=14, ge=1, description="A session unused for so many days ends.")
    session_longest_days: int = Field(default=30, ge=1, description="A session ends after so many days, used or not.")
    administrator_session_hours: int = Field(
        default=12, ge=1, description="An administrator's session ends after so many hours, used or not."
    )
    second_factor: Literal["administrators", "optional"] = Field(
        default="administrators", description="Who must log in with a second factor; in the demo nobody must."
    )
    ended_session_days: int = Field(default=90, ge=1, description="Ended sessions are deleted after so many days.")
    message_days: int = Field(default=90, ge=1, description="E-mails in the outbox are deleted after so many days.")
    finished_job_days: int = Field(default=30, ge=1, description="Finished jobs are deleted after so many days.")
    sweep_seconds: float = Field(
        default=5.0,
        gt=0,
        description="Jobs whose message was lost or whose pause is over, and overdue attempts, are found so often.",
    )
    release_seconds: float = Field(
        default=15.0,
        ge=0,
        le=600,
        description="A decision on a work reaches its trainee so much later; until then its grader can undo it.",
    )
    trusted_proxies: int = Field(default=0, ge=0, description="Reverse proxies before the web process.")
    locale: Literal["ru", "en"] = "ru"
    time_zone: str = "Asia/Novokuznetsk"

    platform_private_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Platforms (Moodle…) in inner networks that may be asked, over plain HTTP too: names, addresses or "
        "networks with commas between, as 127.0.0.1,moodle.local,10.0.0.0/8.",
    )
    platform_ca_file: Path | None = Field(
        default=None, description="Certificates (PEM) of an authority of your own that platforms' certificates rest on."
    )

    log_format: Literal["console", "json"] = "console"
    metrics_token: SecretStr | None = Field(
        default=None, description="Opens /metrics to Prometheus; none: there is no such page."
    )
    slow_statement_ms: int = Field(
        default=200, ge=0, description="A statement of the database that took so many milliseconds is logged; 0: none."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Reads arguments first, then the environment, then the files that it names."""
        return init_settings, env_settings, SecretFiles(settings_cls)

    @model_validator(mode="after")
    def put_passwords_into_addresses(self) -> Self:
        """Completes the addresses whose password is a setting of its own. Raises ``ValueError``."""
        self.database_url = with_password("database", self.database_url, self.database_password)
        self.redis_url = with_password("redis", self.redis_url, self.redis_password)
        mail = with_password("mail", self.mail_url.get_secret_value() if self.mail_url else None, self.mail_password)
        self.mail_url = SecretStr(mail) if mail else None
        self.database_password = self.redis_password = self.mail_password = None
        return self

    @field_validator("secret_key", "metrics_token")
    @classmethod
    def demand_long_key(cls, value: SecretStr | None, about: ValidationInfo) -> SecretStr | None:
        """Raises ``ValueError`` for a key or token that could be guessed."""
        if value is not None and (len(value) < SHORTEST_KEY or len(set(value.get_secret_value())) < FEWEST_SIGNS):
            ended = " (what a change ends: docs/operator.md, «A short key»)" if about.field_name == "secret_key" else ""
            raise ValueError(
                f"too short or too simple, at least {SHORTEST_KEY} random signs are needed. "
                f"Make one with: openssl rand -hex 32{ended}"
            )
        return value

    @field_validator("platform_private_hosts", mode="before")
    @classmethod
    def split_hosts(cls, value: Any) -> Any:
        """Splits ``a, b`` of the environment into a list."""
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @property
    def is_secure(self) -> bool:
        """True if browsers reach the service over HTTPS."""
        return (self.public_url or "").startswith("https:")

    @property
    def demands_second_factor(self) -> bool:
        """True if administrators must set up a second factor before they go on."""
        return self.second_factor == "administrators" and not self.demo

    @property
    def address(self) -> str:
        """The public address without a closing slash.

        Raises ``ValueError`` outside the demo when ``LMS_PUBLIC_URL`` is not set.
        """
        if self.public_url:
            return self.public_url.rstrip("/")
        if not self.demo:
            raise ValueError("LMS_PUBLIC_URL must be set: it is printed in the QR codes of certificates.")
        return f"http://{self.host}:{self.port}"

    def has_secret(self) -> bool:
        """Returns whether there is a secret, or one could be stored in the data folder."""
        with suppress(OSError):
            return bool(self.secret(""))
        return False

    def secret(self, purpose: str) -> str:
        """Returns the secret for this purpose, which signs links or derives keys; stored in the data folder when
        none is set. Raises ``OSError`` when it cannot be stored.
        """
        if self.secret_key is not None:
            return f"{purpose}:{self.secret_key.get_secret_value()}"
        return f"{purpose}:{kept_secret(self.data.resolve() / 'secret')}"


def with_password(name: str, url: str | None, password: SecretStr | None) -> str | None:
    """Returns the address with the password in it. Raises ``ValueError`` without an address, and for one that has a
    password already.
    """
    if password is None:
        return url
    variable = f"LMS_{name.upper()}"
    if url is None:
        raise ValueError(f"{variable}_PASSWORD is set, but {variable}_URL is not.")
    if urlsplit(url).password:
        raise ValueError(f"{variable}_PASSWORD is set, and {variable}_URL has a password too: keep one of them.")
    scheme, _, rest = url.partition("://")
    user, at, place = rest.rpartition("@")
    return f"{scheme}://{user}:{quote(password.get_secret_value(), safe='')}@{place if at else rest}"


@lru_cache
def kept_secret(path: Path) -> str:
    """Returns the secret in this file, created at the first call (mode 0600); of two creators at once the first one
    wins.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        half = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        half.touch(mode=0o600)
        half.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with suppress(FileExistsError):
            path.hardlink_to(half)
        half.unlink()
    return path.read_text(encoding="ascii")
