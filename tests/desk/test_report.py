"""The report: every point leads to its contributions and back, in Word and as a page; what is published can be."""

import html
import io
import re
import zipfile
from pathlib import Path

import docx
import pytest

from bot.core.consolidation.decisions import KINDS, NOTED
from bot.core.errors import Refused
from bot.desk import pages, report
from bot.desk.desk import Desk
from bot.exports import word
from bot.exports.frame import Frame
from bot.questionnaires.library import form
from bot.questionnaires.publication import MOST_POINTS, read
from tests.desk.world import HOSTILE, LANGUAGES, corpus, desk, hostile, line


def point(made: Desk, name: str, text: str, *contributions: str) -> None:
    made.decide("point", "", point=name, title=text[:36], text=text[:700], language="en", wording="theirs")
    made.decide("place", "", point=name, phase="emergency", themes=["firewall"], groups=["undocumented"], addressees=[])
    for one in contributions:
        made.decide("feed", "", point=name, contribution=one, question=None, start=None, end=None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_point_leads_to_its_contributions_and_back(tmp_path: Path, language: str) -> None:
    lines, _ = corpus()
    made = desk(tmp_path, lines)
    point(made, "p1", "A firewall between help and control", lines[0]["contribution"], lines[30]["contribution"])
    point(made, "p2", "Embassies that answer", lines[30]["contribution"])
    made.decide("note", "", point="p1", note="minority", text="Not in our country", contribution="")
    content, _, _ = report.made(made, "html", language)
    shown = content.decode()
    targets, anchors = set(re.findall(r'href="#([^"]+)"', shown)), set(re.findall(r'id="([^"]+)"', shown))
    assert {
        "point-p1",
        "point-p2",
        f"c-{lines[0]['contribution']}",
        f"c-{lines[30]['contribution']}",
    } <= targets & anchors
    assert targets <= anchors
    assert "Not in our country" in shown
    frame = Frame(form("recommendation").questionnaire, language)
    assert frame.text("report.emerging") in shown
    file, _, _ = report.made(made, "docx", language)
    text = "\n".join(each.text for each in docx.Document(io.BytesIO(file)).paragraphs)
    assert "Embassies that answer" in text


def test_small_numbers_masks_and_withdrawn_words_stay_hidden(tmp_path: Path) -> None:
    lines = [line(1, "Call Ana Example at once"), line(2, "Words that were taken back")]
    lines[1]["state"] = "withdrawn"
    made = desk(tmp_path, lines)
    point(made, "p1", "Answer the phone", f"{1:032x}", f"{2:032x}")
    made.decide("mask", "named", contribution=f"{1:032x}", question="recommendation", start=5, end=16)
    shown = report.made(made, "html", "en")[0].decode()
    assert "Ana Example" not in shown
    assert "taken back" not in shown
    assert "Contributions: *" in shown
    assert "Eastern Europe" not in shown.split('id="part-recommendations"')[1].split('id="part-method"')[0]
    made.decide("label", "agreed", conclusive=True)
    assert "Emerging, not conclusive" not in report.made(made, "html", "en")[0].decode()


def test_what_is_masked_later_leaves_with_no_point(tmp_path: Path) -> None:
    made = desk(tmp_path, [line(1, "Call Ana Example at once, not Anabel")])
    name = f"{1:032x}"
    point(made, "p1", "Ana Example: call her, not Anabel", name)
    made.decide("answer", "", point="p1", said="Call (Ana Example)", wrote="Ana Examples", answered="")
    made.decide("note", "", point="p1", note="minority", text="Not Ana Example.", contribution="")
    made.decide("stage", "", point="p1", stage="agreed")
    assert "Ana Example:" in report.made(made, "html", "en")[0].decode()
    assert not made.leaking(made.state.points["p1"])
    made.decide("mask", "named", contribution=name, question="recommendation", start=5, end=16)
    assert made.leaking(made.state.points["p1"])
    for kind in ("html", "docx"):
        content = report.made(made, kind, "en")[0]
        if kind == "docx":
            content = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml")
        assert not re.search(r"Ana Example\b", content.decode())
        assert "█████: call her, not Anabel" in content.decode()
    published = report.published(made).decode()
    assert not re.search(r"Ana Example\b", published)
    assert "Ana Examples" in published


def test_hostile_texts_are_harmless_in_the_report(tmp_path: Path) -> None:
    lines = hostile()
    made = desk(tmp_path, lines)
    for number, each in enumerate(lines):
        point(made, f"p{number}", HOSTILE[number], each["contribution"])
    content = report.made(made, "html", "en")[0]
    shown = content.decode()
    assert "<script" not in shown
    assert "<img" not in shown
    assert not re.search("[\0-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", shown)
    file = report.made(made, "docx", "en")[0]
    assert docx.Document(io.BytesIO(file)).paragraphs
    with zipfile.ZipFile(io.BytesIO(file)) as packed:
        assert not re.search("[\0-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e]", packed.read("word/document.xml").decode())


def test_what_is_published_is_what_the_bot_takes(tmp_path: Path) -> None:
    lines = [*corpus()[0], *hostile()]
    made = desk(tmp_path, lines)
    point(made, "p1", "A firewall", lines[0]["contribution"])
    point(made, "p2", HOSTILE[2], lines[46]["contribution"])
    point(made, "p3", "Not agreed yet", lines[2]["contribution"])
    for name in ("p1", "p2"):
        made.decide("stage", "", point=name, stage="agreed")
    made.decide("answer", "", point="p1", said="Help without fear", wrote="A firewall", answered="")
    path = tmp_path / "points.json"
    path.write_bytes(report.published(made))
    found = read(path)
    assert [each.id for each in found.points] == ["p1", "p2"]
    assert found.feedback[lines[0]["contribution"]] == ("p1",)


def test_what_is_masked_leaves_with_no_translation_of_the_contribution(tmp_path: Path) -> None:
    made = desk(tmp_path, [line(1, "اتصلوا بآنا مثال غدا", "mena", "ar"), line(2, "Call Ana Example at once")])
    first, second = f"{1:032x}", f"{2:032x}"
    point(made, "p1", "Answer the phone", first, second)

    def translated(contribution: str, text: str) -> None:
        layer = {"layer": "translation", "language": "fr", "text": text, "made_by": "human"}
        made.decide("layer", "", contribution=contribution, question="recommendation", **layer)

    translated(first, "Appelez Mlle Exemple demain")
    translated(second, "Appelez Ana Example tout de suite")
    assert "Mlle Exemple" in report.made(made, "html", "en")[0].decode()
    made.decide("mask", "named", contribution=first, question="recommendation", start=7, end=16)
    made.decide("mask", "named", contribution=second, question="recommendation", start=5, end=16)
    for kind in ("html", "docx"):
        content = report.made(made, kind, "en")[0]
        if kind == "docx":
            content = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml")
        shown = content.decode()
        assert "Exemple" not in shown, "in other letters: nobody can tell where it stands"
        assert "Ana Example" not in shown
        assert "Appelez █████ tout de suite" in shown
    page = pages.item(made, first, {}, "")
    assert "may stand here in other letters" in page
    assert "may stand here" not in pages.item(made, second, {}, "")
    made.decide("tag", "Ana Example asked for it", contribution=second, tag="x")
    made.decide("note", "as Ana Example said", point="p1", note="minority", text="Not for Ana Example", contribution="")
    for shown in (pages.item(made, second, {}, ""), pages.history(made, {}, "")):
        assert "Ana Example" not in shown
    assert "Ana Example" not in report.made(made, "html", "en")[0].decode()
    translated(first, "Appelez █████ demain")
    assert "Appelez █████ demain" in report.made(made, "html", "en")[0].decode()


def test_where_a_point_is_from_and_who_is_shown_it(tmp_path: Path) -> None:
    lines = [line(number, f"Words {number}", "wca" if number < 6 else "eeca") for number in range(1, 8)]
    lines[6]["consultation"] = "esa"
    lines[6]["answers"]["attribution"] = "region"
    made = desk(tmp_path, lines)
    names = [each["contribution"] for each in lines]
    point(made, "p1", "Five from one region, one from another, one who shows theirs", *names)
    point(made, "p2", "One from a region that nobody lets be shown", names[5])
    for name in ("p1", "p2"):
        made.decide("stage", "", point=name, stage="agreed")
    path = tmp_path / "points.json"

    def shown() -> dict[str, tuple[tuple[str, ...], list[str]]]:
        path.write_bytes(report.published(made))
        found = read(path)
        return {
            one.id: (one.origins, [each.consultation for each in found.sets if one in each.points])
            for one in found.points
        }

    every = ["sesea", "eeca", "wca", "sca", "mena", "esa"]
    assert shown() == {
        "p1": (("wca", "esa"), ["sesea", "eeca", "sca", "mena"]),
        "p2": ((), every),  # its region is not named, nor can it be told from where it is not shown
    }
    made.decide("show", "they meet next", point="p1", shown_in=["wca", "mena"])
    made.decide("show", "for receipts only", point="p2", shown_in=[])
    assert {name: found[1] for name, found in shown().items()} == {"p1": ["wca", "mena"], "p2": []}


def test_what_a_consultation_has_no_room_for_is_named(tmp_path: Path) -> None:
    made = desk(tmp_path, [line(1, "Words")])
    for number in range(MOST_POINTS + 1):
        point(made, f"p{number}", f"Point {number}", f"{1:032x}")
        made.decide("stage", "", point=f"p{number}", stage="agreed")
        made.decide("show", "", point=f"p{number}", shown_in=["wca"])
    shown, left = report.fitting(made, made.publishing())
    assert (len(shown), [one.title for one in left["wca"]]) == (MOST_POINTS, [f"Point {MOST_POINTS}"])
    assert "has no room for 1 point: " in pages.report(made, "")


def test_the_report_says_of_itself_only_what_is_true_of_it(tmp_path: Path) -> None:
    made = desk(tmp_path, [line(1, "Words")])
    point(made, "p1", "Joined, shortened, translated", f"{1:032x}")
    shown = report.made(made, "html", "en")[0].decode()
    assert "A star stands for a number" in shown
    assert "This is not a report" not in shown
    assert "word for word" not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_decision_is_told_in_the_language_of_the_report(tmp_path: Path, language: str) -> None:
    frame = Frame(form("recommendation").questionnaire, language)
    told = {kind: frame.text(f"report.did.{kind}") for kind in KINDS if kind not in NOTED}
    assert len(set(told.values())) == len(told)
    assert language == "en" or not set(told.values()) & set(_english().values())
    made = desk(tmp_path, [line(1, "Words"), line(2, "Words")])
    point(made, "p1", "A point", f"{1:032x}")
    made.decide("pair", "the same words", one=f"{1:032x}", other=f"{2:032x}", verdict="twice")
    shown = report.made(made, "html", language)[0].decode()
    for kind in ("point", "place", "feed", "pair"):
        assert told[kind] in html.unescape(shown)
    assert "the same words" in shown


def _english() -> dict[str, str]:
    frame = Frame(form("recommendation").questionnaire, "en")
    return {kind: frame.text(f"report.did.{kind}") for kind in KINDS if kind not in NOTED}


def test_the_report_takes_its_looks_from_a_template(tmp_path: Path) -> None:
    lines, _ = corpus()
    made = desk(tmp_path, lines)
    point(made, "p1", "A firewall", lines[0]["contribution"])
    mine = docx.Document(io.BytesIO(word.template()))
    mine.sections[0].footer.paragraphs[0].text = "Our network: {{ title }}"
    mine.add_paragraph("A last page of ours")
    saved = io.BytesIO()
    mine.save(saved)
    made.template = saved.getvalue()
    found = docx.Document(io.BytesIO(report.made(made, "docx", "en")[0]))
    texts = [each.text for each in found.paragraphs]
    assert texts[0] == "Consolidated recommendations of civil society"
    assert texts.index("A firewall") < texts.index("A last page of ours") == len(texts) - 1
    assert not any("body" in text.casefold() for text in texts[:3])
    assert found.sections[0].footer.paragraphs[0].text == f"Our network: {texts[0]}"
    for wrong in (b"no Word file", _without_body()):
        made.template = wrong
        with pytest.raises(Refused, match="template_unusable"):
            report.made(made, "docx", "en")


def _without_body() -> bytes:
    saved = io.BytesIO()
    docx.Document().save(saved)
    return saved.getvalue()
