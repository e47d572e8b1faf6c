"""A question that asks for a voice message: recorded, refused beyond its limits, replaced, handed in, opened.

Nothing is fetched where no question asks. Through PTB over HTTP and the emulator.
"""

import base64
import json
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.core.dialogue.questionnaire import Form
from bot.exports import bundle
from bot.questionnaires.compilation import compile_markdown
from bot.questionnaires.library import library
from bot.sealing import write_identity
from tests.journeys.test_participant import say, session
from tests.support.arrival import accept
from tests.support.bot import Bot, running_bot
from tests.support.console import micic
from tests.support.emulator import Message, Person, buttons, text_of

FORM = """
| survey | type | name | label | required | bot::short | bot::max_seconds | bot::max_megabytes |
| | audio | story | Tell it with your own voice. | no | Voice | 20 | 1 |
| | text | recommendation | What do you recommend? | yes | Recommendation | | |

| settings | form_id | title | version |
| | recommendation | With a voice | 1 |
"""
"""No form that comes with the program asks for a voice."""

VOICE = random.Random(7).randbytes(100_003)
OTHER = random.Random(8).randbytes(70_001)
DOWNLOADS = ("getFile", "download")


def forms() -> Mapping[str, Form]:
    return {**library(), "recommendation": compile_markdown(FORM)}


@asynccontextmanager
async def somebody(folder: Path) -> AsyncIterator[tuple[Bot, Person]]:
    async with running_bot(folder, questionnaires=forms()) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await accept(person)
        yield bot, person


async def asked(person: Person, number: int, after: int = 0) -> Message:
    return await person.wait_for(
        lambda message: f"{number} of 2" in text_of(message) and bool(buttons(message)), after=after
    )


async def downloads(bot: Bot) -> list[str]:
    return [row["method"] for row in await bot.emulator.recorded() if row["method"] in DOWNLOADS]


async def recorded(person: Person, content: bytes, seconds: int, total: int) -> None:
    sent = await person.record(content, seconds)
    await person.wait_for_text(say("voice.kept", seconds=total), after=sent["message_id"])


def written_down(folder: Path, content: bytes) -> list[str]:
    """Files that hold any piece of it, as bytes or in base64."""
    pieces = [content[at : at + 24] for at in range(0, len(content) - 24, 1000)]
    pieces += [base64.b64encode(content[at : at + 24]) for at in range(0, len(content) - 24, 999)]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(piece in path.read_bytes() for piece in pieces)]


