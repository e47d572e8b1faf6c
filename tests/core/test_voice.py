"""The step `audio`: what is taken, what is not, and what a voice message becomes when it is sealed and joined."""

import base64
import itertools

import pytest

from bot.core.contributions import ContributionId, Envelope, PartId, head, join, voice_piece
from bot.core.dialogue import effects as out
from bot.core.dialogue.draft import Answer, Written
from bot.core.dialogue.events import Do, Voiced
from bot.core.dialogue.questionnaire import Kind, Question, StepId
from bot.core.dialogue.steps import audio
from bot.core.errors import Corrupt
from bot.questionnaires.compilation import compile_markdown
from tests.core.test_engine import Walk

NUMBERS = itertools.count(1)
QUESTION = Question(StepId("story"), Kind.AUDIO, {}, {}, {}, max_seconds=20, max_megabytes=1)
TWELVE = Answer(written=(Written(PartId("ab" * 16), 7, 12, 600_000),))

FORM = """
| survey | type | name | label | required |
| | audio | story | Tell it. | no |
| | text | words | Write it. | no |

| settings | form_id | title | version |
| | small | Small | 1 |
"""


def voiced(seconds: int = 5, size: int = 10, content: bytes | None = b"OggS", step: str | None = None) -> Voiced:
    return Voiced(101, PartId(f"{next(NUMBERS):032x}"), seconds, size, "audio/ogg", content, step)


@pytest.mark.parametrize(
    ("event", "before", "key"),
    [
        (voiced(20), None, None),
        (voiced(21), None, "voice.too_long"),
        (voiced(8), TWELVE, None),
        (voiced(9), TWELVE, "voice.too_long"),
        (voiced(size=1_000_000), None, None),
        (voiced(size=1_000_001), None, "voice.too_big"),
        (voiced(size=1_000_001, content=None), None, "voice.too_big"),
        (voiced(size=400_001), TWELVE, "voice.too_big"),
        (voiced(content=b"x" * 1_000_001), None, "voice.too_big"),
        (voiced(content=b""), None, "voice.not_fetched"),
        (voiced(content=None), None, None),
    ],
)
def test_limits_hold_for_the_answer_as_a_whole(event: Voiced, before: Answer | None, key: str | None) -> None:
    trouble = audio.refused(QUESTION, before, event)
    assert (trouble.key if trouble else None) == key


def test_a_voice_is_kept_added_to_replaced_and_removed() -> None:
    walk = Walk(compile_markdown(FORM))
    walk.event(voiced(5))
    assert [effect.voiced.seconds for effect in walk.effects if isinstance(effect, out.KeepVoice)] == [5]
    walk.event(voiced(6))
    assert [one.seconds for one in walk.draft.answers[StepId("story")].written] == [5, 6]
    walk.press(Do.NEXT)
    # Elsewhere it is not an answer.
    walk.event(voiced(7))
    assert not any(isinstance(effect, out.KeepVoice) for effect in walk.effects)
    walk.press(Do.SKIP)
    walk.press(Do.CHANGE, 0)
    walk.event(voiced(8, step="words"))
    assert [one.seconds for one in walk.draft.answers[StepId("story")].written] == [5, 6]
    assert len(walk.kept) == 2
    walk.event(voiced(8))
    (one,) = walk.draft.answers[StepId("story")].written
    assert (one.seconds, list(walk.kept)) == (8, [one.part])
    walk.press(Do.NEXT)
    walk.press(Do.CHANGE, 0)
    walk.press(Do.SKIP)
    assert walk.draft.answers[StepId("story")].skipped
    assert walk.kept == {}


def test_a_voice_joins_to_places_never_to_its_contents() -> None:
    name, part = ContributionId("11" * 16), PartId("22" * 16)
    envelope = Envelope(name, "eeca", "small", "1", "en", "2026-11-22")
    document = voice_piece(envelope, part, "story", b"OggS voice", type_="audio/ogg", seconds=5)
    assert document["answers"]["story"] == {
        "audio": base64.b64encode(b"OggS voice").decode(),
        "type": "audio/ogg",
        "seconds": 5,
    }
    parts = {PartId(name): head(envelope, {"story": ""}, {"story": [part]}, "1"), part: document}
    assert join(parts, name)["answers"] == {"story": [f"{part}.ogg"]}
    placed = {**document, "answers": {"story": {"file": f"out.audio/{part}.ogg", "type": "audio/ogg"}}}
    assert join({**parts, part: placed}, name)["answers"] == {"story": [f"out.audio/{part}.ogg"]}
    with pytest.raises(Corrupt, match="part_misplaced"):
        join({**parts, part: {**document, "answers": {"other": document["answers"]["story"]}}}, name)
