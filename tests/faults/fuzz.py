"""Fuzzing: whatever comes in from outside ends in an answer or in one of our own errors, never in a fault of ours.

Well formed updates must all be handled; damaged ones are handled or set aside, and the next person is answered. Not
here: what comes in (`strange`).
"""

import asyncio
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.core.consultations import CONSULTATIONS
from bot.core.contributions import as_receipt
from bot.core.errors import ConsultationError, Corrupt, Refused
from bot.core.people import ChatId, UpdateId
from bot.exports import bundle
from bot.exports.opening import opened
from bot.questionnaires.compilation import compile_markdown, compile_workbook
from bot.questionnaires.faults import Faulty
from handlers import buttons
from handlers.intake import chat_of
from tests.exports.world import entries, hand_in, opener, rewrite, signed
from tests.faults import strange
from tests.faults.in_process import Bench, Chat
from tests.faults.power_cut import fast_folder
from tests.faults.result import Extent, Result, progress
from tests.questionnaires.test_compilation import workbook

INPUTS = {Extent.SMOKE: 60, Extent.QUICK: 2_000, Extent.WHOLE: 10_000}

Check = Callable[[Any], None]


@dataclass(frozen=True)
class Target:
    """Something that takes what comes from outside."""

    name: str
    inputs: Callable[[Any], st.SearchStrategy[Any]]
    """Given what `opened` yields besides the check."""
    opened: Callable[[], AbstractContextManager[tuple[Check, Any]]]
    """A context manager: the check of one input, and what the inputs are made from."""
    share: float = 1.0
    """Part of the number of inputs: some are slow."""


@contextmanager
def _conversation(*, must_handle: bool) -> Iterator[tuple[Check, None]]:
    with fast_folder() as folder, asyncio.Runner() as runner:
        bench = Bench(Path(folder))
        runner.run(bench.found())
        numbers = itertools.count(10**9)
        others = itertools.count(8_000_000_000)

        async def check(raw: dict[str, Any]) -> None:
            bench.clock.time += 5
            bench.log.events.clear()
            number = raw["update_id"]
            await bench.handle(raw)
            await bench.quiet()
            assert bench.stores.store.handled(UpdateId(number)), "an update is neither handled nor set aside"
            calls = bench.telegram.take()
            if must_handle:
                assert "update_failed" not in bench.log.events, "a well formed update was set aside"
                assert calls, "nothing was answered"
            for call in calls:
                _sendable(call.values)
            if number % 20 == 0:
                await next_person()

        async def next_person() -> None:
            chat = Chat(ChatId(next(others)), numbers)
            await bench.handle(chat.text("/start eeca"))
            await bench.quiet()
            assert any(call.method == "sendMessage" for call in bench.telegram.take()), (
                "the next person is not answered"
            )

        yield lambda raw: runner.run(check(raw)), None
        runner.run(bench.stop())


def _sendable(values: Mapping[str, Any]) -> None:
    """What Telegram would refuse for its size."""
    assert len(str(values.get("text", "x"))) >= 1, "an empty message"
    for keys in values.get("reply_markup", {}).get("inline_keyboard", ()):
        for key in keys:
            assert 1 <= len(key.get("callback_data", "x").encode()) <= 64, "callback data of a wrong length"
            assert key["text"], "a button without a label"


@contextmanager
def _plain(check: Check) -> Iterator[tuple[Check, None]]:
    yield check, None


def _press(data: str) -> None:
    buttons.parse(data)
    as_receipt(data)


def _chat(update: dict[str, Any]) -> None:
    chat_of(update)


def _form(compiled: Callable[[Any], Any]) -> Check:
    def check(content: Any) -> None:
        with suppress(Faulty):
            compiled(content)

    return check


