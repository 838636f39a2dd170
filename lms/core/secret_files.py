"""Secrets from files: ``LMS_NAME_FILE`` names the file that holds the secret ``LMS_NAME``.

Container engines and service managers give secrets as files, which neither ``docker inspect`` nor the environment of
a child process shows. A file that is missing, unreadable or empty ends the start with a sentence; so does a secret that
is given in both ways.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

PREFIX, SUFFIX = "LMS_", "_FILE"
SECRETS = (
    "secret_key",
    "personal_data_keys",
    "database_url",
    "database_password",
    "redis_url",
    "redis_password",
    "mail_url",
    "mail_password",
    "s3_access_key",
    "s3_secret_key",
    "metrics_token",
)
"""Settings that may be given as files."""


class UnusableSecret(ValueError):
    """A secret that cannot be read; its text is for the operator."""


class SecretFiles(PydanticBaseSettingsSource):
    """Reads the files that the environment names."""

    def __init__(self, settings: type[BaseSettings], environment: Mapping[str, str] | None = None) -> None:
        super().__init__(settings)
        self.environment = os.environ if environment is None else environment

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Returns the secret of this name; ``None`` without a file."""
        variable = f"{PREFIX}{field_name.upper()}"
        path = self.environment.get(f"{variable}{SUFFIX}")
        if field_name not in SECRETS or not path:
            return None, field_name, False
        if self.environment.get(variable):
            raise UnusableSecret(f"{variable} and {variable}{SUFFIX} are both set: keep one of them.")
        return read_secret(Path(path), f"{variable}{SUFFIX}"), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Returns every secret that is given as a file."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def read_secret(path: Path, variable: str) -> str:
    """Returns the file's text without the line end. Raises ``UnusableSecret`` with the names of variable and file."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text"
        raise UnusableSecret(f"{variable}: {path} cannot be read: {reason}.") from error
    if not text:
        raise UnusableSecret(f"{variable}: {path} is empty.")
    return text


def without_files(environment: Mapping[str, str], *names: str) -> dict[str, str]:
    """Returns the environment without these secrets, in either form, for a child that gets them in another way."""
    dropped = {f"{PREFIX}{name.upper()}{end}" for name in names for end in ("", SUFFIX)}
    return {name: value for name, value in environment.items() if name not in dropped}
