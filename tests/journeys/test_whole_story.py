"""The whole story: 45 people speak, the secretariat consolidates, publishes, and one of them objects, which comes back.

Everything by what people use: chats with the bot, the commands `micic export`, `open`, `desk` and `publish`, and the
desk's own pages, whose forms are filled in as they stand there. Not here: how a page looks (`tests/desk`).
"""

import asyncio
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import lxml.html
import pytest

from bot.core.contributions import Receipt
from bot.player import Manner, Player, Record, Town, corpus
from bot.questionnaires.library import form
from bot.sealing import write_identity
from tests.desk.test_command import jar, running
from tests.journeys.test_participant import CATALOGUE, say
from tests.support.bot import Bot, running_bot
from tests.support.emulator import Message, Person, buttons, text_of
from tests.support.process import environment, micic

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SAME = {("rec-007", "rec-011"), ("rec-026", "rec-033")}
"""Duplicates of the corpus that share a language; the others are in two languages, where people join by codes."""
ALIKE = {("rec-008", "rec-015"), ("rec-002", "rec-023"), ("rec-005", "rec-010")}
"""Suggested, and something else when one reads them."""
COMPOSITE = "rec-006"
"""Says several things."""
OBJECTS, CONFIRMS = "rec-011", "rec-007"
OBJECTION = "Two seats are not enough: <b>half</b> of them."


@dataclass(frozen=True)
class Voice:
    """Somebody of the corpus, and what they hold."""

    record: Record
    person: Person
    receipt: Receipt
    contribution: str


