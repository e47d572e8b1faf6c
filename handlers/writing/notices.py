"""What a broadcast leaves in a chat, in each language: exactly this is previewed, approved and sent.

Plain text with Telegram's entities, never markup: nothing that an organizer writes can turn into something else.
Not here: the organizers' screens (`broadcasts`), sending (`handlers.broadcasting`).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.core.outbox import Act, Broadcast, Form, Mark, Text, text_for, units
from handlers import buttons
from handlers.messages import Button
from locales.catalogue import Catalogue


def notice(catalogue: Catalogue, broadcast: Broadcast, language: str) -> Text:
    """What a reader of this language gets."""
    if broadcast.form is Form.NEUTRAL:
        body = Text(catalogue.text(language, "outbox.neutral"))
    else:
        found = text_for(broadcast, catalogue.chain(language))
        body = Text("") if found is None else found[1]
    if broadcast.act is not Act.RESEND:
        return body
    return _after(catalogue.text(language, "outbox.again"), body)


def _after(line: str, body: Text) -> Text:
    before = f"{line}\n\n"
    shift = units(before)
    return Text(before + body.text, tuple(replace(mark, offset=mark.offset + shift) for mark in body.marks))


def entities(marks: tuple[Mark, ...]) -> list[dict[str, Any]]:
    """Formatting as the Bot API takes it."""
    return [{"type": mark.kind, "offset": mark.offset, "length": mark.length} for mark in marks]


def contents(catalogue: Catalogue, broadcast: Broadcast) -> Mapping[str, Mapping[str, Any]]:
    """Parameters of a call, by language of the reader."""
    return {
        language.code: {
            **content(notice(catalogue, broadcast, language.code)),
            **_way(catalogue, broadcast, language.code),
        }
        for language in catalogue.declared
    }


def leads_to(catalogue: Catalogue, broadcast: Broadcast, language: str) -> Button | None:
    """The button that opens the briefing which a broadcast tells of."""
    if broadcast.briefing is None:
        return None
    return Button(catalogue.text(language, "briefing.read"), buttons.read_briefing(broadcast.briefing))


def _way(catalogue: Catalogue, broadcast: Broadcast, language: str) -> dict[str, Any]:
    """It stands below the text itself only: a notice says nothing."""
    button = leads_to(catalogue, broadcast, language) if broadcast.form is Form.FULL else None
    if button is None:
        return {}
    keyboard = [[{"text": button.label, "callback_data": button.data}]]
    return {"reply_markup": {"inline_keyboard": keyboard}}


def content(text: Text) -> dict[str, Any]:
    """A text as parameters of a call."""
    params: dict[str, Any] = {"text": text.text, "link_preview_options": {"is_disabled": True}}
    if text.marks:
        params["entities"] = entities(text.marks)
    return params
