"""Random people send random commands, words and buttons to the whole bot on real stores: only what the matrix of roles
allows comes of it, what takes two takes two, what was changed goes out on no old approval, and what stands still does.

The matrix is written out here once more, by hand. What happened is read from the stores, not from what the bot says.
"""

import asyncio
import itertools
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core import events as on
from bot.core import outbox as sending
from bot.core import staff as rules
from bot.core.admission import Membership
from bot.core.consultations import BY_ID, CONSULTATIONS, unlearn
from bot.core.dialogue.numerals import western
from bot.core.outbox import Actor, Broadcast, BroadcastId, Phase, Text
from bot.core.people import NOTICE, ChatId, Grant, Invite, Profile, Role, UpdateId
from bot.core.staff import Ended, Frozen, Proposal, Wish
from bot.questionnaires.examining import examine
from handlers import buttons, poster
from handlers.commands import COMMANDS
from handlers.writing.exporting import Made
from storage.factory import Stores
from tests.faults.in_process import Bench, Call, Chat
from tests.faults.power_cut import fast_folder
from tests.journeys import test_forms as forms

ORGANIZER = {
    "manage", "found", "figures", "form", "brief", "broadcast", "answer", "invite", "appoint", "freeze", "lay down",
}  # fmt: skip
MAY: dict[Role, set[str]] = {
    Role.PARTICIPANT: set(),
    Role.ORGANIZER: ORGANIZER,
    Role.SECRETARIAT: {"export", "lay down"},
}
ROOMS = {
    "m:": "manage", "fg:": "figures", "e:": "form", "bw:": "brief", "x:": "broadcast", "i:": "answer", "u:": "invite",
    "c:": "invite", "fo:": "found", "pe:": "lay down", "fz:": "freeze", "ex:": "export",
}  # fmt: skip
"""How the buttons of each room of staff begin."""
PEOPLE: dict[str, Grant | None] = {
    "ana": Grant(Role.ORGANIZER, "eeca"),
    "bo": Grant(Role.ORGANIZER, "eeca"),
    "cy": Grant(Role.ORGANIZER, None),
    "ed": Grant(Role.ORGANIZER, None),
    "di": Grant(Role.ORGANIZER, "mena"),
    "secretary": Grant(Role.SECRETARIAT, "eeca"),
    "participant": Grant(Role.PARTICIPANT, "eeca"),
    "revoked": Grant(Role.ORGANIZER, "eeca"),
    "nobody": None,
    "asker": None,
}
ACTING = [one for one in PEOPLE if one != "asker"]
SECRET = "≡eeca≡"
"""Stands in what only staff of that consultation may see."""
WORDS = ("12", "2090-01-01 10:00", "A text of somebody", "{code}", "Africa/Dakar", "1234567890123456")


@dataclass
class Town:
    """The bot and everybody, from a copy of the same beginning."""

    bench: Bench
    chats: dict[str, Chat]
    code: str
    shown: dict[str, list[str]] = field(default_factory=dict)
    """What each was offered to press, the last last."""
    ever: list[str] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def stores(self) -> Stores:
        return self.bench.stores

    def grants(self, who: str) -> tuple[Grant, ...]:
        return self.stores.store.grants(self.chats[who].id)

    def actor(self, who: str) -> Actor:
        return self.stores.outbox.actor(self.chats[who].id)

    async def does(self, who: str, *, text: str | None = None, data: str | None = None) -> list[Call]:
        """One update and everything that follows from it."""
        self.bench.clock.time += 2  # nobody floods
        chat = self.chats[who]
        await self.bench.handle(chat.text(text) if text is not None else chat.tap(1, data or ""))
        await self.bench.quiet()
        calls = self.bench.telegram.take()
        name = {one.id: known for known, one in self.chats.items()}
        for call in calls:
            data_of = [key["callback_data"] for key in _keys(call) if "callback_data" in key]
            if (whose := name.get(call.values.get("chat_id", 0))) is not None and data_of:
                self.shown[whose] = data_of
                self.ever += data_of
        return calls


