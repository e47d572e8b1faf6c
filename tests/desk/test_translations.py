"""A point in several languages: translated at the desk, published; what nobody vouches for stays here."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.core.consolidation.decisions import Decision
from bot.core.consolidation.state import WORDS, digest
from bot.desk import report
from bot.desk.desk import Desk
from bot.questionnaires.publication import read
from tests.desk.test_pages import visitor
from tests.desk.world import desk, line

ONE = f"{1:032x}"
FRENCH = {"title": "Soins ouverts", "text": "Les soins sont ouverts à tous.", "said": "", "wrote": ""}
ARABIC = {"title": "عيادات مفتوحة", "text": "العيادات مفتوحة للجميع.", "said": "لا أوراق", "wrote": ""}


def pointed(folder: Path, text: str = "Clinics are open to Ana Example and all.") -> Desk:
    made = desk(folder, [line(1, "Call Ana Example at once"), line(2, "Clinics", "mena", "ar")])
    made.decide("point", "", point="p1", title="Open clinics", text=text, language="en", wording="ours")
    made.decide("feed", "", point="p1", contribution=ONE, question=None, start=None, end=None)
    made.decide("answer", "", point="p1", said="No papers", wrote="", answered="")
    made.decide("stage", "", point="p1", stage="agreed")
    return made


def form_of(page: str, language: str) -> dict[str, str]:
    """What the page's own form for a language would send, untouched."""
    (form,) = (each for each in page.split("<form ") if f'name="language" value="{language}"' in each)
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


async def translates(made: Desk, into: str, words: Mapping[str, str], *, changed: bool = False) -> int:
    """Fill in the form of the point's page; `changed`: somebody words the point anew meanwhile. The answer's status."""
    async with visitor(made) as (session, base):
        async with session.get(f"{base}/point/p1") as answer:
            form = form_of(await answer.text(), into)
        if changed:
            made.decide("word", "", point="p1", title="Open clinics", text="To some.", language="en", wording="ours")
        sent = {"made_by": "human", **form, **words}
        async with session.post(f"{base}/decide", data=sent, headers={"Origin": base}) as answer:
            return answer.status


def published(made: Desk) -> dict[str, Any]:
    (found,) = json.loads(report.published(made))["points"]
    return dict(found)


async def test_a_translation_goes_from_the_page_into_the_file(tmp_path: Path) -> None:
    made = pointed(tmp_path)
    assert await translates(made, "fr", FRENCH) == 200
    assert await translates(made, "ar", ARABIC) == 200
    found = published(made)
    assert found["title"] == {"en": "Open clinics", "fr": "Soins ouverts", "ar": "عيادات مفتوحة"}
    assert set(found["text"]) == {"en", "fr", "ar"}
    assert found["answers"] == {"said": {"en": "No papers", "ar": "لا أوراق"}}
    path = tmp_path / "points.json"
    path.write_bytes(report.published(made))
    assert read(path).points[0].text["fr"] == FRENCH["text"]
    shown = report.made(made, "html", "ar")[0].decode()
    assert "العيادات مفتوحة للجميع." in shown
    assert "Clinics are open to Ana Example and all." in shown, "the words it was translated from stand beside it"
    assert "مترجم من: English" in re.sub("<[^>]+>|[\u2066-\u2069]", "", shown)
    assert "مترجم" not in report.made(made, "html", "en")[0].decode()


async def test_what_was_made_from_other_words_is_kept_back_until_somebody_looks(tmp_path: Path) -> None:
    made = pointed(tmp_path)
    assert await translates(made, "fr", FRENCH, changed=True) == 200
    assert made.state.points["p1"].stale("fr") == ["text"], "the translator saw other words"
    assert published(made)["title"]["fr"] == "Soins ouverts"
    assert set(published(made)["text"]) == {"en"}
    async with visitor(made) as (session, base), session.get(f"{base}/point/p1") as answer:
        assert "made from other words: text" in await answer.text()
    assert await translates(made, "fr", {**FRENCH, "title": "Soins pour tous"}) == 200
    assert published(made)["title"]["fr"] == "Soins pour tous"
    assert set(published(made)["text"]) == {"en"}, "the title was mended, the text was not looked at"
    assert await translates(made, "fr", {**FRENCH, "holds": "yes"}) == 200
    assert set(published(made)["text"]) == {"en", "fr"}
    last = made.log.decisions[-1]
    made.decide("undo", "", of=last.id)
    assert set(published(made)["text"]) == {"en"}


async def test_words_of_a_machine_are_shown_to_nobody(tmp_path: Path) -> None:
    made = pointed(tmp_path)
    assert await translates(made, "fr", {**FRENCH, "made_by": "machine"}) == 200
    assert published(made)["title"] == {"en": "Open clinics"}
    assert FRENCH["text"] not in report.made(made, "html", "fr")[0].decode()
    assert await translates(made, "fr", FRENCH) == 200
    assert set(published(made)["title"]) == {"en", "fr"}