async def test_a_voice_reaches_the_secretariat_and_nobody_else(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await person.press(say("home.begin"))
        prompt = await asked(person, 1)
        assert say("voice.how", seconds=20) in text_of(prompt)
        await recorded(person, b"OggS first try", 5, 5)
        await recorded(person, OTHER, 7, 12)
        await person.press(say("dialogue.next"))
        await asked(person, 2)
        sent = await person.send("Open the clinics.")
        await person.wait_for_text(say("dialogue.text_saved"), after=sent["message_id"])
        await person.press(say("dialogue.next"))
        review = await person.wait_for_text(say("review.title"))
        assert say("voice.kept", seconds=12) in text_of(review)
        # Another recording takes the place of both.
        await person.press("✎ Voice")
        await person.wait_for_text(say("voice.stands"))
        await recorded(person, VOICE, 12, 12)
        await recorded(person, OTHER, 8, 20)
        await person.press(say("dialogue.next"))
        review = await person.wait_for_text(say("review.title"), after=review["message_id"])
        draft = session(bot, person).draft
        assert draft is not None
        parts = [one.part for one in draft.answers[forms()["recommendation"].questionnaire.questions[0].id].written]
        assert written_down(bot.data_dir, VOICE) == []
        await person.press(say("review.send"))
        await person.wait_for_text(say("receipt.title"))
        await bot.service.stores.vault.move()
        await bundle.write(tmp_path / "export.zip", bot.service.stores.vault, ["eeca"])
        write_identity(tmp_path / "key.txt", bot.identities[0])
        assert written_down(bot.data_dir, VOICE) == []
        await person.send("/tidy")
        chat = await person.wait_until(lambda chat: not any("voice" in one for one in chat["messages"]))
        assert chat["messages"]

    def opened(name: str, *more: str) -> str:
        kind = name.rpartition(".")[2]
        words = ("open", "export.zip", "--identity", "key.txt", "--format", kind, "--output", name, *more)
        answer = micic(tmp_path, *words)
        assert answer.returncode == 0, answer.stderr
        return answer.stderr

    remarks = opened("out.jsonl")
    assert "out.jsonl.audio" in remarks
    (line,) = [json.loads(text) for text in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert line["answers"]["story"] == [f"out.jsonl.audio/{part}.ogg" for part in parts]
    assert [(tmp_path / path).read_bytes() for path in line["answers"]["story"]] == [VOICE, OTHER]
    assert len(list((tmp_path / "out.jsonl.audio").iterdir())) == 2
    assert len(written_down(tmp_path / "out.jsonl.audio", VOICE)) == 1  # it would be seen
    opened("out.csv")
    assert f"out.csv.audio/{parts[0]}.ogg" in (tmp_path / "out.csv").read_text("utf-8-sig")
    # What an earlier opening left is not written over unasked, and does not outlive a later one.
    (tmp_path / "out.jsonl").unlink()
    stale = tmp_path / "out.jsonl.audio" / f"{'ab' * 16}.ogg"
    stale.write_bytes(b"taken back since")
    words = ("open", "export.zip", "--identity", "key.txt", "--format", "jsonl", "--output", "out.jsonl")
    assert micic(tmp_path, *words).returncode != 0
    assert stale.exists()
    opened("out.jsonl", "--force")
    assert not stale.exists()


async def test_what_is_too_long_or_too_big_is_not_fetched(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await person.press(say("home.begin"))
        await asked(person, 1)
        sent = await person.record(VOICE, 21)
        await person.wait_for_text(say("voice.too_long", limit=20), after=sent["message_id"])
        sent = await person.record(VOICE, 5, size=1_000_001)
        await person.wait_for_text(say("voice.too_big", limit=1), after=sent["message_id"])
        assert await downloads(bot) == []
        # Telegram told less than there is: reading stops beyond the limit.
        sent = await person.record(b"O" * 1_300_000, 5, size=10)
        await person.wait_for_text(say("voice.too_big", limit=1), after=sent["message_id"])
        assert await downloads(bot) == list(DOWNLOADS)
        # Two that fit, but not together.
        await recorded(person, OTHER, 15, 15)
        sent = await person.record(OTHER, 6)
        await person.wait_for_text(say("voice.too_long", limit=20), after=sent["message_id"])
        draft = session(bot, person).draft
        assert draft is not None
        (answer,) = draft.answers.values()
        assert [one.seconds for one in answer.written] == [15]
        # Words are no answer here, and it may be skipped.
        sent = await person.send("Hm.")
        await person.wait_for_text(say("voice.please"), after=sent["message_id"])


async def test_what_cannot_be_fetched_is_told_and_not_kept(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await person.press(say("home.begin"))
        await asked(person, 1)
        order = {"method": "getFile", "kind": "status", "status": 400, "description": "Bad Request: file is gone"}
        await bot.emulator.call("POST", "/world/faults", order)
        sent = await person.record(VOICE, 5)
        await person.wait_for_text(say("voice.not_fetched"), after=sent["message_id"])
        draft = session(bot, person).draft
        assert draft is not None
        assert not any(answer.written for answer in draft.answers.values())
        # What fails once is tried again.
        await bot.emulator.call("POST", "/world/faults", {"method": "getFile", "kind": "status", "status": 502})
        await recorded(person, VOICE, 5, 5)
        assert await downloads(bot) == ["getFile", "getFile", *DOWNLOADS]


@pytest.mark.parametrize("kind", ["voice", "audio", "video_note"])
async def test_where_no_question_asks_nothing_is_fetched(kind: str, tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await person.send_kind(kind)
        await person.wait_for_text(say("other.voice"))
        await person.press(say("home.begin"))
        await asked(person, 1)
        if kind != "voice":
            sent = await person.send_kind(kind)
            await person.wait_for_text(say("other.voice"), after=sent["message_id"])
        await person.press(say("dialogue.skip"))
        await asked(person, 2)
        sent = await person.send_kind(kind)
        await person.wait_for_text(say("other.voice"), after=sent["message_id"])
        assert await downloads(bot) == []
        await person.wait_until(lambda chat: not any(kind in one for one in chat["messages"]))


async def test_after_the_whole_form_the_voice_is_asked_for(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (_, person):
        await person.press(say("home.begin"))
        await asked(person, 1)
        await person.press(say("dialogue.whole"))
        shown = await person.wait_for_text(say("whole.how"))
        assert "own voice" not in text_of(shown)
        assert "1) What do you recommend?" in text_of(shown)
        sent = await person.send("1) Open the clinics.")
        await asked(person, 1, after=sent["message_id"])
        await recorded(person, VOICE, 5, 5)
        await person.press(say("dialogue.next"))
        review = await person.wait_for_text(say("review.title"))
        assert "Open the clinics." in text_of(review)
        assert say("voice.kept", seconds=5) in text_of(review)
