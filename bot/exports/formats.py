"""The formats of `micic open`: each is one file, `to_<format>`, and one line in `FORMATS`.

Apart from the package itself, so that whoever only writes or checks a bundle need not wait for Word's library.
Not here: what a line holds (`opening`), what can be asked of a table (`options`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bot.core.dialogue.questionnaire import Questionnaire
from bot.exports import to_csv, to_docx, to_flow_results, to_html, to_jsonl, to_spss, to_xlsx
from bot.exports.options import DEFAULT, Options


class Write(Protocol):
    """Writes lines of an opened export to a file, which appears whole or not at all; how many lines there were."""

    def __call__(
        self, lines: Iterable[Mapping[str, Any]], questionnaire: Questionnaire, path: Path, options: Options = DEFAULT
    ) -> int:
        """Write everything; raises Refused `folder_missing`, `file_unwritable` (path)."""
        ...


@dataclass(frozen=True)
class Format:
    """One format of `micic open --format`."""

    name: str
    write: Write
    ending: str = ""
    """Of its files, where it is not the name."""


FORMATS: tuple[Format, ...] = (
    Format("jsonl", to_jsonl.write),
    Format("csv", to_csv.write),
    Format("xlsx", to_xlsx.write),
    Format("docx", to_docx.write),
    Format("html", to_html.write),
    Format("flow_results", to_flow_results.write, "zip"),
    Format("spss", to_spss.write, "sav"),
)