class Visitor:
    """The secretariat in its browser: pages, and the forms that stand on them."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session, self._base = session, base

    async def get(self, path: str) -> bytes:
        async with self._session.get(self._base + path) as answer:
            assert answer.status == 200, (path, answer.status)
            return await answer.read()

    async def page(self, path: str) -> Any:
        return lxml.html.fromstring((await self.get(path)).decode())

    async def fill(self, page: Any, kind: str, **values: str) -> Any:
        """Send the form of that kind as it stands, with these fields changed; the page that comes back."""
        found = next(one for one in page.forms if one.fields.get("kind") == kind)
        pressed = {name: values.pop(name) for name in [*values] if name not in found.fields}
        for name, value in pressed.items():
            assert found.xpath(f".//button[@name='{name}'][@value='{value}']"), (kind, name)
        for name, value in values.items():
            found.fields[name] = value
        data = [*found.form_values(), *pressed.items()]
        headers = {"Origin": self._base}
        async with self._session.post(self._base + found.action, data=data, headers=headers) as answer:
            shown: Any = lxml.html.fromstring(await answer.text())
            assert answer.status == 200, shown.text_content()
            return shown


@asynccontextmanager
async def desk(folder: Path, *arguments: str | Path) -> AsyncIterator[Visitor]:
    """`micic desk` as a process, until what may say the same was looked for."""
    async with running(folder, *arguments) as (_, address), aiohttp.ClientSession(cookie_jar=jar()) as session:
        base = address.partition("/?")[0]
        async with session.get(address) as answer:
            assert answer.status == 200
        yield Visitor(session, base)


async def speak(bot: Bot) -> dict[str, tuple[Record, Person, Receipt]]:
    """All of the corpus at once, each in the language and by the words of their own."""
    manners, recommendation = (Manner.NUMBERS, Manner.LABELS), form("recommendation")
    async with Town(bot.emulator.url) as town, asyncio.TaskGroup() as group:
        played = []
        for at, record in enumerate(corpus()):
            phone = await town.person(language_code=record.lang)
            player = Player(phone, record, manners[at % 2], CATALOGUE, recommendation, patience=60)
            played.append((record, phone.number, group.create_task(player.play(100))))
        await asyncio.gather(*(task for _, _, task in played))
    people = {one.id: one for one in await bot.emulator.people()}
    return {record.id: (record, people[number], Receipt(task.result())) for record, number, task in played}


def voices(bot: Bot, said: Mapping[str, tuple[Record, Person, Receipt]]) -> dict[str, Voice]:
    found = {}
    for name, (record, person, receipt) in said.items():
        standing = bot.service.stores.store.standing(receipt)
        assert standing is not None
        found[name] = Voice(record, person, receipt, standing.contribution)
    return found


async def decide_pairs(at: Visitor, by_contribution: Mapping[str, str]) -> None:
    """Every suggestion, one by one."""
    shown = await at.page("/duplicates")
    seen: list[tuple[str, str]] = []
    while pairs := [one for one in shown.forms if one.fields.get("kind") == "pair"]:
        names = sorted(by_contribution[pairs[0].fields[side]] for side in ("one", "other"))
        seen.append((names[0], names[1]))
        assert shown.xpath("//article[@class='pair'][1]//mark"), "a suggestion is explained"
        verdict = "same" if seen[-1] in SAME else "different"
        shown = await at.fill(shown, "pair", verdict=verdict, reason="read side by side")
    assert set(seen[:2]) == SAME, "the closest come first"
    assert set(seen) == SAME | ALIKE
    points = (await at.page("/points")).xpath("//a[starts-with(@href, '/point/')]")
    assert points == [], "nothing is joined by itself"


async def consolidate(at: Visitor, people: Mapping[str, Voice]) -> dict[str, set[str]]:
    """A point for everybody, one for both of those who say the same; by point its records. All are agreed."""
    partner = {other: one for one, other in SAME}
    made, carried = dict[str, str](), dict[str, set[str]]()
    for name, voice in people.items():
        shown = await at.page(f"/item/{voice.contribution}")
        existing = made.get(partner.get(name, ""), "")
        words = {} if existing else {"title": f"Point of {name}", "text": voice.record.text}
        shown = await at.fill(shown, "feed", point=existing, **words)
        (made[name],) = (link.rpartition("/")[2] for link in shown.xpath("//ul//a[contains(@href,'/point/')]/@href"))
        carried.setdefault(made[name], set()).add(name)
    # Somebody's second sentence becomes a point of its own: one contribution, two points.
    composite = people[COMPOSITE]
    shown = await at.page(f"/item/{composite.contribution}")
    sentence = shown.xpath("//datalist/option/@value")[1]
    shown = await at.fill(shown, "feed", point="", title="The second of two asks", text=sentence, passage=sentence)
    (second,) = {link.rpartition("/")[2] for link in shown.xpath("//ul//a[contains(@href,'/point/')]/@href")} - {
        *made.values()
    }
    carried[second] = {COMPOSITE}
    for point in carried:
        await at.fill(await at.page(f"/point/{point}"), "stage", stage="agreed", reason="the meeting of today")
    assert len(carried) == 45 - len(SAME) + 1
    return carried


def leads_both_ways(content: str, carried: Mapping[str, set[str]], people: Mapping[str, Voice]) -> None:
    """In the report each point links to its contributions, and each of these, in its own words, back to its points."""
    shown: Any = lxml.html.fromstring(content)
    anchors = {one.get("id"): one for one in shown.xpath("//*[@id]")}
    assert all(link[1:] in anchors for link in shown.xpath("//a/@href") if link.startswith("#"))
    for point, names in carried.items():
        heading, cited = anchors[f"point-{point}"], set[str]()
        for block in heading.itersiblings():
            if block.tag in ("h2", "h3", "h4"):
                break
            cited |= {link.removeprefix("#c-") for link in block.xpath(".//a/@href") if link.startswith("#c-")}
        assert cited == {people[name].contribution for name in names}
    for name, voice in people.items():
        quoted = anchors[f"c-{voice.contribution}"]
        assert quoted.text_content() == voice.record.text
        back = {link.removeprefix("#point-") for link in quoted.getnext().xpath(".//a/@href")}
        assert back == {point for point, names in carried.items() if name in names}


def word_leads_both_ways(content: bytes, carried: Mapping[str, set[str]], people: Mapping[str, Voice]) -> None:
    """Every link in the Word file has its place, and every point and contribution is linked to."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        text = packed.read("word/document.xml").decode()
    places = set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', text))
    links = re.findall(r'<w:hyperlink [^>]*w:anchor="([^"]+)"', text)
    assert set(links) <= places
    citations = sum(len(names) for names in carried.values())
    to_contributions = [link for link in links if link.startswith("c_")]
    assert len(to_contributions) == citations
    assert len(set(to_contributions)) == len(people)


async def own_points(voice: Voice) -> set[str]:
    """What stands in the chat for whoever opens "what became of it" by receipt, point after point."""
    language, seen = voice.record.interface, set[str]()
    opening, onward = say("feedback.open", language), say("brief.next", language)
    await voice.person.send(voice.receipt)
    await voice.person.wait_for(lambda message: any(opening == one["text"] for one in buttons(message)), 60)
    await voice.person.press(opening, 60)

    def unseen(message: Message) -> bool:
        return say("feedback.ask", language) in text_of(message) and text_of(message) not in seen

    while True:
        shown = await voice.person.wait_for(unseen, 60)
        seen.add(text_of(shown))
        if not any(onward in button["text"] for button in buttons(shown)):
            return seen
        await voice.person.press(onward, 60)


