"""Named places at which the process can be told to die, for the tests of what survives.

Nothing is armed unless the settings name a point at start; then `crash_point` costs one dictionary look-up. Every room
may pass one. Not here: what is done at those places.
"""

import os
import signal

from bot.core.errors import Misconfigured

POINTS = frozenset(
    {
        "after_fetch",  # updates are here, nothing is handled
        "before_seal",  # an effect is decided, nothing is sealed
        "after_seal",
        "after_redeem",  # an invite is used, and who used it is not noted as let in
        "before_commit",  # handed to the store
        "after_commit",  # stored, nobody was told
        "after_handle",  # the update is done, nothing is confirmed
        "before_set_aside",
        "after_set_aside",
        "before_confirm",  # the next poll will confirm
        "after_confirm",  # Telegram has forgotten what is below
        "before_acknowledge",  # stored, and its answer is next in the chat's line
        "before_send",
        "after_send",  # Telegram accepted this call, we noted nothing
        "after_acknowledge",  # the whole answer was sent, and is still noted as owed
        "after_settle",  # noted as sent
        "before_offer",  # an answer of the organizers waits, nobody was asked whether they may see it
        "after_offer",  # they were asked, and that is not noted
        "after_answer",  # the answer stands in the chat, and is still noted as waiting
        "mover_gathered",  # read from `work`, not yet in the vault
        "mover_stored",  # in both
        "mover_erased",
        "ledger_unplanned",  # of a broadcast: approved, no recipients yet
        "ledger_planned",  # recipients frozen, not yet noted
        "ledger_waiting",
        "ledger_trying",  # marked as being tried, nothing sent
        "ledger_answered",  # Telegram answered, the ledger does not know
        "ledger_marked",
        "before_replicate",  # in the vault, not yet in the replica
        "after_replicate",  # in both, read back, and not yet noted
        "before_delete",  # two copies, the messages still stand in the chats
        "after_delete",  # gone from the chats, and not yet noted
        "export_batched",  # has its number, nothing is written
        "export_part",  # passed with each part
        "export_written",  # whole, and not yet under its name
        "export_placed",
    }
)
"""Every name that may be armed; a test walks the tree and compares."""

_armed: dict[str, int] = {}


def arm(spec: str) -> None:
    """Arm from a setting: `name`, or `name:n` to die at the n-th passage. An empty text disarms everything.

    Raises Misconfigured `crash_point_unknown`.
    """
    _armed.clear()
    if not spec:
        return
    name, _, passage = spec.partition(":")
    if name not in POINTS or (passage and not (passage.isascii() and passage.isdigit() and int(passage) > 0)):
        raise Misconfigured("crash_point_unknown")
    _armed[name] = int(passage or 1)


def crash_point(name: str) -> None:
    """Pass a named place. When it is armed and its turn has come, the process is killed as `kill -9` does it."""
    left = _armed.get(name)
    if left is None:
        return
    if left > 1:
        _armed[name] = left - 1
        return
    os.kill(os.getpid(), signal.SIGKILL)