@contextmanager
def _bundle(*, manifest: bool) -> Iterator[tuple[Check, bytes]]:
    """A sound bundle; what is read of a changed one is the same, or one of our errors names what is wrong."""
    with fast_folder() as name, asyncio.Runner() as runner:
        folder = Path(name)
        bench = Bench(folder)
        runner.run(bench.found())

        async def made() -> None:
            for at in range(3):
                await hand_in(bench.stores, ["Words", "more words"], chat=7 + at)
            await bundle.write(folder / "sound.zip", bench.stores.vault, [one.id for one in CONSULTATIONS])

        runner.run(made())
        sound = (folder / "sound.zip").read_bytes()
        before = _lines(folder / "sound.zip", bench)
        changed = folder / "changed.zip"

        def check_bytes(content: bytes) -> None:
            changed.write_bytes(content)
            with suppress(Corrupt, Refused):
                assert _lines(changed, bench) == before, "a changed bundle reads as something else"

        def check_manifest(fields: dict[str, Any]) -> None:
            """A forger may sign anything; that must end in one of our errors, or in a bundle."""
            content = entries(folder / "sound.zip")
            lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in fields.items() if key != "digest"]
            body = "{\n" + ",\n".join(lines) + ',\n"digest": "' + "0" * 64 + '"\n}\n'
            content["manifest.json"] = signed(body.encode())
            rewrite(changed, content)
            with suppress(Corrupt, Refused):
                _lines(changed, bench)

        if manifest:
            yield check_manifest, entries(folder / "sound.zip")["manifest.json"]
        else:
            yield check_bytes, sound
        runner.run(bench.stop())


def _lines(path: Path, bench: Bench) -> list[dict[str, Any]]:
    with bundle.read(path) as found:
        return list(opened(found, opener(bench.identities[0]), 1))


TARGETS: tuple[Target, ...] = (
    Target("well formed updates", lambda _: strange.updates(), lambda: _conversation(must_handle=True)),
    Target("damaged updates", lambda _: strange.damaged_updates(), lambda: _conversation(must_handle=False)),
    Target(
        "updates of any shape",
        lambda _: st.dictionaries(st.text(max_size=8), strange.json_values),
        lambda: _plain(_chat),
    ),
    Target("callback data and receipts", lambda _: strange.data, lambda: _plain(_press), 5),
    Target("bundles with changed bytes", strange.bent, lambda: _bundle(manifest=False)),
    Target("bundles with another manifest", strange.bent_json, lambda: _bundle(manifest=True)),
    Target("forms in workbooks", lambda _: strange.workbooks(), lambda: _plain(_form(compile_workbook)), 0.2),
    Target(
        "workbooks with damaged insides",
        lambda _: strange.packed_otherwise(),
        lambda: _plain(_form(compile_workbook)),
        0.2,
    ),
    Target(
        "workbooks with changed bytes", lambda _: strange.bent(workbook()), lambda: _plain(_form(compile_workbook)), 0.2
    ),
    Target("forms in Markdown", lambda _: strange.markdown, lambda: _plain(_form(compile_markdown)), 0.2),
)


def attempt(target: Target, extent: Extent, *, derandomize: bool = False) -> int:
    """Try one target; how many inputs. What is wrong comes out as an exception, with the smallest input found."""
    count = 0
    with target.opened() as (check, material):

        @settings(
            max_examples=max(20, int(INPUTS[extent] * target.share)),
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            derandomize=derandomize,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        )
        @given(target.inputs(material))
        def run(value: Any) -> None:
            nonlocal count
            count += 1
            check(value)

        run()
    return count


def measure(extent: Extent, folder: Path) -> Iterator[Result]:
    """A row for each target."""
    del folder
    for target in TARGETS:
        yield row(target, extent)


def row(target: Target, extent: Extent) -> Result:
    """One target as a row of the table."""
    progress(f"fuzz: {target.name}")
    name = f"fuzz: {target.name}"
    try:
        count = attempt(target, extent)
    except ConsultationError as error:
        return Result(name, "", 1, [f"one of our errors where none belongs: {error.code}"])
    except AssertionError as error:
        return Result(name, "", 1, [str(error).splitlines()[0]])
    except Exception as error:
        return Result(name, "", 1, [f"a fault of ours: {type(error).__name__}"])
    return Result(name, f"{count:,} inputs", count)