async def answers(voice: Voice, reply: str, words: str = "") -> None:
    language = voice.record.interface
    label = say(f"feedback.reply.{reply}", language)
    await voice.person.press(label, 60)
    await voice.person.wait_for_text(say("feedback.noted", language, answer=label), 60)
    if words:
        await voice.person.send(words)
        await voice.person.wait_for_text(say("feedback.words_done", language), 60)


async def test_from_the_first_word_to_the_objection_that_came_back(tmp_path: Path) -> None:
    key, first, second = (tmp_path / name for name in ("key.txt", "first.zip", "second.zip"))
    async with running_bot(tmp_path) as bot:
        write_identity(key, bot.identities[1])
        surroundings = environment(bot.data_dir, tmp_path)
        said = await speak(bot)
        await micic(surroundings, "export", "--output", first)
        people = voices(bot, said)
        by_contribution = {voice.contribution: name for name, voice in people.items()}
        opened = tmp_path / "opened.jsonl"
        await micic(surroundings, "open", first, "--identity", key, "--format", "jsonl", "--output", opened)
        lines = [json.loads(line) for line in opened.read_text("utf-8").splitlines()]
        assert {line["contribution"]: line["answers"]["recommendation"] for line in lines} == {
            voice.contribution: voice.record.text for voice in people.values()
        }

        async with desk(tmp_path, first, "--identity", key, "--author", "Noor") as at:
            await decide_pairs(at, by_contribution)
            carried = await consolidate(at, people)
            leads_both_ways((await at.get("/report/file?format=html&language=en")).decode(), carried, people)
            word_leads_both_ways(await at.get("/report/file?format=docx&language=ar"), carried, people)
            points = tmp_path / "points.json"
            points.write_bytes(await at.get("/report/publish"))
        published = json.loads(points.read_bytes())
        texts = {point["id"]: point["text"] for point in published["points"]}
        assert set(texts) == set(carried)
        assert {language for text in texts.values() for language in text} == {"en", "fr", "ar", "es", "ru"}
        leads = {
            point: {by_contribution[one] for one, fed in published["feedback"].items() if point in fed}
            for point in texts
        }
        assert leads == carried
        await micic(surroundings, "publish", points)

        shown = dict(zip(people, await asyncio.gather(*map(own_points, people.values())), strict=True))
        for name, seen in shown.items():
            own = [text for point, names in carried.items() if name in names for text in texts[point].values()]
            assert len(seen) == len(own), name
            assert all(any(text in each for each in seen) for text in own), name

        await answers(people[OBJECTS], "no", OBJECTION)
        await answers(people[CONFIRMS], "yes")
        (joint,) = (point for point, names in carried.items() if names == {CONFIRMS, OBJECTS})
        await micic(surroundings, "export", "--output", second, "--since", "1")

    async with desk(tmp_path, first, second, "--identity", key, "--author", "Noor") as at:
        inbox = await at.page("/inbox?news=changed")
        assert {link.rpartition("/")[2] for link in inbox.xpath("//td/a[@class='id']/@href")} == {
            people[name].contribution for name in (OBJECTS, CONFIRMS)
        }
        page = await at.page(f"/point/{joint}")
        told = " ".join(page.text_content().split())
        assert "Confirmed 1 of 2; partly 0, no 1, not to be counted 0." in told
        (objection,) = page.xpath("//div[@class='layer'][p[@class='words']]")
        assert objection.xpath("p[@class='words']")[0].text_content() == OBJECTION
        assert objection.xpath(".//a/@href") == [f"/item/{people[OBJECTS].contribution}"]
        for point in set(carried) - {joint}:
            assert "What those who spoke answered" not in (await at.get(f"/point/{point}")).decode()
        await at.fill(page, "note", text=OBJECTION, contribution=people[OBJECTS].contribution)
        report: Any = lxml.html.fromstring((await at.get("/report/file?format=html&language=en")).decode())
        dissent = report.xpath("//h2[@id='part-dissent']/following-sibling::blockquote[1]")[0]
        assert dissent.text_content() == OBJECTION
        assert dissent.getnext().xpath(f".//a[@href='#{quote(f'point-{joint}')}']")
