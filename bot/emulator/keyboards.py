"""What Telegram demands of a reply markup. Pure: takes parsed JSON, gives it back or refuses."""

import re
from typing import Any

from bot.emulator.formatting import utf16_length
from bot.emulator.refusals import bad_request

_URL = re.compile(r"^(?:https?://|tg://|ton://)?[^\s/?#]+\.?[^\s]*$", re.I)
_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_STYLES = ("danger", "success", "primary")


def checked_markup(markup: Any) -> dict[str, Any] | None:
    """The markup as it will be stored; None for none."""
    if markup is None or markup == {}:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"])
    if "keyboard" in markup:
        _reply(markup["keyboard"])
        return markup
    if markup.get("remove_keyboard") is True or markup.get("force_reply") is True:
        return markup
    raise bad_request("can't parse reply keyboard markup JSON object")


def _inline(rows: Any) -> dict[str, Any] | None:
    if not isinstance(rows, list):
        raise bad_request(
            'can\'t parse inline keyboard markup JSON object: Field "inline_keyboard" must be of type Array'
        )
    count = 0
    for row in rows:
        if not isinstance(row, list):
            raise bad_request("inline keyboard must be an Array of Arrays")
        if len(row) > 8:
            # An undocumented limit; the words are those of the limit on the whole keyboard.
            raise bad_request("reply markup is too long")
        count += len(row)
        for button in row:
            _inline_button(button)
    if count > 100:
        raise bad_request("reply markup is too long")
    kept = [row for row in rows if row]
    return {"inline_keyboard": kept} if kept else None


def _inline_button(button: Any) -> None:
    prefix = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad_request(prefix + "InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request(prefix + 'Can\'t find field "text"')
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")  # words not seen in the official server
    actions = [action for action in _ACTIONS if action in button]
    if not actions:
        raise bad_request(prefix + "Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode("utf-8", "surrogatepass")) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not _URL.match(str(url)):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    copy = button.get("copy_text")
    if copy is not None:
        text = copy.get("text") if isinstance(copy, dict) else None
        if not isinstance(text, str) or not 1 <= utf16_length(text) <= 256:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if "style" in button and button["style"] not in _STYLES:
        raise bad_request(prefix + "Invalid button style specified")


def _reply(rows: Any) -> None:
    if not isinstance(rows, list):
        raise bad_request('can\'t parse keyboard markup JSON object: Field "keyboard" must be of type Array')
    for row in rows:
        if not isinstance(row, list):
            raise bad_request("keyboard must be an Array of Arrays")
        for button in row:
            text = button.get("text") if isinstance(button, dict) else button
            if not isinstance(text, str) or not text:
                raise bad_request("can't parse keyboard button: Can't find field \"text\"")