def _keys(call: Call) -> Iterator[dict[str, Any]]:
    for row in (call.values.get("reply_markup") or {}).get("inline_keyboard", ()):
        yield from row


# The beginning, made once


async def _begin(folder: Path) -> str:
    """Everybody, and some work of each room; gives the asker's code."""
    bench = Bench(folder)
    await bench.found()
    town = Town(bench, _phones(1), "")
    stores, numbers = town.stores, itertools.count(900_000)
    for who, chat in town.chats.items():
        joined = () if who == "nobody" else ("wca",) if who == "asker" else ("eeca",)
        await stores.store.keep_profile(chat.id, Profile("en", True, NOTICE, joined, ()))
        if (grant := PEOPLE[who]) is not None:
            token = await stores.registry.new_invite(Invite(grant.role, grant.consultation), 1, None)
            await stores.store.redeem(UpdateId(next(numbers)), chat.id, token)
    for where in ("eeca", "mena"):
        await stores.registry.new_invite(Invite(Role.PARTICIPANT, where), 30, None, f"≡{where}≡")
        await _broadcast(stores, where, town.actor("ana" if where == "eeca" else "di"))
    form = examine(forms.form(forms.OPEN), "shelter.xlsx", ("en", "fr")).edition
    assert form is not None
    await stores.editions.keep(form)
    await town.does("revoked", text="/broadcasts")  # stands in a room when the role goes
    await stores.store.operate(Ended(town.actor("revoked"), Grant(Role.ORGANIZER, "eeca")))
    await stores.store.operate(Frozen("wca"))
    await _briefing(town)
    await _asked(town)
    await town.does("ana", data="pe:gr:eeca:organizer")
    (granted,) = stores.store.staff.proposals()
    await town.does("cy", data=f"pe:ag:eeca:{granted.id}")
    await town.does("bo", data="pe:gr:eeca:secretariat")
    await town.does("cy", data=f"pe:en:mena:organizer.{town.actor('di')}")
    await town.does("cy", data="fz:th:wca")
    calls = await town.does("asker", data="t:nw")
    (code,) = {found[0] for call in calls if (found := re.search(r"\d{3} \d{3} \d{3}", call.values.get("text", "")))}
    await town.does("ana", text="/start")
    assert {one.wish for one in stores.store.staff.proposals()} == set(Wish)
    await bench.settled()
    await bench.stop()
    return western(code)


def _phones(first: int) -> dict[str, Chat]:
    """Everybody's, from this update on: what has a number that was handled already is not taken again."""
    numbers = itertools.count(first)
    return {who: Chat(ChatId(7_000_000_001 + at), numbers) for at, who in enumerate(PEOPLE)}


async def _broadcast(stores: Stores, where: str, writer: Actor) -> None:
    for at, proposes in enumerate((True, False)):
        new = Broadcast(BroadcastId(f"{where}{at}".encode().hex().ljust(12, "0")[:12]), where, writers=(writer,))
        new = sending.previewed(sending.written(new, writer, "en", Text(f"≡{where}≡ {at}")))
        await stores.outbox.keep(sending.proposed(new, writer, 0) if proposes else new)


async def _briefing(town: Town) -> None:
    await town.does("ana", data="bw:nw::eeca")
    (one,) = town.stores.store.briefings.briefings(("eeca",))
    for data, text in ((f"bw:ti:{one.id}:en", "A title"), (f"bw:bo:{one.id}:en", "What to read")):
        await town.does("ana", data=data)
        await town.does("ana", text=text)


async def _asked(town: Town) -> None:
    """A question of somebody who takes part, in the consultation that they joined."""
    profile = replace(Profile("en", True, NOTICE, ("eeca",), ()))
    await town.stores.store.keep_profile(town.chats["asker"].id, profile)
    await town.does("asker", text="/ask")
    await town.does("asker", text=f"{SECRET} May I bring my sister?")
    await town.does("asker", data="a:se")
    assert town.stores.store.inquiries.inquiries()


