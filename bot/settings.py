"""The server's settings: what the environment (prefix `MICIC_`) says, checked once at start.

An error names the variable and what to do, never its value. Not here: settings of one consultation (they are stored),
the command line.
"""

import os
import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.core.errors import Misconfigured

PREFIX = "MICIC_"
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,100}")
_LONGEST_TOKEN_FILE = 4096
_GUARDED = ("/run/secrets", "/run/credentials")
"""Folders in which a container or systemd lays out secrets for one service; the folder itself keeps others out."""


class Settings(BaseSettings):
    """What the environment says. Times are hours or seconds, as each name or note tells."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=None, env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    bot_token: SecretStr | None = Field(default=None, repr=False)
    bot_token_file: Path | None = None
    telegram_url: str = "https://api.telegram.org"
    """Any server that speaks the Bot API; without a slash at the end."""
    bot_username: str = Field(default="", pattern=r"^([A-Za-z][A-Za-z0-9_]{2,31})?$")
    """The bot's name for invites, without @; only needed where Telegram cannot be asked for it."""
    data_dir: Path = Path("micic-data")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] | None = None
    """None: console on a terminal, else json."""
    organisers: str = Field(default="the organisers of this consultation", min_length=1, max_length=200)
    """Who runs this server, as the notice names them."""
    draft_hours: int = Field(default=24, ge=1, le=40)
    """How long an unfinished draft is kept. At 48 h Telegram stops letting us delete messages."""
    move_every: float = Field(default=60.0, ge=0.05, le=3600.0)
    """Seconds between two moves of what was submitted into the vault."""
    replica_dir: Path | None = None
    """Where the second copy of the vault rests, best on another disk; None: `replica` in the data folder."""
    tidy_after: float = Field(default=300.0, ge=0.0, le=86_400.0)
    """Seconds that answers still stand in the chat once they rest in two places: the time to choose to keep them."""
    send_rate: float = Field(default=30.0, ge=0.0, le=1000.0)
    """New messages a second over all chats; 0: as fast as it goes, for servers of one's own."""
    paid_rate: float = Field(default=0.0, ge=0.0, le=1000.0)
    """Messages a second of a broadcast for which Telegram is paid; 0: none is, and `send_rate` holds for them too."""
    cancel_seconds: float = Field(default=600.0, ge=0.0, le=86_400.0)
    """Between the approval of a broadcast and its first message; it can be cancelled as if it had never been."""
    burst: int = Field(default=60, ge=0, le=10_000)
    """Messages and taps that one chat may send at once, and one a second after that; 0: no limit."""
    crash: str = Field(default="", pattern=r"^([a-z_]+(:[0-9]+)?)?$")
    """A crash point for fault tests, `name` or `name:n`."""
    clock_file: Path | None = None
    """A file with the seconds by which the clock is to be wrong, for fault tests."""

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("bot_username", mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        return value.removeprefix("@") if isinstance(value, str) else value

    @field_validator("telegram_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        _ = parts.port  # raises ValueError for a port that is none
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise ValueError
        return value.rstrip("/")

    def token(self) -> SecretStr:
        """The bot token, from the variable or the file.

        Raises Misconfigured `token_missing`, `token_twice`, `token_file_unreadable`, `token_file_open` (others may
        read it) or `token_malformed`; params: the variable's name.
        """
        if self.bot_token is not None and self.bot_token_file is not None:
            raise Misconfigured("token_twice", setting=PREFIX + "BOT_TOKEN", other=PREFIX + "BOT_TOKEN_FILE")
        if self.bot_token_file is not None:
            return _checked(_read_secret(self.bot_token_file), PREFIX + "BOT_TOKEN_FILE")
        if self.bot_token is None:
            raise Misconfigured("token_missing", setting=PREFIX + "BOT_TOKEN_FILE", other=PREFIX + "BOT_TOKEN")
        return _checked(self.bot_token.get_secret_value(), PREFIX + "BOT_TOKEN")


def load() -> Settings:
    """The settings of this process. Raises Misconfigured `setting_invalid` with the variable's name."""
    wrong = "environment"
    try:
        return Settings()
    except ValidationError as error:
        places = [detail["loc"] for detail in error.errors(include_input=False, include_context=False)]
        wrong = str(places[0][0]).upper() if places and places[0] else wrong
    # Raised outside of the `except`: nothing may link to an error that knows the values.
    raise Misconfigured("setting_invalid", setting=PREFIX + wrong.removeprefix(PREFIX))


def _checked(token: str, setting: str) -> SecretStr:
    stripped = token.strip()
    if not _TOKEN.fullmatch(stripped):
        raise Misconfigured("token_malformed", setting=setting)
    return SecretStr(stripped)


def _read_secret(path: Path) -> str:
    setting = PREFIX + "BOT_TOKEN_FILE"
    text = None
    try:
        with path.open("rb") as file:
            shared = os.fstat(file.fileno()).st_mode & 0o077
            text = file.read(_LONGEST_TOKEN_FILE).decode("ascii", "replace")
    except OSError:
        pass
    if text is None:
        raise Misconfigured("token_file_unreadable", setting=setting)
    if shared and not _guarded(path):
        raise Misconfigured("token_file_open", setting=setting)
    return text


def _guarded(path: Path) -> bool:
    """Whether the file lies where a container or systemd keeps the secrets of this service."""
    folders = [Path(folder) for folder in (*_GUARDED, os.environ.get("CREDENTIALS_DIRECTORY", "")) if folder]
    return any(path.resolve().is_relative_to(folder.resolve()) for folder in folders)
