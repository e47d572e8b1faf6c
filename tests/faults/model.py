"""A Hypothesis state machine: people, clock, mover, export, crashes and a failing Telegram, in any order.

After each step the promises are compared with what the people were told (`expectations`): what was acknowledged is
there once, an update has one effect, nothing readable rests in a file, no value joins the files, receipts are known.
Not here: kills of the process (`kill_sweep`), power cuts (`power_cut`).
"""

import asyncio
import itertools
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.core.consultations import CONSULTATIONS
from bot.core.contributions import Receipt, State
from bot.core.errors import ConsultationError
from bot.core.figures import Stage
from bot.core.people import ChatId
from bot.exports import bundle
from bot.exports.opening import opened
from bot.sealing import open_document
from handlers.intake import RawUpdate
from tests.exports.world import opener
from tests.faults.expectations import TOKEN, Handed, Person, mark, texts_of
from tests.faults.in_process import Bench, Chat
from tests.faults.power_cut import fast_folder
from tests.faults.result import Extent, Result, progress
from tests.support.leaks import number_forms, spellings

EXAMPLES = {Extent.SMOKE: (8, 30), Extent.QUICK: (60, 50), Extent.WHOLE: (200, 60)}
"""How many lives, and steps in each."""
PROGRESS_EVERY = 10
PEOPLE = 3
STORES = ("work", "vault", "contacts")
T = TypeVar("T")
who = st.integers(0, PEOPLE - 1)


_ONWARDS = ("r", "n:yes:1", "q:readers:telegram:1", "q:back:never:1", "l:en", "j:eeca")