@pytest.fixture(scope="module")
def beginning() -> Iterator[tuple[Path, str]]:
    with fast_folder() as folder:
        bench = Path(folder)
        yield bench / "data", asyncio.run(_begin(bench))
        unlearn()


# What is there, and what became of it


def _snapshot(town: Town) -> dict[tuple[str, ...], Any]:
    stores, store = town.stores, town.stores.store
    held = store.staff.held()
    found: dict[tuple[str, ...], Any] = {
        **{("intake", one.id): store.intake(one.id) for one in CONSULTATIONS},
        **{("offers", one.id): tuple(e.version for e in stores.editions.offered(one.id)) for one in CONSULTATIONS},
        **{("invite", one.id): one for one in store.invites.invites()},
        **{("broadcast", one.id): one for one in stores.outbox.broadcasts()},
        **{("proposal", one.id): one for one in store.staff.proposals()},
        **{("freeze", where or "all"): True for where in store.staff.freezes()},
        **{("inquiry", one.id): one for one in store.inquiries.inquiries()},
        **{("role", one.actor, one.grant.role, one.grant.consultation or "all"): one.grant for one in held},
        **{("made", one.id): one for one in CONSULTATIONS},
        ("exports",): len(town.exports),
    }
    for one in store.briefings.briefings([known.id for known in CONSULTATIONS]):
        found["briefing", one.id] = one
    for who, chat in town.chats.items():
        for where, state in store.admissions.memberships(chat.id).items():
            found["member", who, where] = state
    return found


@dataclass(frozen=True)
class Done:
    """Something that changed."""

    kind: str
    key: tuple[str, ...]
    before: Any
    after: Any


def _done(before: dict[tuple[str, ...], Any], after: dict[tuple[str, ...], Any]) -> list[Done]:
    return [
        Done(key[0], key[1:], before.get(key), after.get(key))
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    ]


def _may(grants: tuple[Grant, ...], right: str, where: str | None) -> bool:
    return any(right in MAY[one.role] and (one.consultation is None or one.consultation == where) for one in grants)


