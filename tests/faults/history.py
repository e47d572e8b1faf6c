"""What people said and what the bot told them it had taken, held against the export that a key opens.

A recommendation is known by its texts, each of which occurs nowhere else. An operation is *invoked* when a person acts,
*ok* when the chat shows that it was taken, and *open* in between: an open one may have had its effect or not, an
acknowledged one must be there, and nothing may be there that was never invoked.
Not here: who acts and reads the chat (`teller`), where the export comes from (`stand`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.contributions import JOINT

WRITTEN = ("recommendation", "example")
"""Questions that are answered in one's own words."""


@dataclass
class Saying:
    """One recommendation of one person, from both sides of the chat."""

    name: str
    """Stands in a report; nothing of it is in what was said."""
    written: dict[str, list[str]] = field(default_factory=dict)
    """Question to the messages sent, in order."""
    saved: Counter[str] = field(default_factory=Counter)
    """Question to the number of messages that the chat said were saved."""
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Question to the codes pressed; empty for a question passed by."""
    settled: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Question to the codes that the chat showed as the answer."""
    handed_in: bool = False
    """Send was pressed, and the outcome is open until there is a receipt."""
    receipts: set[str] = field(default_factory=set)

    def answers(self) -> dict[str, Any]:
        """What has to be in the export, as it stands there."""
        words = {
            question: JOINT.join(self.written[question]) if self.written.get(question) else None for question in WRITTEN
        }
        codes = {
            question: self.chosen.get(question, ())
            for question in ("phase", "theme", "groups", "addressees", "country")
        }
        one = {question: found[0] if (found := codes[question]) else None for question in ("phase", "theme", "country")}
        many = {question: sorted(codes[question]) or None for question in ("groups", "addressees")}
        return {**words, **one, **many}


class History:
    """Everything that was said, and what looked wrong while it was."""

    def __init__(self) -> None:
        self.sayings: list[Saying] = []
        self.noticed: list[str] = []
        """Promises that the chat itself showed to be broken."""
        self.inputs = 0
        """Messages and taps of people."""

    def begin(self, name: str) -> Saying:
        """A new recommendation."""
        self.sayings.append(Saying(name))
        return self.sayings[-1]

    def notice(self, what: str) -> None:
        """Something that must not happen was seen."""
        self.noticed.append(what)

    @property
    def receipts(self) -> list[str]:
        """Every receipt that was shown."""
        return [receipt for saying in self.sayings for receipt in sorted(saying.receipts)]


def violations(history: History, lines: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every promise that is broken, given the opened export: one line of `micic open` for each contribution."""
    found = list(history.noticed)
    by_text = {text: saying for saying in history.sayings for texts in saying.written.values() for text in texts}
    exported: dict[str, list[Mapping[str, Any]]] = {}
    ids: Counter[str] = Counter()
    for line in lines:
        ids[line["contribution"]] += 1
        told_by = {by_text[text].name if text in by_text else "" for text in _messages(line["answers"])}
        if len(told_by) != 1 or "" in told_by:
            found.append(f"a contribution holds what nobody said, or what several said: {sorted(told_by)}")
            continue
        exported.setdefault(told_by.pop(), []).append(line)
    found += [f"contribution {name} is in the export {count} times" for name, count in ids.items() if count > 1]
    for saying in history.sayings:
        found += _of_one(saying, exported.get(saying.name, []))
    shown = Counter(history.receipts)
    found += [f"the same receipt was shown for {count} recommendations" for count in shown.values() if count > 1]
    return found


def _messages(answers: Mapping[str, Any]) -> list[str]:
    return [text for question in WRITTEN if answers.get(question) for text in str(answers[question]).split(JOINT)]


def _of_one(saying: Saying, lines: Sequence[Mapping[str, Any]]) -> list[str]:
    name = saying.name
    if len(saying.receipts) > 1:
        return [f"{name}: {len(saying.receipts)} receipts for one recommendation"]
    if len(lines) > 1:
        return [f"{name}: exported {len(lines)} times"]
    if not lines:
        return [f"{name}: has a receipt and is not in the export"] if saying.receipts else []
    if not saying.handed_in:
        return [f"{name}: exported, but was never handed in"]
    answers, meant = lines[0]["answers"], saying.answers()
    wrong = [question for question, value in meant.items() if _plain(answers.get(question)) != value]
    return [f"{name}: {question} is not what was said" for question in wrong]


def _plain(value: Any) -> Any:
    """Codes of a list have no order that a person gave them."""
    return sorted(value) if isinstance(value, list) else value
