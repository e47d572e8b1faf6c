"""Commands about invites: `invite new|list|revoke`.

Not here: what an invite does in the chat (`bot.core.conversation`).
"""

import argparse
import asyncio
import http.client
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from bot.cli.folder import check_going, consultation, noted, stores
from bot.cli.intake import still_to_come, tell_zone
from bot.cli.output import moment, say, table
from bot.cli.refusals import remark
from bot.core.errors import Refused
from bot.core.invites import InviteId, Kept
from bot.core.outbox import rounded
from bot.core.people import Invite, Role
from bot.settings import Settings, load
from locales.languages import home, read_languages

PATIENCE = 5.0
"""Seconds that Telegram is given to tell the bot's name."""
_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,31}")
NAMELESS = (
    "The bot's name is not known here: put https://t.me/ and the name before this, or let people write /start, a space "
    "and the code to the bot. With a working token, or MICIC_BOT_USERNAME, the whole link is printed."
)


def new_invite(chosen: argparse.Namespace) -> None:
    """Make an invite; the link is the only line on stdout, and the payload its end."""
    role = Role(chosen.role)
    if role is Role.PARTICIPANT and chosen.consultation is None:
        chosen.wrong("an invite for a participant needs --consultation ID")
    name = None if chosen.consultation is None else consultation(chosen.consultation).id
    languages = [language.code for language in read_languages(home(None)) if language.ready]
    if chosen.language not in (None, *languages):
        chosen.wrong(f"there is no language {chosen.language[:20]!r}; there are: {', '.join(languages)}")
    expires = None if chosen.expires is None else still_to_come(chosen.expires)
    bot = bot_username(load())
    if chosen.qr is not None:
        _check_drawable(chosen.qr, bot)

    async def make() -> str:
        async with stores() as opened:
            check_going(opened, (name or "",))
            await noted(opened, "invite_made", name or "all", f"{role.value} {chosen.uses}")
            invite = Invite(role, name, chosen.language)
            return await opened.registry.new_invite(invite, chosen.uses, expires, chosen.label or "")

    payload = asyncio.run(make())
    link = f"?start={payload}" if bot is None else f"https://t.me/{bot}?start={payload}"
    if bot is None:
        remark(NAMELESS)
    say(link)
    ends = "never" if expires is None else moment(expires)
    remark(f"Role: {role.value}; consultation: {name or 'all'}; people: {chosen.uses}; expires: {ends}.")
    tell_zone(chosen.expires)
    if role is not Role.PARTICIPANT:
        remark("Whoever opens it first has that role: give it to the person in a way that nobody else can read.")
    if chosen.qr is not None:
        _draw(link, chosen.qr)
        remark(f"The same link as a QR code: {chosen.qr}")


def bot_username(settings: Settings) -> str | None:
    """The bot's name as Telegram tells it, else as the settings do.

    Raises Misconfigured where the token cannot be used. Nothing is passed on of what goes wrong on the way: the address
    holds the token.
    """
    fallback = settings.bot_username or None
    if settings.bot_token is None and settings.bot_token_file is None:
        return fallback
    token = settings.token().get_secret_value()
    address = urlsplit(settings.telegram_url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=PATIENCE)
    try:
        connection.request("GET", f"{address.path}/bot{token}/getMe")
        name = json.loads(connection.getresponse().read(1 << 16))["result"]["username"]
    except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError):
        return fallback
    finally:
        connection.close()
    return name if isinstance(name, str) and _USERNAME.fullmatch(name) else fallback


def list_invites(chosen: argparse.Namespace) -> None:
    """Those that still stand: what they give, how far they were used, until when. Never by whom, and never the link."""
    name = None if chosen.consultation is None else consultation(chosen.consultation).id

    async def kept() -> tuple[Kept, ...]:
        async with stores() as opened:
            return opened.registry.invites()

    rows = [
        (
            one.id,
            one.invite.role.value,
            one.invite.consultation or "all",
            _used(one),
            "?" if one.cap is None else str(one.cap),
            "never" if one.expires is None else moment(one.expires),
            one.invite.language or "",
            one.label,
        )
        for one in asyncio.run(kept())
        if name is None or one.invite.consultation == name
    ]
    if not rows:
        say("There is no invite.")
        return
    table(("name", "role", "consultation", "used by", "of", "expires", "language", "label"), rows)


def _used(kept: Kept) -> str:
    """As organizers see it: below five nobody is told how many."""
    if kept.used is None:
        return "?" if kept.left else "all"
    if kept.cap is not None and kept.used >= kept.cap:
        return "all"
    shown = rounded(kept.used)
    return "0" if not kept.used else "under 5" if shown is None else f"{shown} or more"


def revoke_invite(chosen: argparse.Namespace) -> None:
    """Let nobody in by an invite any more."""
    wanted = InviteId(chosen.name.strip().lower())

    async def change() -> None:
        async with stores() as opened:
            known = next((one for one in opened.registry.invites() if one.id == wanted), None)
            if known is None:
                raise Refused("invite_gone")
            await noted(opened, "invite_revoked", known.invite.consultation or "all", wanted)
            await opened.registry.revoke(wanted)

    asyncio.run(change())
    say(f"The invite {wanted} is revoked. Whoever came by it stays.")


def _check_drawable(path: Path, bot: str | None) -> None:
    """Refuse before the invite is made."""
    if bot is None:
        raise Refused("bot_username_unknown")
    if path.exists():
        raise Refused("file_exists", path=str(path))
    if not path.absolute().parent.is_dir():
        raise Refused("folder_missing", path=str(path.absolute().parent))


def _draw(link: str, path: Path) -> None:
    import segno  # noqa: PLC0415 - few invites are drawn

    from bot.exports.replacement import replacing  # noqa: PLC0415

    with replacing(path) as file:
        segno.make_qr(link, error="m").save(file, kind="png", scale=8)
