"""Secrets of the settings: from files, passwords of addresses, keys that could be guessed."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from lms.cli.main import main
from lms.core.secret_files import SECRETS, UnusableSecret, without_files
from lms.core.settings import Settings

KEY = "0123456789abcdef0123456789abcdef"
VALUES = {
    "secret_key": KEY,
    "metrics_token": KEY,
    "database_url": "postgresql://u:p@host/d",
    "redis_url": "redis://:p@host:6379/0",
    "mail_url": "smtp://u:p@host:587",
}


def shown(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    return str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of secrets; ``LMS_DATA`` is set to another place."""
    monkeypatch.setenv("LMS_DATA", str(tmp_path / "data"))
    return tmp_path


def give(files: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    (files / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv(f"LMS_{name.upper()}_FILE", str(files / name))


@pytest.mark.parametrize("name", [name for name in SECRETS if not name.endswith("_password")])
def test_secret_is_read_from_its_file(files: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    give(files, monkeypatch, name, f"{VALUES.get(name, 'k1:abc')}\n")
    assert shown(Settings(), name) == VALUES.get(name, "k1:abc")


@pytest.mark.parametrize(
    ("name", "url", "complete"),
    [
        ("database", "postgresql://lms@host:5432/lms", "postgresql://lms:p%40%3A%2Fss@host:5432/lms"),
        ("redis", "redis://host:6379/0", "redis://:p%40%3A%2Fss@host:6379/0"),
        ("mail", "smtp://me%40school.ru@host:587", "smtp://me%40school.ru:p%40%3A%2Fss@host:587"),
    ],
)
def test_password_of_a_file_is_put_into_the_address(
    files: Path, monkeypatch: pytest.MonkeyPatch, name: str, url: str, complete: str
):
    monkeypatch.setenv(f"LMS_{name.upper()}_URL", url)
    give(files, monkeypatch, f"{name}_password", "p@:/ss\n")
    assert shown(Settings(), f"{name}_url") == complete


@pytest.mark.parametrize("name", SECRETS)
def test_missing_unreadable_and_empty_files_are_refused(files: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    variable = f"LMS_{name.upper()}_FILE"
    monkeypatch.setenv(variable, str(files / "none"))
    with pytest.raises(UnusableSecret, match=rf"^{variable}: .*/none cannot be read: No such file or directory\.$"):
        Settings()
    monkeypatch.setenv(variable, str(files))
    with pytest.raises(UnusableSecret, match=rf"^{variable}: .* cannot be read: Is a directory\.$"):
        Settings()
    (files / "bytes").write_bytes(b"\xff\xfe\x00")
    monkeypatch.setenv(variable, str(files / "bytes"))
    with pytest.raises(UnusableSecret, match=rf"^{variable}: .*/bytes cannot be read: not a text\.$"):
        Settings()
    give(files, monkeypatch, name, "\n")
    with pytest.raises(UnusableSecret, match=rf"^{variable}: .* is empty\.$"):
        Settings()


def test_secret_in_both_ways_is_refused(files: Path, monkeypatch: pytest.MonkeyPatch):
    give(files, monkeypatch, "secret_key", KEY)
    monkeypatch.setenv("LMS_SECRET_KEY", KEY[::-1])
    with pytest.raises(UnusableSecret, match=r"^LMS_SECRET_KEY and LMS_SECRET_KEY_FILE are both set: keep one"):
        Settings()
    monkeypatch.setenv("LMS_SECRET_KEY", "")  # an empty variable counts as none
    assert shown(Settings(), "secret_key") == KEY


@pytest.mark.parametrize("name", ["database", "redis", "mail"])
def test_password_without_address_or_beside_another_is_refused(monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv(f"LMS_{name.upper()}_PASSWORD", "secret-word")
    with pytest.raises(ValidationError, match=f"LMS_{name.upper()}_PASSWORD is set, but LMS_{name.upper()}_URL is not"):
        Settings()
    monkeypatch.setenv(f"LMS_{name.upper()}_URL", "smtp://u:other@host/x")
    with pytest.raises(ValidationError, match="has a password too: keep one of them") as refused:
        Settings()
    assert "secret-word" not in str(refused.value) and "other" not in str(refused.value)


@pytest.mark.parametrize("name", ["secret_key", "metrics_token"])
@pytest.mark.parametrize("key", ["changeme", KEY[:31], "0" * 64, "1234567" * 9])
def test_key_that_could_be_guessed_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, name: str, key: str):
    monkeypatch.setenv(f"LMS_{name.upper()}", key)
    with pytest.raises(ValidationError, match="Make one with: openssl rand -hex 32") as refused:
        Settings()
    assert key not in str(refused.value)


def test_command_names_the_wrong_secret_in_a_sentence(files: Path):
    command = [sys.executable, "-m", "lms.cli.main", "keys", "list"]
    environment = {"LMS_DATA": str(files / "data"), "PATH": "/usr/bin:/bin", "LMS_SECRET_KEY_FILE": "/none"}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "lms: LMS_SECRET_KEY_FILE: /none cannot be read" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (files / "data").exists()


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("secret_key_file", "/none", "lms: LMS_SECRET_KEY_FILE: /none cannot be read"),
        ("secret_key", "short", "     LMS_SECRET_KEY: too short or too simple"),
        ("redis_password", "word", "     LMS_REDIS_PASSWORD is set, but"),
    ],
)
def test_command_explains_each_wrong_secret(
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    complaint: str,
):
    monkeypatch.setenv(f"LMS_{name.upper()}", value)
    monkeypatch.setattr(sys, "argv", ["lms", "keys", "list"])
    with pytest.raises(SystemExit, match="1"):
        main()
    assert complaint in capsys.readouterr().err
    assert not (files / "data").exists()


def test_child_gets_a_replaced_secret_in_one_form_only():
    given = {"LMS_DATABASE_URL_FILE": "a", "LMS_DATABASE_URL": "b", "LMS_SECRET_KEY_FILE": "c", "PATH": "d"}
    assert without_files(given, "database_url") == {"LMS_SECRET_KEY_FILE": "c", "PATH": "d"}


def test_process_without_a_place_for_a_secret_has_none(tmp_path: Path):
    assert Settings(data=tmp_path).has_secret()
    (tmp_path / "file").touch()
    assert not Settings(data=tmp_path / "file").has_secret()