@dataclass
class Judge:
    """Whether everything that one update led to may have come from whoever sent it."""

    town: Town
    who: str
    grants: tuple[Grant, ...]
    """Before."""
    before: dict[tuple[str, ...], Any]
    said: str
    """What was pressed or written."""
    done: list[Done]

    def judge(self) -> None:
        for one in self.done:
            getattr(self, f"_{one.kind}")(one)

    def _right(self, right: str, where: str | None, what: str) -> None:
        assert _may(self.grants, right, where), f"{self.who} ({right} in {where}) by {self.said!r}"
        self.town.seen[what] += 1

    def _goes(self, where: str | None) -> None:
        """Nothing stands still there."""
        still = {("freeze", "all"), ("freeze", where or "all")}
        assert not still & set(self.before), f"{self.said!r} while {where} stands still"

    def _other(self, wish: Wish) -> Proposal:
        """The proposal that this agreed to: of somebody else, who still might."""
        (gone,) = [one for one in self.done if one.kind == "proposal" and one.after is None]
        found = gone.before
        assert isinstance(found, Proposal)
        assert found.wish is wish
        assert found.by != self.town.actor(self.who)
        assert self._has(found.by, found)
        return found

    def _has(self, actor: str, found: Proposal) -> bool:
        held = [key for key in self.before if key[0] == "role" and key[1] == actor]
        grants = tuple(Grant(Role(key[2]), None if key[3] == "all" else key[3]) for key in held)
        return _may(grants, "freeze" if found.wish is Wish.THAW else "appoint", found.consultation)

    # Kinds

    def _intake(self, one: Done) -> None:
        (where,) = one.key
        self._right("manage", where, "intake")
        if one.after.open:
            self._goes(where)

    def _offers(self, one: Done) -> None:
        (where,) = one.key
        self._right("form", where, "form")
        if set(one.after) - set(one.before or ()):
            self._goes(where)

    def _invite(self, one: Done) -> None:
        kept = one.after or one.before
        if kept.invite.role is not Role.PARTICIPANT:
            assert one.before is None
            found = self._linked()
            assert kept.invite == rules.invite(found)
            self._goes(kept.invite.consultation)
            self.town.seen["link of a role"] += 1
            return
        self._right("invite", kept.invite.consultation, "invite" if one.after else "invite revoked")
        if one.after is not None:
            self._goes(kept.invite.consultation)

    def _linked(self) -> Proposal:
        (gone,) = [one for one in self.done if one.kind == "proposal" and one.after is None]
        found = gone.before
        assert isinstance(found, Proposal)
        assert found.agreed not in (None, found.by)
        assert found.by == self.town.actor(self.who)
        assert self._has(found.by, found)
        assert self._has(found.agreed or "", found)
        return found

    def _member(self, one: Done) -> None:
        _, where = one.key
        self._right("invite", where, f"member {one.after}")
        if one.after is Membership.ADMITTED:
            self._goes(where)

    def _broadcast(self, one: Done) -> None:
        before, after = one.before, one.after
        assert isinstance(after, Broadcast)
        self._right("broadcast", after.consultation, f"broadcast {after.phase}")
        moved = before is None or before.phase is not after.phase
        if after.phase is Phase.APPROVED and moved and before.phase is not Phase.PAUSED:
            assert before.phase is Phase.PROPOSED
            assert after.approver == self.town.actor(self.who)
            assert after.approver not in after.writers
            assert self.said == buttons.compose(on.Compose.APPROVE, after.id, after.digest)
        if after.phase in (Phase.APPROVED, Phase.SENDING):
            self._goes(after.consultation)

    def _briefing(self, one: Done) -> None:
        kept = one.after or one.before
        self._right("brief", kept.consultation, "briefing")
        if one.after is None:
            return
        shows = one.after.readable and (one.before is None or not one.before.readable)
        if shows or one.after.current != (one.before and one.before.current):
            self.town.seen["briefing published"] += 1
            self._goes(kept.consultation)

    def _role(self, one: Done) -> None:
        assert one.after is None, "nobody opened a link"
        actor, grant = one.key[0], one.before
        if actor == self.town.actor(self.who) and any("ld:" in self.said or self.said == way for way in ("f",)):
            self.town.seen["role laid down"] += 1
            return
        self._right("appoint", grant.consultation, "role ended")
        assert self._other(Wish.END).whom == actor

    def _proposal(self, one: Done) -> None:
        found = one.after or one.before
        where = found.consultation
        self._right("freeze" if found.wish is Wish.THAW else "appoint", where, f"proposal {found.wish}")
        if one.before is None:
            assert one.after.by == self.town.actor(self.who)
            assert one.after.agreed is None
        elif one.after is not None:
            assert one.before.agreed is None
            assert one.after.agreed == self.town.actor(self.who) != one.after.by
            assert self._has(one.after.by, one.after)
            self.town.seen["role agreed"] += 1

    def _freeze(self, one: Done) -> None:
        where = None if one.key[0] == "all" else one.key[0]
        self._right("freeze", where, "frozen" if one.after else "thawed")
        if one.after is None:
            assert self._other(Wish.THAW).consultation == where

    def _inquiry(self, one: Done) -> None:
        kept = one.after or one.before
        self._right("answer", kept.consultation, "inquiry")

    def _made(self, one: Done) -> None:
        assert one.before is None
        self._right("found", None, "made")
        self._goes(None)

    def _exports(self, one: Done) -> None:
        for name in self.town.exports[one.before : one.after]:
            where = None if name == "all" else name
            self._right("export", where, "export")
            for wanted in [known.id for known in CONSULTATIONS] if where is None else [where]:
                self._goes(wanted)


