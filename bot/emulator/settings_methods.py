"""Bot API methods that tell or set something about the bot, a chat or a file; no message is sent or changed by them."""

from collections.abc import Callable
from typing import Any

from bot.emulator.parameters import Parameters
from bot.emulator.refusals import bad_request
from bot.emulator.world import World

Method = Callable[[World, Parameters], Any]

_GETFILE_LIMIT = 20 * 1024 * 1024


def get_me(world: World, _: Parameters) -> dict[str, Any]:
    """GetMe."""
    return {
        **world.bot_user(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def yes(_world: World, _parameters: Parameters) -> bool:
    """Methods with nothing to do here: logOut, close."""
    return True


# -- webhooks: remembered, never called


def set_webhook(world: World, parameters: Parameters) -> bool:
    """SetWebhook; an empty url is a deletion."""
    url = parameters.text("url")
    if not url:
        return delete_webhook(world, parameters)
    if not url.startswith("https://"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    world.webhook = {"url": url, "allowed_updates": parameters.structure("allowed_updates")}
    if parameters.flag("drop_pending_updates"):
        world.updates.clear()
    world.tell("webhook", 0)
    return True


def delete_webhook(world: World, parameters: Parameters) -> bool:
    """DeleteWebhook."""
    world.webhook = None
    if parameters.flag("drop_pending_updates"):
        world.updates.clear()
    return True


def get_webhook_info(world: World, _: Parameters) -> dict[str, Any]:
    """GetWebhookInfo."""
    webhook = world.webhook or {"url": ""}
    info = {
        "url": webhook["url"],
        "has_custom_certificate": False,
        "pending_update_count": world.updates.pending(world.now()),
    }
    allowed = webhook.get("allowed_updates") or world.updates.allowed
    return {**info, "allowed_updates": allowed} if allowed else info


# -- the bot's own card


def _set_text(kind: str) -> Method:
    def change(world: World, parameters: Parameters) -> bool:
        world.profile.set_text(kind, parameters.text(kind), parameters.text("language_code"))
        world.tell("bot", 0)
        return True

    return change


def _get_text(kind: str) -> Method:
    def give(world: World, parameters: Parameters) -> dict[str, str]:
        return {kind: world.profile.exact_text(kind, parameters.text("language_code"))}

    return give


def set_my_commands(world: World, parameters: Parameters) -> bool:
    """SetMyCommands."""
    commands, scope = parameters.structure("commands"), parameters.structure("scope")
    world.profile.set_commands(commands, scope, parameters.text("language_code"))
    world.tell("commands", 0)
    return True


def get_my_commands(world: World, parameters: Parameters) -> list[dict[str, str]]:
    """GetMyCommands."""
    return world.profile.exact_commands(parameters.structure("scope"), parameters.text("language_code"))


def delete_my_commands(world: World, parameters: Parameters) -> bool:
    """DeleteMyCommands."""
    world.profile.delete_commands(parameters.structure("scope"), parameters.text("language_code"))
    world.tell("commands", 0)
    return True


# -- chats and files


def get_chat(world: World, parameters: Parameters) -> dict[str, Any]:
    """GetChat."""
    chat = world.known(parameters.values.get("chat_id"))
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
    )
    return {**chat.body(), "accent_color_id": 0, "max_reaction_count": 1, "accepted_gift_types": gifts}


def get_chat_member(world: World, parameters: Parameters) -> dict[str, Any]:
    """GetChatMember."""
    chat = world.known(parameters.values.get("chat_id"))
    user = parameters.integer("user_id")
    if user == world.bot_id:
        return {"user": world.bot_user(), "status": "member" if chat.started else "left"}
    person = world.people.get(user or 0)
    if person is None or (chat.type == "private" and chat.id != person.id):
        raise bad_request("user not found")
    return {"user": person.user(), "status": "member"}


def leave_chat(world: World, parameters: Parameters) -> bool:
    """LeaveChat."""
    chat = world.known(parameters.values.get("chat_id"))
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    world.reachable(chat.id)
    world.leave(chat)
    return True


def get_file(world: World, parameters: Parameters) -> dict[str, Any]:
    """GetFile; the path is good for the /file/bot<token>/ address."""
    stored = world.files.by_id.get(parameters.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.content) > _GETFILE_LIMIT:
        raise bad_request("file is too big")
    return {**stored.reference(), "file_path": stored.path}


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "logOut": yes,
    "close": yes,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "setMyName": _set_text("name"),
    "getMyName": _get_text("name"),
    "setMyDescription": _set_text("description"),
    "getMyDescription": _get_text("description"),
    "setMyShortDescription": _set_text("short_description"),
    "getMyShortDescription": _get_text("short_description"),
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "leaveChat": leave_chat,
    "getFile": get_file,
}
