"""Whoever adds a screen says which part of the gallery pictures it, and the part notices when it does not."""

from bot.core import screens as show
from tests.journeys.pictures import PICTURED, UNSEEN, Written, everything


def test_every_screen_has_a_part_of_the_gallery() -> None:
    pictured = {kind for kinds in PICTURED.values() for kind in kinds}
    assert len(pictured) > 60
    assert everything() - pictured - {*UNSEEN} == set(), "say in tests/journeys/pictures.py where it is pictured"
    assert (pictured | {*UNSEEN}) - everything() == set()


def test_a_picture_that_is_missing_is_named() -> None:
    written = Written()
    written.note([show.ShowTopics()])
    assert written.missing("cards") == ["this picture is missing: ShowCard"]
    written.note([show.ShowCard("micic", 0)])
    assert written.missing("cards") == []
    assert "this picture is missing: ShowBroadcast(recall)" in written.missing("desk")