# What is tried


@cache
def _form() -> str:
    edition = examine(forms.form(forms.OPEN), "shelter.xlsx", ("en", "fr")).edition
    assert edition is not None
    return edition.version


@dataclass(frozen=True)
class Recipe:
    """What leads to an act, button by button: nobody need ever have been shown any of them.

    `+` stands before what is typed, `?` before the beginning of a button that the person was shown.
    """

    steps: list[str]
    by: str = ""
    """The actor for whom alone it leads there; of all others it needs only the right."""


def _recipes(town: Town) -> list[list[Recipe]]:
    """For whatever is there now, one list for each kind of act, so that none is rare because of what else there is."""
    stores, version = town.stores, _form()
    found = [
        [[f"ex:ch:{where}", f"ex:su:{where}", f"ex:se:{where}"] for where in ("eeca", "eeca", "mena", "wca", "all")],
        [[f"m:op:{where}", f"m:un:{where}:7", "?m:ok"] for where in ("eeca", "mena", "wca")]
        + [[f"m:op:{where}", f"m:cl:{where}:6", "?m:ok"] for where in ("eeca", "mena")],
        [[f"e:op:eeca:{version}", f"e:rd:eeca:{version}", f"e:pu:eeca:{version}:yes"]] * 2
        + [[f"e:rt:eeca:{version}:yes"]],
        [[f"u:nw:{where}", "+12", "u:mk:"] for where in ("eeca", "mena", "wca")],
        [["c:as:eeca", f"+{town.code}", f"c:{do}"] for do in ("in", "su", "rm", "in")],
        [[f"fz:fr:{where}", f"fz:fy:{where}"] for where in ("eeca", "mena", "all")]
        + [[f"fz:th:{where or 'all'}"] for where in stores.store.staff.freezes()],
        [[f"pe:gr:{where}:{role}"] for where in ("eeca", "mena", "all") for role in ("organizer", "secretariat")],
        [["x:nw::eeca", "?x:wr", "+A text of somebody"], ["fg:op:eeca", "fg:as:eeca:fr"]],
        [["bw:nw::eeca", "+A title", "+A text"]],
        [
            ["fo:op", "+Pacific", "fo:nx", "+Suva", "fo:nx", "+Fiji", "fo:nx", "fo:nx", "fo:nx", "+2090-05-12", "fo:nx"]
            + ["fo:nx"] * 8
            + ["?fo:ok"]
        ],
    ]
    proposed: list[list[str]] = []
    approved: list[list[str]] = []
    broadcast: list[list[str]] = []
    for one in stores.outbox.broadcasts():
        # What its phase allows more often; the rest must come to nothing.
        proposed += [[f"x:pv:{one.id}", f"x:pr:{one.id}:{one.digest}"]] * (3 if one.phase is Phase.DRAFT else 1)
        waits = 3 if one.phase is Phase.PROPOSED else 1
        approved += [[f"x:op:{one.id}", f"x:ap:{one.id}:{one.digest}"], [f"x:ap:{one.id}:{one.digest}"]] * waits
        approved += [[f"x:ap:{one.id}:{one.approval or '0' * 16}"]]
        broadcast += [[f"x:ca:{one.id}"]] * waits
        broadcast += [[f"x:{do}:{one.id}"] for do in ("pa", "re", "rt", "sb", "fo", "te")]
        broadcast += [[f"x:wr:{one.id}:en", "+A text of somebody"], [f"x:rc:{one.id}:yes"], [f"x:qu:{one.id}"]]
    invited: list[list[str]] = []
    for kept in stores.store.invites.invites():
        steps = [[f"u:mo:{kept.id}:10"], [f"u:rv:{kept.id}"], [f"u:rv:{kept.id}"], [f"u:lt:{kept.id}:w"]]
        invited += steps * (8 if kept.invite.role is Role.PARTICIPANT else 1)
    briefing: list[list[str]] = []
    for card in stores.store.briefings.briefings(["eeca", "mena"]):
        briefing += [[f"bw:pv:{card.id}", f"bw:pu:{card.id}:{card.digest}"]] * 2
        briefing += [[f"bw:wi:{card.id}:yes"], [f"bw:ba:{card.id}"], [f"bw:ti:{card.id}:en", "+Another title"]]
    answered: list[list[str]] = []
    for inquiry in stores.store.inquiries.inquiries():
        answered += [[f"i:tk:{inquiry.id}"], [f"i:cl:{inquiry.id}:done"]]
        answered += [[f"i:tk:{inquiry.id}", f"i:an:{inquiry.id}", "+An answer", f"i:se:{inquiry.id}"]]
    kinds = [
        [Recipe(steps) for steps in kind]
        for kind in (*found, proposed, approved, broadcast, invited, briefing, answered)
    ]
    roles: list[Recipe] = []
    for held in stores.store.staff.held():
        where, role = held.grant.consultation or "all", held.grant.role
        roles.append(Recipe([f"pe:en:{where}:{role}.{held.actor}"]))
        roles.append(Recipe([f"pe:ly:{where}:{role}", f"pe:ld:{where}:{role}"], held.actor))
    return [kind for kind in (*kinds, roles, *_decided(stores.store.staff.proposals())) if kind]


