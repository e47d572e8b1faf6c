"""Somebody looks over their answers and changes their mind: every coded answer can be changed or taken back."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.consultations import CONSULTATIONS
from bot.exports import bundle
from bot.exports.opening import opened
from bot.player import Manner, Player, Prompt, Record, Tap, Town, corpus
from bot.questionnaires.library import form
from bot.sealing import open_document
from locales.catalogue import Catalogue
from tests.support.bot import running_bot


class Wavering(Player):
    """Means something else once all answers stand there."""

    later: Record

    def _review(self, prompt: Prompt) -> Tap | None:
        self.record = self.later
        return super()._review(prompt)


@pytest.mark.parametrize(
    "later",
    [
        {"country": None},
        {"theme": None, "phase": None},
        {"groups": (), "addressees": ()},
        {"country": "ID", "theme": "evacuation", "groups": ("children", "detained"), "addressees": ("employers",)},
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("manner", [Manner.BUTTONS, Manner.LABELS])
async def test_what_was_chosen_can_be_changed_or_taken_back(
    tmp_path: Path, later: dict[str, str | tuple[str, ...] | None], manner: Manner
) -> None:
    first = corpus()[0]
    async with running_bot(tmp_path) as bot, Town(bot.emulator.url) as town:
        phone = await town.person(language_code="en")
        player = Wavering(phone, first, manner, Catalogue.load(), form("recommendation"), patience=5)
        player.later = replace(first, **later)  # type: ignore[arg-type]
        await player.play(30)
        assert player.corrections >= len(later)
        assert player.repeats == 0
        sealed = tmp_path / "export.zip"
        await bundle.write(sealed, bot.service.stores.vault, [one.id for one in CONSULTATIONS])
        with bundle.read(sealed) as content:
            (line,) = opened(content, lambda part: open_document(part, bot.identities))
    answers = line["answers"]
    assert answers["recommendation"] == first.text
    for question in ("phase", "theme", "country"):
        assert answers[question] == getattr(player.later, question)
    for question in ("groups", "addressees"):
        assert set(answers[question] or ()) == set(getattr(player.later, question))
