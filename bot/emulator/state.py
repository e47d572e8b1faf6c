"""A whole world as one JSON object and back, so that a demo survives a restart. Only the newest messages and files.

Not here: the file it is kept in (`server`).
"""

from typing import Any

from bot.emulator.chats import Chat, Person
from bot.emulator.refusals import Refusal
from bot.emulator.world import World

_DUMPED_QUERIES = 500


def dump(world: World) -> dict[str, Any]:
    """Everything that matters; recorded requests, faults and reactions are not kept."""
    return {
        "offset": world.offset,
        "people": [{**person.card(), "deactivated": person.deactivated} for person in world.people.values()],
        "chats": [chat.dump() for chat in world.chats.values()],
        "updates": world.updates.dump(),
        "profile": world.profile.dump(),
        "files": world.files.dump(),
        "queries": dict(list(world.queries.items())[-_DUMPED_QUERIES:]),
        "last_message": world.last_message,
        "last_query": world.last_query,
    }


def load(world: World, state: Any) -> None:
    """The reverse of `dump`. Raises `Refusal`, and leaves the world half changed, when the state is not one of ours."""
    try:
        world.people = {int(one["id"]): Person(**one) for one in state["people"]}
        world.chats = {int(one["id"]): Chat.load(one) for one in state["chats"]}
        world.updates.load(state["updates"])
        world.profile.load(state["profile"])
        world.files.load(state["files"])
        world.queries = {key: (int(who), float(when)) for key, (who, when) in state["queries"].items()}
        world.offset = float(state["offset"])
        world.last_message = int(state["last_message"])
        world.last_query = int(state["last_query"])
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise Refusal(400, "not a state of this emulator") from fault
    world.tell("bot", 0)
