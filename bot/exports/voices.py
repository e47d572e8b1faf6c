"""Voice messages of an opened export: each a file of its own beside the output, whose place stands in the line.

Written the moment their part is opened, so that no more than one is held in memory by each worker.
Not here: joining parts (`bot.core.contributions`), other formats (`to_<format>`).
"""

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.core.contributions import VOICES
from bot.core.errors import Corrupt, Refused
from bot.exports.replacement import replacing

_PART = re.compile(r"[0-9a-f]{32}")


class Voices:
    """The folder `<output>.audio`, which is made when there is something to put into it."""

    def __init__(self, output: Path, *, force: bool, only: str | None = None) -> None:
        """Files of an earlier opening are erased with `force`: what was taken back since must not stay.

        `only`: the questionnaire that the output holds; voices of others are not written.

        Raises Refused `output_exists`, `file_unwritable` (path).
        """
        self.folder = output.with_name(f"{output.name}.audio")
        self._only = only
        if not self.folder.exists():
            return
        if not force or not self.folder.is_dir():
            raise Refused("output_exists", path=str(self.folder))
        try:
            for old in self.folder.iterdir():
                if _PART.fullmatch(old.stem) and old.suffix[1:] in VOICES.values():
                    old.unlink()
        except OSError as error:
            raise Refused("file_unwritable", path=str(self.folder)) from error

    @property
    def any(self) -> bool:
        """Whether the export had voices."""
        return self.folder.exists()

    def laid(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The opened part; where it holds a voice, with the place of its file instead.

        Raises Corrupt `part_misplaced` for a part of another shape, Refused `file_unwritable` (path).
        """
        answers = document.get("answers")
        if document.get("kind") != "piece" or not isinstance(answers, Mapping):
            return document
        if self._only is not None and document.get("questionnaire") != self._only:
            return document
        return {**document, "answers": {name: self._laid(document, answer) for name, answer in answers.items()}}

    def _laid(self, document: Mapping[str, Any], answer: Any) -> Any:
        if not isinstance(answer, Mapping):
            return answer
        part = document.get("part")
        try:
            content, ending = base64.b64decode(answer["audio"], validate=True), VOICES[answer["type"]]
        except (KeyError, TypeError, ValueError) as error:
            raise Corrupt("part_misplaced", part=str(part)) from error
        # The name comes from what was opened: nothing but an id may become the name of a file.
        if not isinstance(part, str) or not _PART.fullmatch(part):
            raise Corrupt("part_misplaced", part=str(part))
        name = f"{part}.{ending}"
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise Refused("file_unwritable", path=str(self.folder)) from error
        with replacing(self.folder / name) as file:
            file.write(content)
        return {"file": f"{self.folder.name}/{name}", "type": answer["type"], "seconds": answer.get("seconds")}
