"""Where there is little or nothing, and a text that asks for it without saying how little."""

from pathlib import Path

from bot.core.disclosure import LEAST
from bot.desk import coverage
from tests.desk.test_pages import visitor
from tests.desk.world import LANGUAGES, desk, line

EMERGENCY = 7
"""Contributions about the emergency."""


def lines(children: int) -> list[dict[str, object]]:
    return [
        line(number, f"Words {number}", phase="emergency", groups=["children"] if number < children else ["detained"])
        for number in range(EMERGENCY)
    ]


def test_nothing_and_little_are_missing_and_what_is_shown_is_not(tmp_path: Path) -> None:
    made = desk(tmp_path, lines(0))
    missing = coverage.missing(made, coverage.grids(made, *coverage.ASKED))
    assert set(missing) == {"eeca"}
    assert set(missing["eeca"]["phase"]) == {"pre_crisis", "post_crisis", "cross_cutting"}
    assert "children" in missing["eeca"]["groups"]
    assert "detained" not in missing["eeca"]["groups"]


def test_a_text_says_no_more_than_the_table(tmp_path: Path) -> None:
    """Whether two or three are about children, the table hides it, and the text is the same."""
    texts = set()
    for children in (2, 3):
        made = desk(tmp_path, lines(children), author=f"Noor{children}")
        _, shown = coverage.grids(made, "groups")["groups"]
        assert all(number is None or number == 0 or number >= LEAST for row in shown.cells for number in row)
        texts.add(coverage.ask(made, "eeca"))
    assert len(texts) == 1


def test_the_text_is_there_in_every_language(tmp_path: Path) -> None:
    text = coverage.ask(desk(tmp_path, lines(0)), "eeca")
    parts = text.split("----------")
    assert len(parts) == len(LANGUAGES)
    assert "Children" in parts[0]
    assert "الأطفال" in text
    assert "pre_crisis" not in text
    assert not any(character.isdigit() for character in text)


async def test_the_page_leads_to_the_file(tmp_path: Path) -> None:
    async with visitor(desk(tmp_path, lines(0))) as (session, base):
        async with session.get(f"{base}/coverage") as answer:
            assert "/coverage/ask?consultation=eeca" in await answer.text()
        async with session.get(f"{base}/coverage/ask?consultation=eeca") as answer:
            assert answer.status == 200
            assert answer.headers["content-disposition"] == 'attachment; filename="ask-eeca.txt"'
            assert "Before" in await answer.text()
        async with session.get(f"{base}/coverage/ask?consultation=<script>") as answer:
            assert answer.status == 404
            assert "script>" not in (await answer.text()).split("<main")[1]