def _decided(proposals: Iterable[Proposal]) -> Iterator[list[Recipe]]:
    """Agreeing to each kind of proposal or refusing it, and the link of a role that two agreed on."""
    known = list(proposals)
    for wish in Wish:
        room = "fz" if wish is Wish.THAW else "pe"
        yield [
            Recipe([f"{room}:{do}:{one.consultation or 'all'}:{one.id}"])
            for one in known
            if one.wish is wish
            for do in ("ag", "ag", "ag", "dr")
        ]
    yield [
        Recipe([f"pe:ln:{one.consultation or 'all'}:{one.id}"], one.by)
        for one in known
        for _ in range(3 if one.agreed else 1)
    ]


FITTING = "whoever may"
WHO = [*ACTING, *[FITTING] * len(ACTING)]
WAYS = ["recipe"] * 10 + ["own"] * 3 + ["any", "words", "command"]
OTHERS = [*[None] * 3 * len(ACTING), *ACTING]
ACTS, SIZE = 40, 8
Act = tuple[str, str, int, str | None]
"""Who, what sort of thing, which; and who takes over before its last step."""


def _acts(drawn: bytes) -> list[Act]:
    return [
        (WHO[who % len(WHO)], WAYS[way % len(WAYS)], int.from_bytes(number), OTHERS[other % len(OTHERS)])
        for who, way, other, *number in (drawn[at : at + SIZE] for at in range(0, len(drawn), SIZE))
    ]


acts = st.binary(min_size=ACTS * SIZE, max_size=ACTS * SIZE).map(_acts)
"""Drawn as one string: of a list of acts most lives would be pieces of the first few, and much never be tried."""


def _fitting(town: Town, recipe: Recipe) -> list[str]:
    """Who has the right that the recipe begins with, where it names a consultation there; everybody if nobody has."""
    room = next(right for start, right in ROOMS.items() if recipe.steps[0].startswith(start))
    wheres = {part for step in recipe.steps for part in step.split(":") if part in BY_ID}
    whole = room == "found" or any("all" in step.split(":") for step in recipe.steps)
    fit = [
        one
        for one in ACTING
        for grant in town.grants(one)
        if room in MAY[grant.role] and (grant.consultation is None or (not whole and {grant.consultation} >= wheres))
    ]
    return [one for one in fit if recipe.by in ("", town.actor(one))] or fit or ACTING


T = TypeVar("T")


@dataclass
class Which:
    """Chooses by one number, again and again."""

    number: int

    def of(self, known: Sequence[T]) -> T:
        self.number, at = divmod(self.number, len(known))
        return known[at]