class Consultation(RuleBasedStateMachine):
    """One consultation from an empty folder."""

    seen: ClassVar[Counter[str]] = Counter()
    """What has happened in all lives so far."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = fast_folder()
        self._runner = asyncio.Runner()
        self.bench = Bench(Path(self._folder.name))
        numbers = itertools.count(1)
        self.chats = [Chat(ChatId(7_123_456_789 + one), numbers) for one in range(PEOPLE)]
        self.people = [Person(tag_of=self._tag) for _ in range(PEOPLE)]
        self.recent: list[RawUpdate] = []
        """Updates that may come again."""
        self.contributions: dict[str, bytes] = {}
        self._words = itertools.count(1)
        self._opened: dict[bytes, dict[str, Any]] = {}
        self._needles = _needles(self.chats)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    @initialize()
    def begin(self) -> None:
        self.run(self.bench.found())
        for at in range(PEOPLE):
            self._arrive(at)

    # What people do

    def _arrive(self, at: int) -> None:
        """From the link to the first question."""
        self._do(at, self.chats[at].text("/start eeca"))
        for data in ("l:en", "n:yes:1", "q:readers:telegram:1", "q:back:receipt:1", "r"):
            self._press(at, data)

    @rule(at=who, times=st.integers(1, 3))
    def writes(self, at: int, times: int) -> None:
        for _ in range(times):
            self._write(at)

    @rule(at=who, back=st.integers(0, 3), which=st.integers(0, 30))
    def presses(self, at: int, back: int, which: int) -> None:
        """Any button of one of the last messages, stale ones too."""
        found = [number for number, screen in sorted(self.people[at].screens.items()) if screen.buttons]
        if found:
            number = found[-1 - back % len(found)]
            buttons = self.people[at].screens[number].buttons
            data = buttons[which % len(buttons)]
            # The oracle reads English.
            self._tap(at, number, "l:en" if data.startswith("l:") else data)

    @rule(at=who, back=st.integers(0, 3))
    def edits(self, at: int, back: int) -> None:
        chat = self.chats[at]
        self._edit(at, max(1, chat.messages - back))

    @rule(
        at=who,
        command=st.sampled_from(("/cancel", "/language", "/help", "/start", "/start wca", "/receipt", "/forget")),
    )
    def commands(self, at: int, command: str) -> None:
        self._do(at, self.chats[at].text(command))

    @rule(at=who, steps=st.integers(1, 5))
    def goes_on(self, at: int, steps: int) -> None:
        """Some steps of the straight way: to the text, through the questions, and to the receipt."""
        for _ in range(steps):
            self._go_on(at)

    @rule(at=who, which=st.integers(0, 1))
    def thinks_again(self, at: int, which: int) -> None:
        """Answers in two messages, and edits one of them."""
        for _ in range(4):
            self._go_on(at)
            if any(text.sure for text in self.people[at].draft):
                self._write(at)
                self._edit(at, self.chats[at].messages - which)
                return

    @rule(at=who)
    def hands_in(self, at: int) -> None:
        """The whole way."""
        before = len(self.people[at].handed)
        for _ in range(20):
            self._go_on(at)
            if len(self.people[at].handed) > before:
                return

    @precondition(lambda self: any(one.receipt for one in self._handed()))
    @rule(at=who, which=st.integers(0, 20), sure=st.booleans())
    def asks_with_a_receipt(self, at: int, which: int, sure: bool) -> None:
        """From any account: whoever holds the digits may take the contribution back."""
        handed = [one for one in self._handed() if one.receipt]
        chosen = handed[which % len(handed)]
        if not sure:
            self._do(at, self.chats[at].text(f"/receipt {chosen.receipt}"))
            return
        self._press(at, f"vv:{chosen.receipt}")

    @precondition(lambda self: any(one.receipt for one in self._handed()))
    @rule(at=who, which=st.integers(0, 20), steps=st.integers(0, 25))
    def writes_a_new_version(self, at: int, which: int, steps: int) -> None:
        """From any account too; perhaps to its end, perhaps not."""
        handed = [one for one in self._handed() if one.receipt]
        self._press(at, f"aa:{handed[which % len(handed)].receipt}")
        before = len(self.contributions)
        for _ in range(steps):
            self._go_on(at)
            if len(self.contributions) > before:
                self.seen["new versions"] += 1
                return

    # What happens

    @precondition(lambda self: self.recent)
    @rule(which=st.integers(0, 20))
    def an_update_comes_again(self, which: int) -> None:
        before = _dump(self.bench.data)
        self.run(self._handled(self.recent[which % len(self.recent)]))
        assert _dump(self.bench.data) == before, "an update had a second effect"

    @rule(hours=st.sampled_from((0.1, 1.0, 12.0, 23.0, 26.0, 49.0)))
    def time_passes(self, hours: float) -> None:
        self.bench.clock.time += hours * 3_600
        self.recent.clear()
        for person in self.people:
            if self.bench.clock.time - person.changed >= 24 * 3_600:
                person.doubt()
        self.run(self._expired())
        self._look()

    @rule(crash=st.none() | st.integers(0, 12))
    def the_mover_comes(self, crash: int | None) -> None:
        """Perhaps it dies on the way, and comes again."""
        if crash is not None:
            self.seen["crashes"] += 1
            self.run(self.bench.crash(self._moved(), crash))
            self._hear()
        self.run(self._moved())
        left = self._tokens()
        gone = [text for one in self._handed() if one.superseded for text in one.texts]
        assert not any(left[text.token] for text in gone), "an answer that a newer one replaced is still there"

    @rule(statuses=st.lists(st.sampled_from((500, 403, 400, 0)), min_size=1, max_size=4))
    def telegram_fails(self, statuses: list[int]) -> None:
        self.bench.telegram.failing = statuses

    @rule()
    def it_crashes(self) -> None:
        self.seen["crashes"] += 1
        self.run(self.bench.crash())
        self._hear()

    @rule(at=who, after=st.integers(0, 12), writes=st.booleans())
    def it_crashes_in_the_middle(self, at: int, after: int, writes: bool) -> None:
        """While something is handled; Telegram sends that again."""
        if writes:
            self._write(at, crash=after)
            return
        found = [(number, screen) for number, screen in self.people[at].screens.items() if screen.buttons]
        if found:
            number, screen = max(found)
            self._tap(at, number, screen.buttons[0], crash=after)

    @rule(which=st.integers(0, 1))
    def it_is_exported(self, which: int) -> None:
        self.seen["exports"] += 1
        lines = self.run(self._exported(which))
        assert len(lines) == len(self.contributions), "not every contribution is in the export"
        found = [TOKEN.findall(str(line["answers"])) for line in lines if line["state"] == State.SUBMITTED.value]
        for person in self.people:
            for handed in person.handed:
                gone = handed.withdrawn or handed.superseded
                tokens = {text.token for text in handed.texts}
                mine = [one for one in found if tokens & set(one)]
                assert len(mine) == (0 if gone or not tokens else len(mine[:1])), "exported twice"
                sure = {text.token for text in handed.texts if text.sure and not gone}
                assert sure <= {token for one in mine for token in one}, "an answer is missing from the export"

    # What must be true

    @invariant()
    def everything_acknowledged_is_there_once(self) -> None:
        if not self.bench.running:
            return
        self.seen["steps"] += 1
        found = self._tokens()
        for person in self.people:
            for text, handed in person.texts:
                if handed is not None and handed.withdrawn:
                    assert not found[text.token], "a withdrawn answer is still there"
                elif text.sure and not (handed is not None and handed.superseded):
                    assert found[text.token] == 1, f"an acknowledged answer is there {found[text.token]} times"
                assert found[text.token] <= 1, "an answer is there twice"
        known = {text.token for person in self.people for text, _ in person.texts}
        assert set(found) <= known, "an answer that was erased is still there"

    @invariant()
    def receipts_are_known(self) -> None:
        for person in self.people:
            assert not person.unasked, "a receipt for nothing"
            for handed in person.handed:
                if handed.receipt is not None:
                    state = self.bench.stores.store.state(handed.receipt)
                    assert state is (State.WITHDRAWN if handed.withdrawn else State.SUBMITTED), "a receipt is not known"

    @invariant()
    def nothing_can_be_read_in_a_file(self) -> None:
        if not self.bench.running:
            return
        for path in self.bench.data.iterdir():
            if path.is_file() and not path.name.endswith("-shm"):
                content = path.read_bytes()
                for needle, form in self._needles:
                    assert needle not in content, f"{path.name} can be read: {form}"

    @invariant()
    def no_value_joins_the_files(self) -> None:
        if not self.bench.running:
            return
        work, vault, contacts = (_values(self.bench.data, store) for store in STORES)
        # What was handed in has no tag any more. A new version knows whom it follows; that does not lead to a chat.
        waiting = _values(self.bench.data, "work", HANDED_IN)
        tagged = work - waiting
        assert not (work | vault) & contacts, "a value joins the contacts and another file"
        assert not tagged & vault, "a value joins the drafts and the vault"
        both = _values(self.bench.data, "work", _tables(self.bench.data, "work").keys() - HANDED_IN) & waiting
        assert not both, "a value joins the drafts and what was handed in"

    def teardown(self) -> None:
        self.seen["lives"] += 1
        if self.seen["lives"] % PROGRESS_EVERY == 0:
            progress(f"model: {self.seen['lives']} lives")
        handed = self._handed()
        self.seen["submissions"] += len(handed)
        self.seen["withdrawals"] += sum(one.withdrawn for one in handed)
        self.seen["acknowledged texts"] += sum(text.sure for person in self.people for text, _ in person.texts)
        if self.bench.running:
            self.run(self.bench.stop())
        self._runner.close()
        self._folder.cleanup()

    # How it is done

    def _write(self, at: int, crash: int | None = None) -> None:
        chat, token = self.chats[at], f"unsaid{next(self._words):06d}word"
        raw = chat.text(f"{token} and more")
        number = chat.messages
        self._do(at, raw, crash, heard=lambda said: self.people[at].spoke(token, number, said))

    def _edit(self, at: int, number: int) -> None:
        token = f"unsaid{next(self._words):06d}word"
        raw = self.chats[at].edit(number, f"{token} instead")
        self._do(at, raw, heard=lambda said: self.people[at].edited(token, number, said))

    def _press(self, at: int, data: str) -> None:
        self._tap(at, max(self.people[at].screens, default=1), data)

    def _tap(self, at: int, number: int, data: str, crash: int | None = None) -> None:
        self.people[at].pressed(data)
        if data.startswith("vv:"):
            for one in self._handed():
                one.withdrawn = one.withdrawn or one.receipt == data[3:]
        self._do(at, self.chats[at].tap(number, data), crash)

    def _go_on(self, at: int) -> None:
        person = self.people[at]
        found = [(number, screen) for number, screen in person.screens.items() if screen.buttons]
        if not found:
            return
        number, screen = max(found)
        if "<b>Recommendation</b>" in screen.text and not any(data.endswith((":x", ":ok")) for data in screen.buttons):
            self._write(at)
            return
        for wanted in (":ok", ":v", ":x", ":s", ":g"):
            button = next((data for data in screen.buttons if data.startswith("d:") and data.endswith(wanted)), None)
            if button is not None:
                self._tap(at, number, button)
                return
        self._tap(
            at,
            number,
            next((data for data in screen.buttons if data in _ONWARDS), screen.buttons[0]),
        )

    def _do(
        self,
        at: int,
        raw: RawUpdate,
        crash: int | None = None,
        heard: Callable[[list[str]], object] = lambda said: None,
    ) -> None:
        """Let the bot handle an update, and learn from what it says."""
        before = len(self.bench.telegram.calls)
        self.seen["updates"] += 1
        if crash is not None:
            self.seen["crashes"] += 1
            self.run(self.bench.crash(self.bench.handle(raw), crash))
        self.run(self._handled(raw))
        self.recent = [*self.recent[-20:], raw]
        chat = self.chats[at].id
        heard(texts_of([call for call in self.bench.telegram.calls[before:] if call.values.get("chat_id") == chat]))
        self._look(at)

    async def _handled(self, raw: RawUpdate) -> None:
        self.bench.clock.time += 2
        await self.bench.handle(raw)
        await self.bench.quiet()
        await self.bench.settled()

    async def _moved(self) -> None:
        await self.bench.stores.vault.move()
        await self.bench.settled()

    async def _expired(self) -> None:
        await self.bench.stores.expire()
        await self.bench.settled()

    def _look(self, acting: int | None = None) -> None:
        """After a step: what became of drafts and contributions, and what the bot has said meanwhile."""
        before, self.contributions = self.contributions, _contributions(self.bench.data)
        came = [self.contributions[one] for one in self.contributions.keys() - before]
        assert before.keys() <= self.contributions.keys(), "a contribution went"
        assert len(came) <= (acting is not None), "a contribution came by itself"
        new = came[0] if came else None
        versions = [one for one in self._handed() if one.tag == new]
        receipt = versions[0].receipt if versions else None
        for one in versions:
            one.superseded = True
        for at, (chat, person) in enumerate(zip(self.chats, self.people, strict=True)):
            session = self.bench.stores.store.session(chat.id)
            if at == acting:
                person.changed = self.bench.clock.time
            has_draft = session is not None and session.draft is not None
            if person.draft and session is None:
                self.run(self._expired())
            person.rests(has_draft, new if at == acting else None, receipt)
        self._hear()

    def _tag(self, receipt: Receipt) -> bytes:
        return self.bench.stores.store._tags.receipt(receipt)

    def _handed(self) -> list[Handed]:
        return [one for person in self.people for one in person.handed]

    def _hear(self) -> None:
        """Take in what the bot did since the last time."""
        chats = {chat.id: person for chat, person in zip(self.chats, self.people, strict=True)}
        for call in self.bench.telegram.take():
            person = chats.get(call.values.get("chat_id"))  # type: ignore[arg-type]
            if person is not None:
                person.see(call)

    def _tokens(self) -> Counter[str]:
        """Every token in every sealed part; a part is counted once wherever it rests."""
        sealed = dict(
            [
                *_rows(self.bench.data, "work", "SELECT id, sealed FROM parts"),
                *_rows(self.bench.data, "work", "SELECT id, sealed FROM submitted_parts"),
                *_rows(self.bench.data, "vault", "SELECT id, sealed FROM parts"),
            ]
        )
        found: Counter[str] = Counter()
        for content in sealed.values():
            if content not in self._opened:
                self._opened[content] = open_document(content, [self.bench.identities[0]])
            found.update(mark(self._opened[content]))
        return found

    async def _exported(self, key: int) -> list[dict[str, Any]]:
        path = Path(self._folder.name) / "export.zip"
        await bundle.write(path, self.bench.stores.vault, [one.id for one in CONSULTATIONS])
        await self.bench.settled()
        with bundle.read(path) as found:
            return list(opened(found, opener(self.bench.identities[key]), 1))


def _rows(data: Path, store: str, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data / f"{store}.db")) as connection:
        return connection.execute(sql).fetchall()


def _tables(data: Path, store: str) -> dict[str, list[tuple[Any, ...]]]:
    names = _rows(data, store, "SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {name: _rows(data, store, f"SELECT * FROM {name}") for (name,) in names}


def _dump(data: Path) -> dict[str, dict[str, list[tuple[Any, ...]]]]:
    """Everything in the three files."""
    return {store: _tables(data, store) for store in STORES}


WORDS = frozenset(stage.value for stage in Stage)
"""Steps that are counted: one of them is also the name of a state in the vault."""
HANDED_IN = {"submissions", "submitted_parts", "additions"}
"""Tables of `work` from which no tag leads to a chat."""


def _values(data: Path, store: str, tables: Collection[str] | None = None) -> set[Any]:
    """Every text and blob of at least 8 bytes in a file, or in some of its tables, but for words of the program."""
    found = _tables(data, store)
    cells = (cell for name in tables or found for row in found[name] for cell in row)
    return {cell for cell in cells if isinstance(cell, str | bytes) and len(cell) >= 8} - WORDS


def _contributions(data: Path) -> dict[str, bytes]:
    """Contributions that wait, and those in the vault, with the tags of their receipts."""
    waiting = _rows(data, "work", "SELECT contribution, receipt FROM submissions")
    return dict([*waiting, *_rows(data, "vault", "SELECT id, receipt FROM contributions")])


def _needles(chats: list[Chat]) -> list[tuple[bytes, str]]:
    """What must be in no file, in every spelling."""
    words = ["unsaid", str(chats[0].id)[:-1]]  # the beginning of every text, and of every chat
    found = [(needle, f"{word} as {form}") for word in words for form, needle in spellings(word)]
    found += [(needle, f"a chat as {form}") for chat in chats for form, needle in number_forms(chat.id)]
    # Five bytes turn up by chance once in a while.
    return [(needle, form) for needle, form in found if len(needle) >= 6]


def lives(extent: Extent, *, derandomize: bool = False) -> settings:
    """How long Hypothesis tries."""
    examples, steps = EXAMPLES[extent]
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        derandomize=derandomize,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink) if extent is not Extent.SMOKE else (Phase.generate,),
    )


def _tell(error: BaseException) -> None:
    """The steps that lead there, for whoever mends it: without them another run has to find them again."""
    for note in getattr(error, "__notes__", ()):
        progress(f"model: {note}")


def measure(extent: Extent, folder: Path) -> list[Result]:
    """One row: all lives."""
    del folder
    before = Counter(Consultation.seen)
    broken = []
    try:
        run_state_machine_as_test(Consultation, settings=lives(extent))
    except AssertionError as error:
        broken.append(str(error).splitlines()[0])
        _tell(error)
    except ConsultationError as error:
        broken.append(f"an error where none belongs: {error.code}")
        _tell(error)
    seen = Consultation.seen - before
    count = seen.pop("lives")
    what = ", ".join(f"{count:,} {name}" for name, count in seen.items())
    name = "model: people, clock, mover, export, crashes and a failing Telegram in any order"
    return [Result(name, f"{count:,} lives: {what}", seen["steps"], broken)]
