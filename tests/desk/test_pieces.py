"""A composite input is split: each ask has codes and a point of its own, and what is masked stays masked in it."""

from collections.abc import Mapping
from pathlib import Path

from bot.core.consolidation.replay import replay
from bot.desk import pages, report
from bot.sealing import new_identity
from tests.desk.test_pages import visitor
from tests.desk.world import desk, line

TEXT = "Open the hotline. Ana Example says stop asking for papers. Pay wages."
ASKS = "Open the hotline.\nAna Example says stop asking for papers.\nPay wages."


async def test_each_ask_has_codes_and_feeds_a_point_of_its_own(tmp_path: Path) -> None:
    made = desk(tmp_path, [line(1, TEXT, phase="emergency", theme="other", addressees=["gov_origin"])])
    name = f"{1:032x}"
    async with visitor(made) as (session, base):

        async def decide(kind: str, fields: Mapping[str, str | list[str]], status: int = 200) -> str:
            form = [("kind", kind), ("contribution", name), ("next", f"/item/{name}")]
            for key, value in fields.items():
                form += [(key, each) for each in ([value] if isinstance(value, str) else value)]
            async with session.post(f"{base}/decide", data=form, headers={"Origin": base}) as answer:
                assert answer.status == status
                return await answer.text()

        await decide("split", {"passages": ASKS})
        first, second, third = made.state.item(name).pieces
        place = {"start": str(second.start), "end": str(second.end)}
        coded: dict[str, str | list[str]] = {
            "phase": "emergency",
            "theme": "firewall",
            "addressees": ["gov_host", "gov_origin"],
            **place,
        }
        await decide("piece", {"reason": "a second ask", **coded})
        third_place = {"start": str(third.start), "end": str(third.end)}
        await decide(
            "piece", {"phase": "post_crisis", "theme": "remittances_wages", "addressees": ["gov_origin"], **third_place}
        )
        before = len(made.log.decisions)
        await decide("piece", coded)
        assert len(made.log.decisions) == before, "what is so already is no decision"
        await decide("piece", {"start": "1", "end": "2", "theme": "firewall"}, 422)
        await decide("piece", {"theme": "no_such_theme", **place}, 422)
        await decide("mask", {"passage": "Ana Example"})
        shown = await decide("feed", {"title": "No papers", "wording": "theirs", **place})
        assert "Ana Example" not in shown.split("What was decided")[0]
        assert "says stop asking for papers" in shown
        (point,) = made.state.standing()
        assert (point.phase, point.themes, set(point.addressees)) == (
            "emergency",
            ("firewall",),
            {"gov_host", "gov_origin"},
        )
        assert point.text == "█████ says stop asking for papers."
        async with session.get(f"{base}/point/{point.id}") as answer:
            page = await answer.text()
            assert "says stop asking for papers" in page
            assert "Pay wages" not in page
            assert "Ana Example" not in page
    assert made.codes_of_piece(name, first, "theme") == ("other",)
    assert set(made.every_code(name, "theme")) == {"other", "firewall", "remittances_wages"}
    assert made.codes(name, "theme") == ("other",)
    for theme in ("firewall", "remittances_wages"):
        assert f"/item/{name}" in pages.inbox(made, {"theme": theme}, "")
    assert replay(made.log.decisions) == made.state
    undo = next(one for one in made.log.decisions if one.kind == "split")
    made.decide("undo", "", of=undo.id)
    assert made.every_code(name, "theme") == ("other",)
    assert len(made.state.unfitting) == 4


def test_what_was_taken_back_names_its_points_and_the_files_that_left(tmp_path: Path) -> None:
    lines = [line(number, f"Words number {number}") for number in (1, 2)]
    identity = new_identity()
    made = desk(tmp_path, lines, identity)
    one, two = (each["contribution"] for each in lines)
    made.decide("point", "", point="p1", title="A point", text="", language="en", wording="ours")
    for name in (one, two):
        made.decide("feed", "", point="p1", contribution=name, question=None, start=None, end=None)
    made.leave("report-en.docx", *report.cited(made))
    made.leave("report-en.docx", *report.cited(made))
    assert [sorted(sent.contributions) for sent in made.state.left] == [[one, two]]
    assert made.taken_back() == []
    made.log.close()
    lines[0] = {**line(1, ""), "state": "withdrawn", "answers": {}, "questionnaire": None}
    again = desk(tmp_path, lines, identity)
    ((name, points, left),) = again.taken_back()
    assert (name, [point.id for point in points], [sent.what for sent in left]) == (one, ["p1"], ["report-en.docx"])
    shown = pages.inbox(again, {}, "")
    assert "report-en.docx" in shown
    assert "tell whoever has it" in shown
    page = pages.item(again, one, {}, "")
    assert "answers.zip" in page
    assert "report-en.docx" in page
    assert report.cited(again) == (["p1"], [two])
    again.leave("report-en.docx", *report.cited(again))
    assert len(again.state.left) == 2
    left_again = next(one for one in again.log.decisions if one.kind == "left")
    assert "Undo" not in pages.history(again, {}, "").split(left_again.fields["what"])[1].split("</tr>")[0]


async def test_a_download_is_noted_once(tmp_path: Path) -> None:
    made = desk(tmp_path, [line(1, "Words")])
    made.decide("point", "", point="p1", title="A point", text="", language="en", wording="ours")
    made.decide("feed", "", point="p1", contribution=f"{1:032x}", question=None, start=None, end=None)
    made.decide("stage", "", point="p1", stage="agreed")
    async with visitor(made) as (session, base):
        for path in ("/report/file?format=html&language=fr", "/report/file?format=html&language=fr", "/report/publish"):
            async with session.get(base + path) as answer:
                assert answer.status == 200
                await answer.read()
    assert [(sent.what, len(sent.contributions)) for sent in made.state.left] == [
        ("report-fr.html", 1),
        ("points.json", 1),
    ]