async def test_no_machine_takes_the_place_of_what_a_person_translated(tmp_path: Path) -> None:
    made = pointed(tmp_path)
    assert await translates(made, "fr", FRENCH) == 200
    assert await translates(made, "fr", {**FRENCH, "made_by": "machine"}) == 422
    own = made.state.points["p1"].words
    words = {**dict.fromkeys(WORDS, ""), "title": "Machine", "made_from": {name: digest(own[name]) for name in WORDS}}
    # Two who translated apart, and put their logs together: one by machine, one only the title.
    made.decide("translate", "", point="p1", language="fr", made_by="machine", **words)
    assert published(made)["title"]["fr"] == FRENCH["title"]
    made.decide("translate", "", point="p1", language="fr", made_by="human", **{**words, "title": "Soins"})
    assert published(made)["title"]["fr"] == "Soins"
    assert published(made)["text"]["fr"] == FRENCH["text"]


async def test_a_language_is_what_its_words_are_in(tmp_path: Path) -> None:
    made = pointed(tmp_path)
    before = len(made.log.decisions)
    assert await translates(made, "ar", FRENCH) == 422
    assert await translates(made, "fr", {**FRENCH, "title": ""}) == 422
    assert await translates(made, "fr", {**FRENCH, "language": "en"}) == 422, "its own language"
    assert await translates(made, "fr", {**FRENCH, "language": "no language"}) == 422
    assert await translates(made, "fr", {**FRENCH, "text": "x" * 701}) == 422
    async with visitor(made) as (session, base):
        new = {"kind": "feed", "contribution": f"{2:032x}", "title": "Clinics", "text": "", "wording": "ours"}
        for extra, status in (({}, 422), ({"language": "en"}, 200)):
            sent = {**new, **extra}  # without a language it is that of the contribution, Arabic
            async with session.post(f"{base}/decide", data=sent, headers={"Origin": base}) as answer:
                assert answer.status == status
                assert ("letters of العربية" in await answer.text()) == (status == 422)
    assert [one.kind for one in made.log.decisions[before:]] == ["point", "place", "feed"]
    made.decide("point", "", point="p2", title="Clinics", text=ARABIC["text"], language="ar", wording="theirs")
    made.decide("feed", "", point="p2", contribution=f"{2:032x}", question=None, start=None, end=None)
    made.decide("stage", "", point="p2", stage="agreed")
    titled = next(one for one in json.loads(report.published(made))["points"] if one["id"] == "p2")
    assert (set(titled["title"]), set(titled["text"])) == ({"und"}, {"ar"}), (
        "no words are said to be in another language"
    )
    made.decide("stage", "", point="p2", stage="emerging")
    assert await translates(made, "fr", {**FRENCH, "language": "uz-Cyrl", "title": "Очиқ", "text": ""}) == 200
    path = tmp_path / "points.json"
    path.write_bytes(report.published(made))
    assert read(path).points[0].title["uz-Cyrl"] == "Очиқ"


async def test_masked_words_leave_in_no_language_and_a_cut_is_seen(tmp_path: Path) -> None:
    made = pointed(tmp_path)
    assert await translates(made, "fr", {**FRENCH, "text": "Appelez Ana Example " + "x" * 670}) == 200
    made.decide("word", "", point="p1", title="Open clinics", text="To all.", language="en", wording="ours")
    assert not made.leaking(made.state.points["p1"])
    made.decide("mask", "named", contribution=ONE, question="recommendation", start=5, end=16)
    assert made.leaking(made.state.points["p1"]), "in a translation only"
    assert await translates(made, "fr", {**FRENCH, "text": "Appelez Ana Example \u202e" + "x" * 675}) == 200
    text = published(made)["text"]["fr"]
    assert text.startswith("Appelez █████ \\u202e")
    assert len(text) <= 700
    assert await translates(made, "fr", {**FRENCH, "title": "\u202e" * 9}) == 200
    assert published(made)["title"]["fr"] == "\\u202e" * 5 + "\\u202…"


def test_the_own_words_of_a_point_give_way_to_no_others_whose_language_is_in_doubt(tmp_path: Path) -> None:
    made = pointed(tmp_path)
    made.decide("word", "", point="p1", title="Open clinics", text="To all.", language="ar", wording="ours")
    own = made.state.points["p1"].words
    words = {**dict.fromkeys(WORDS, ""), "title": "Klinikat", "made_from": {name: digest(own[name]) for name in WORDS}}
    made.decide("translate", "", point="p1", language="x-foo", made_by="human", **words)
    assert published(made)["title"] == {"und": "Open clinics"}


def test_what_cannot_be_replayed_is_not_kept(tmp_path: Path) -> None:
    made = pointed(tmp_path)
    before = list(made.log.decisions)
    bad = Decision("f" * 32, "Bo", 99, "2026-11-22", "show", {"point": "p1", "shown_in": None})
    with pytest.raises(TypeError):
        made.merge([bad])
    assert made.log.decisions == before
