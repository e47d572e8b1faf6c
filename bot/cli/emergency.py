"""Commands for when something is wrong: `freeze`, `thaw`, `role list`, `role revoke`. They work while the bot runs.

Not here: what stands still then (`bot.core.conversation.freezing`), who vouches for roles (`storage.staff`).
"""

import argparse
import asyncio
from collections.abc import Sequence

from bot.cli.folder import consultation, noted, stores
from bot.cli.output import moment, say, table
from bot.cli.refusals import remark
from bot.core.errors import Refused
from bot.core.staff import Ended, Frozen, Held, Thawed, about
from storage.factory import Stores

_SHORTEST = 8
"""Hex digits of a tag that are enough to name it."""


def freeze(chosen: argparse.Namespace) -> None:
    """Let a consultation, or everything, stand still."""
    name = None if chosen.id is None else consultation(chosen.id).id

    async def change() -> None:
        async with stores() as opened:
            await noted(opened, "frozen", about(name))
            await opened.store.operate(Frozen(name))

    asyncio.run(change())
    say(
        f"{'Everything' if name is None else name} stands still: no answers, invites, broadcasts, reminders or exports."
    )
    remark("People who write are told so; drafts are kept, for 30 days at most. People can still take back and erase.")
    remark(f"When it is clear what happened: micic thaw{'' if name is None else ' ' + name}")


def thaw(chosen: argparse.Namespace) -> None:
    """Let a consultation, or everything, go on."""
    name = None if chosen.id is None else consultation(chosen.id).id

    async def change() -> tuple[str | None, ...]:
        async with stores() as opened:
            frozen = opened.store.staff.freezes()
            if name is not None and name not in frozen:
                if None in frozen:
                    raise Refused("not_frozen_alone", consultation=name)
                raise Refused("not_frozen", consultation=name)
            ended = tuple(frozen) if name is None else (name,)
            for one in ended:
                await noted(opened, "thawed", about(one))
                await opened.store.operate(Thawed(one))
            return ended

    ended = asyncio.run(change())
    say(f"Goes on: {', '.join(about(one) for one in ended)}." if ended else "Nothing stood still.")


def list_roles(chosen: argparse.Namespace) -> None:
    """Every role of organizers and the secretariat: role, consultation, tag, since when. Nobody's name is known."""
    del chosen

    async def read() -> tuple[tuple[Held, ...], dict[str | None, float], bool]:
        async with stores() as opened:
            return opened.store.staff.held(), opened.store.staff.freezes(), opened.store.staff.whole

    held, frozen, whole = asyncio.run(read())
    if not whole:
        raise Refused("roster_broken")
    rows = [(one.actor, one.grant.role.value, about(one.grant.consultation), one.since) for one in held]
    table(("tag", "role", "consultation", "since"), rows)
    for name, since in frozen.items():
        remark(f"{about(name)} stands still since {moment(since)}: micic thaw")


def revoke_role(chosen: argparse.Namespace) -> None:
    """End roles at once: those of a tag, or all there are."""
    if (chosen.tag is None) != chosen.all:
        chosen.wrong("give a TAG, or --all")
    count = asyncio.run(_end_all() if chosen.all else _end(chosen.tag, chosen.consultation))
    say(f"Roles ended: {count}. The next button of whoever had them does nothing any more.")


async def _end(tag: str, name: str | None) -> int:
    where = None if name is None else consultation(name).id
    async with stores() as opened:
        found = [
            one
            for one in _named(opened, tag.lower().replace("-", ""))
            if name is None or one.grant.consultation == where
        ]
        if not found:
            raise Refused("role_unknown")
        for one in found:
            detail = f"{one.grant.role.value} {one.actor}"
            await noted(opened, "role_ended", about(one.grant.consultation), detail)
            await opened.store.operate(Ended(one.actor, one.grant))
        return len(found)


def _named(opened: Stores, tag: str) -> Sequence[Held]:
    """The roles under a tag or its beginning. Raises Refused `roster_broken`, `role_unknown`."""
    if not opened.store.staff.whole:
        raise Refused("roster_broken")
    found = [one for one in opened.store.staff.held() if len(tag) >= _SHORTEST and one.actor.startswith(tag)]
    if len({one.actor for one in found}) != 1:
        raise Refused("role_unknown")
    return found


async def _end_all() -> int:
    async with stores() as opened:
        await noted(opened, "roles_ended", "all")
        return await opened.store.staff.end_all()
