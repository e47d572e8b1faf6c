"""Everything that the bot ever showed to anybody, also what it changed or took away since.

heard = Heard()
bot.emulator.running.world.listeners.append(heard.hear)
"""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.support.emulator import Message, Person, text_of


@dataclass
class Heard:
    """A listener of the emulator's world."""

    messages: dict[int, list[Message]] = field(default_factory=dict)
    """New ones as they came, by person."""
    shown: dict[int, list[str]] = field(default_factory=dict)
    """New and changed ones with all that belongs to them, written out, by person."""

    def hear(self, event: dict[str, Any]) -> None:
        """Keep it as it stands now."""
        if event["type"] not in ("message", "edit") or event["message"]["outgoing"]:
            return
        written = json.dumps(event["message"], ensure_ascii=False)
        self.shown.setdefault(event["person"], []).append(written)
        if event["type"] == "message":
            self.messages.setdefault(event["person"], []).append(json.loads(written))

    def times(self, person: Person, part: str) -> int:
        """How many messages that say this came to somebody's phone."""
        return sum(part in text_of(message) for message in self.messages.get(person.id, ()))
