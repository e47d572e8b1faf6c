"""People who answer the recommendation dialogue in the emulator, as people do: for the demo and for tests.

A player looks at the newest message with buttons, recognises by its words what is asked, and answers what is still
missing: pressing or typing, by manner. So it does not mind prompts that are repeated, taps that expire, or a bot that
dies and comes back. A text is never sent twice unless the bot asks for it again.

Not here: the emulator itself, and what the bot makes of the answers. Nothing here knows handlers or stores.
"""

from bot.player.corpus import Record, corpus
from bot.player.player import Button, Manner, Player, Prompt, Stuck, Tap, Write, players, readable
from bot.player.town import Phone, Town

__all__ = [
    "Button",
    "Manner",
    "Phone",
    "Player",
    "Prompt",
    "Record",
    "Stuck",
    "Tap",
    "Town",
    "Write",
    "corpus",
    "players",
    "readable",
]