async def _act(town: Town, who: str, way: str, number: int, other: str | None) -> None:
    which = Which(number)
    if way == "recipe":
        recipe = which.of(which.of(_recipes(town)))
        person = which.of(_fitting(town, recipe)) if who == FITTING else who
        *first, last = recipe.steps
        for step in first:
            await _step(town, person, step)
        await _step(town, other or person, last)
        return
    person = which.of(ACTING) if who == FITTING else who
    if way == "command":
        await _step(town, person, f"+/{which.of(COMMANDS).name}")
    else:
        pool = {"own": town.shown.get(person, []), "any": town.ever}.get(way) or [f"+{one}" for one in WORDS]
        await _step(town, person, which.of(pool))


async def _step(town: Town, who: str, step: str) -> None:
    """One message or tap, and what is true of what comes of it."""
    if step.startswith("?"):
        step = next((one for one in reversed(town.shown.get(who, [])) if one.startswith(step[1:])), "o:home")
    grants, before = town.grants(who), _snapshot(town)
    typed = step.removeprefix("+").format(code=town.code) if step.startswith("+") else None
    calls = await town.does(who, text=typed, data=step)
    done = _done(before, _snapshot(town))
    Judge(town, who, grants, before, typed or step, done).judge()
    _discreet(town, who, (*grants, *town.grants(who)), calls)


def _discreet(town: Town, who: str, grants: tuple[Grant, ...], calls: list[Call]) -> None:
    """Whoever it is, they are shown no room of staff that is not theirs, and nothing of it."""
    held = {right for one in grants for right in MAY[one.role]}
    for call in calls:
        if call.values.get("chat_id", 0) != town.chats[who].id:
            continue  # told that something waits, or was decided
        if not _may(grants, "manage", "eeca"):
            assert SECRET not in str(call.values), who
        for key in _keys(call):
            room = next((right for start, right in ROOMS.items() if key.get("callback_data", "").startswith(start)), "")
            assert not room or room in held, f"{who} is shown {key['callback_data']}"


async def _live(folder: Path, beginning: tuple[Path, str], chosen: list[Act], seen: Any) -> None:
    unlearn()  # what was made in another life
    shutil.copytree(beginning[0], folder / "data")
    bench = Bench(folder)
    await bench.start()
    town = Town(bench, _phones(10_000), beginning[1], seen=seen)

    async def export(consultation: str) -> Made:
        town.exports.append(consultation)
        return Made(None, 0, consultation)

    bench.life.service.conversing._services.export = export
    for at, (who, way, number, other) in enumerate(chosen):
        if at == len(chosen) // 2 and number % 5 == 0:
            for grant in town.grants("bo"):  # the operator ends a role in the middle of something
                await town.stores.store.operate(Ended(town.actor("bo"), grant))
        await _act(town, who, way, number, other)
    assert town.stores.audit.verify() is None
    await bench.stop()


WANTED = {
    "intake", "form", "invite", "invite revoked", "link of a role", "broadcast approved", "broadcast draft",
    "broadcast cancelled", "broadcast proposed", "briefing", "briefing published", "role laid down", "role ended",
    "role agreed", "proposal grant", "proposal end", "proposal thaw", "frozen", "thawed", "inquiry", "export",
    "member admitted", "member suspended", "member removed", "made",
}  # fmt: skip
"""What has to come of it now and then, or the test would prove nothing."""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_only_what_the_matrix_allows_comes_of_anything(beginning: tuple[Path, str]) -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(acts)
    def lives(chosen: list[Act]) -> None:
        with fast_folder() as folder:
            asyncio.run(_live(Path(folder), beginning, chosen, seen))

    # A process draws each page with a code: seconds on a busy machine, and nothing that a role decides.
    with patch.object(poster, "drawn", lambda *_: b"a page"):
        lives()
    assert set(seen) >= WANTED, sorted(WANTED - set(seen))
