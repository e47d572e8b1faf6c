"""Voice messages beside an opened export: the name of a file comes from outside, and must not lead anywhere."""

import base64
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import Corrupt
from bot.exports.voices import Voices

GOOD = {"audio": base64.b64encode(b"OggS").decode(), "type": "audio/ogg", "seconds": 5}


def piece(part: Any, answer: Any) -> dict[str, Any]:
    return {"kind": "piece", "part": part, "answers": {"story": answer}}


def test_a_voice_becomes_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    voices = Voices(tmp_path / "out.csv", force=False)
    found = voices.laid(piece("ab" * 16, GOOD))
    path = tmp_path / found["answers"]["story"]["file"]
    assert path.read_bytes() == b"OggS"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert voices.laid(piece("ab" * 16, "words"))["answers"] == {"story": "words"}


@pytest.mark.parametrize(
    "document",
    [
        piece("../../x", GOOD),
        piece("ab" * 16 + "\n", GOOD),
        piece(7, GOOD),
        piece("ab" * 16, {**GOOD, "type": "../x"}),
        piece("ab" * 16, {**GOOD, "audio": "not base64!"}),
        piece("ab" * 16, {"type": "audio/ogg"}),
    ],
)
def test_another_shape_is_refused_and_writes_nothing(document: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(Corrupt, match="part_misplaced"):
        Voices(tmp_path / "out.csv", force=False).laid(document)
    assert list(tmp_path.iterdir()) == []


def test_voices_of_another_questionnaire_are_not_written(tmp_path: Path) -> None:
    voices = Voices(tmp_path / "out.xlsx", force=False, only="recommendation")
    kept = voices.laid({**piece("ab" * 16, GOOD), "questionnaire": "recommendation"})
    passed = voices.laid({**piece("cd" * 16, GOOD), "questionnaire": "testimony"})
    assert kept["answers"]["story"]["file"] == f"out.xlsx.audio/{'ab' * 16}.ogg"
    assert passed["answers"]["story"] == GOOD
    assert [path.name for path in voices.folder.iterdir()] == [f"{'ab' * 16}.ogg"]
