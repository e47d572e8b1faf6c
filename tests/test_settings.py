"""What the environment may say, and that no error tells a secret."""

import traceback
from pathlib import Path

import pytest

from bot.core.errors import Misconfigured
from bot.settings import PREFIX, Settings, load

TOKEN = "4711:SECRET-canary-token"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


def refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> Misconfigured:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(Misconfigured) as caught:
        load().token()
    shown = "".join(traceback.format_exception(caught.value))
    assert value.strip() == "" or value not in shown + repr(caught.value) + str(caught.value.params)
    assert caught.value.__context__ is None
    return caught.value


def test_defaults() -> None:
    settings = load()
    assert settings.telegram_url == "https://api.telegram.org"
    assert (settings.data_dir, settings.log_level, settings.log_format) == (Path("micic-data"), "info", None)
    assert (settings.draft_hours, settings.move_every, settings.crash) == (24, 60.0, "")


def test_reads_each_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_URL": "http://127.0.0.1:8081/",
        "BOT_USERNAME": "@people_bot",
        "DATA_DIR": "elsewhere",
        "LOG_LEVEL": "DEBUG",
        "LOG_FORMAT": "json",
        "ORGANISERS": "three unions",
        "DRAFT_HOURS": "12",
        "MOVE_EVERY": "0.5",
        "REPLICA_DIR": "/srv/replica",
        "TIDY_AFTER": "60",
        "SEND_RATE": "0",
        "BURST": "90",
        "PAID_RATE": "500",
        "CANCEL_SECONDS": "30",
        "CLOCK_FILE": "wrong",
        "CRASH": "after_commit:3",
    }
    for name, value in said.items():
        monkeypatch.setenv(PREFIX + name, value)
    settings = load()
    assert settings.token().get_secret_value() == TOKEN
    assert settings.telegram_url == "http://127.0.0.1:8081"
    assert (settings.log_level, settings.organisers, settings.draft_hours) == ("debug", "three unions", 12)
    assert (settings.bot_username, settings.send_rate) == ("people_bot", 0.0)
    assert {name.lower() for name in said} | {"bot_token_file"} == set(Settings.model_fields)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_URL", "telegram.invalid"),
        ("TELEGRAM_URL", "http://user@host"),
        ("TELEGRAM_URL", "http://host:99999"),
        ("BOT_USERNAME", "people bot"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("DRAFT_HOURS", "41"),
        ("DRAFT_HOURS", "soon"),
        ("MOVE_EVERY", "-1"),
        ("CRASH", "kill -9"),
    ],
)
def test_names_the_wrong_variable_and_not_its_value(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    error = refused(monkeypatch, name, value)
    assert (error.code, error.params) == ("setting_invalid", {"setting": PREFIX + name})


def test_needs_a_token_only_when_asked_for_it() -> None:
    settings = load()
    with pytest.raises(Misconfigured, match="token_missing"):
        settings.token()


@pytest.mark.parametrize("value", ["no colon here", "4711:SECRET canary", "x:SECRET", "4711:"])
def test_refuses_a_malformed_token(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    assert refused(monkeypatch, "BOT_TOKEN", value).code == "token_malformed"


def test_refuses_two_tokens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(PREFIX + "BOT_TOKEN", TOKEN)
    assert refused(monkeypatch, "BOT_TOKEN_FILE", str(tmp_path / "token")).code == "token_twice"


def test_reads_a_guarded_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    file.chmod(0o600)
    monkeypatch.setenv(PREFIX + "BOT_TOKEN_FILE", str(file))
    assert load().token().get_secret_value() == TOKEN


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620])
def test_refuses_a_file_that_others_may_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    file.chmod(mode)
    assert refused(monkeypatch, "BOT_TOKEN_FILE", str(file)).code == "token_file_open"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))  # systemd keeps others out of the folder itself
    assert load().token().get_secret_value() == TOKEN


def test_refuses_a_missing_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert refused(monkeypatch, "BOT_TOKEN_FILE", str(tmp_path / "none")).code == "token_file_unreadable"


def test_never_shows_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "BOT_TOKEN", TOKEN)
    settings = load()
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()} {settings.token()!r}"
    assert "SECRET" not in shown
