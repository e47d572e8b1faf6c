"""From marked-up text to plain text with entities, as Telegram reads it: strict HTML, MarkdownV2, found links.

Offsets and lengths are in UTF-16 units. The grammar of HTML is Telegram's own, which is not the web's: only its few
tags, only `&lt; &gt; &amp; &quot;` and numeric references, nothing left open. Not here: limits on length (`api`).
"""

import re
from typing import Any

from bot.emulator.refusals import bad_request

Entity = dict[str, Any]

_SPACE = " \t\r\n\v\0"
_SIMPLE_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
}
_TAGS = {*_SIMPLE_TAGS, "a", "blockquote", "tg-emoji", "tg-time"}
_KEPT_ATTRIBUTES = {
    ("a", "href"),
    ("code", "class"),
    ("span", "class"),
    ("tg-emoji", "emoji-id"),
    ("tg-time", "unix"),
    ("tg-time", "format"),
    ("blockquote", "expandable"),
}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot)(?![A-Za-z]));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_LINK = re.compile(r"^(?:https?|tg|ftp|tonsite)://[^\s]+$|^mailto:[^\s]+$|^[\w-]+(?:\.[\w-]+)+(?:[/?#:][^\s]*)?$", re.I)
_FOUND = re.compile(
    r"(?P<url>(?:https?|tg)://\w[^\s<>\"«»\u2000-\u206f]*)"
    r"|(?P<email>[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
    r"|(?<![\w/<>@])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<![\w/@])(?P<mention>@[A-Za-z0-9_]{4,32})\b"
    r"|(?<![\w/#])(?P<hashtag>#(?=\w*[^\W\d_])\w+)"
)


class Malformed(ValueError):
    """The text cannot be parsed; the sentence is the one Telegram adds after "can't parse entities: "."""


_HALF_PAIR = re.compile("[\ud800-\udfff]")


def is_encodable(text: str) -> bool:
    """Whether the text has no half of a surrogate pair, which only a JSON escape can smuggle in."""
    return text.isascii() or _HALF_PAIR.search(text) is None


def utf16_length(text: str) -> int:
    """How long Telegram says the text is."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse(text: str, mode: str | None) -> tuple[str, list[Entity]]:
    """Plain text and entities. `mode` is `HTML`, `MarkdownV2` or nothing. Raises `Malformed`, `Refusal`."""
    match (mode or "").lower():
        case "":
            return text, []
        case "html":
            return parse_html(text)
        case "markdownv2":
            return parse_markdown(text)
        case _:
            raise bad_request("unsupported parse_mode")


class _Reader:
    """One pass over one HTML text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.out: list[str] = []
        self.length = 0
        self.open: list[tuple[str, dict[str, str], int]] = []
        self.entities: list[Entity] = []

    def byte(self, position: int) -> int:
        return len(self.text[:position].encode("utf-8", "surrogatepass"))

    def write(self, part: str) -> None:
        self.out.append(part)
        self.length += utf16_length(part)

    def skip_space(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in _SPACE:
            self.at += 1

    def until(self, stops: str) -> str:
        begin = self.at
        while self.at < len(self.text) and self.text[self.at] not in stops:
            self.at += 1
        return self.text[begin : self.at]

    def ended(self) -> bool:
        return self.at >= len(self.text)

    def read(self) -> tuple[str, list[Entity]]:
        size = len(self.text)
        while self.at < size:
            begin = self.at
            plain = self.until("<&")
            if plain:
                self.write(plain)
            if self.at >= size:
                break
            begin = self.at
            if self.text[begin] == "&":
                character, self.at = _decode(self.text, begin)
                self.write(character)
            elif self.text[begin + 1 : begin + 2] == "/":
                self.at = begin + 2
                self.close_tag(begin)
            else:
                self.at = begin + 1
                self.open_tag(begin)
        if self.open:
            raise Malformed(f'Can\'t find end tag corresponding to start tag "{self.open[-1][0]}"')
        return "".join(self.out), self.entities

    def open_tag(self, begin: int) -> None:
        name = self.until(_SPACE + ">").lower()
        if self.ended():
            raise Malformed(f"Unclosed start tag at byte offset {self.byte(begin)}")
        if name not in _TAGS:
            raise Malformed(f'Unsupported start tag "{name}" at byte offset {self.byte(begin)}')
        attributes: dict[str, str] = {}
        while True:
            self.skip_space()
            if self.ended():
                raise Malformed(f"Unclosed start tag at byte offset {self.byte(begin)}")
            if self.text[self.at] == ">":
                self.at += 1
                break
            attribute, value = self.attribute(name, begin)
            if (name, attribute) in _KEPT_ATTRIBUTES:
                attributes[attribute] = value
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise Malformed(f'Tag "span" must have class "tg-spoiler" at byte offset {self.byte(begin)}')
        self.open.append((name, attributes, self.length))

    def attribute(self, tag: str, begin: int) -> tuple[str, str]:
        attribute = self.until(_SPACE + "=>")
        if not attribute:
            raise Malformed(f'Empty attribute name in the tag "{tag}" at byte offset {self.byte(begin)}')
        self.skip_space()
        if self.ended():
            raise Malformed(f"Unclosed start tag at byte offset {self.byte(begin)}")
        if self.text[self.at] != "=":
            if (tag, attribute) == ("blockquote", "expandable"):
                return attribute, ""
            raise Malformed(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}" '
                f"at byte offset {self.byte(begin)}"
            )
        self.at += 1
        self.skip_space()
        if self.ended():
            raise Malformed(f'Unclosed start tag "{tag}" at byte offset {self.byte(begin)}')
        quote = self.text[self.at]
        if quote not in "'\"":
            token = self.at
            match = re.compile(r"[A-Za-z0-9.\-]*").match(self.text, token)
            self.at = match.end() if match else token
            if self.ended() or self.text[self.at] not in _SPACE + ">":
                raise Malformed(f"Unexpected end of name token at byte offset {self.byte(token)}")
            return attribute, self.text[token : self.at].lower()
        self.at += 1
        value = self.until(quote)
        self.at += 1
        if self.ended():
            raise Malformed(f"Unclosed start tag at byte offset {self.byte(begin)}")
        return attribute, _REFERENCE.sub(lambda found: _decode(found.group(), 0)[0], value)

    def close_tag(self, begin: int) -> None:
        if not self.open:
            raise Malformed(f"Unexpected end tag at byte offset {self.byte(begin)}")
        name = self.until(_SPACE + ">").lower()
        self.skip_space()
        if self.ended() or self.text[self.at] != ">":
            raise Malformed(f"Unclosed end tag at byte offset {self.byte(begin)}")
        self.at += 1
        tag, attributes, offset = self.open.pop()
        if name and name != tag:
            raise Malformed(
                f'Unmatched end tag at byte offset {self.byte(begin)}, expected "</{tag}>", found "</{name}>"'
            )
        if self.length > offset:
            entity = _entity(tag, attributes, "".join(self.out), offset, self.length)
            if entity is not None:
                self.entities.append(entity)


def _decode(text: str, position: int) -> tuple[str, int]:
    """The character a reference at `position` stands for, or the ampersand itself, and where to go on."""
    found = _REFERENCE.match(text, position)
    if found is None:
        return "&", position + 1
    hexadecimal, decimal, name = found.groups()
    if name:
        return _NAMED[name], found.end()
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if code == 0 or code >= 0x10FFFF or 0xD800 <= code <= 0xDFFF or len(found.group().rstrip(";")) >= 10:
        return "&", position + 1
    return chr(code), found.end()


def _entity(tag: str, attributes: dict[str, str], written: str, offset: int, end: int) -> Entity | None:
    place = {"offset": offset, "length": end - offset}
    if tag == "a":
        link = attributes.get("href") or written.encode("utf-16-le")[offset * 2 :].decode("utf-16-le")
        if not _LINK.match(link):
            return None  # Telegram keeps the words and drops a link it does not understand
        return {"type": "text_link", **place, "url": link if ":" in link else f"http://{link}/"}
    if tag == "blockquote":
        return {"type": "expandable_blockquote" if "expandable" in attributes else "blockquote", **place}
    if tag == "tg-emoji":
        return {"type": "custom_emoji", **place, "custom_emoji_id": attributes.get("emoji-id", "")}
    if tag == "tg-time":
        unix = attributes.get("unix", "")
        if not unix.isdigit():
            raise Malformed("Invalid Unix time specified")  # wording not seen in the official server
        time: Entity = {"type": "date_time", **place, "unix_time": int(unix)}
        if attributes.get("format"):
            time["date_time_format"] = attributes["format"]
        return time
    entity: Entity = {"type": _SIMPLE_TAGS[tag], **place}
    if tag == "code" and attributes.get("class", "").startswith("language-"):
        entity["language"] = attributes["class"][len("language-") :]
    return entity


def parse_html(text: str) -> tuple[str, list[Entity]]:
    """Strict HTML. Raises `Malformed` with Telegram's sentence and byte offset."""
    if "<" not in text and "&" not in text:
        return text, []
    plain, entities = _Reader(text).read()
    return plain, _settled(entities)


_MARKS = {"*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler", "`": "code"}
_RESERVED = set("_*[]()~`>#+-=|{}.!")
_LINK_END = re.compile(r"\]\(((?:[^()\\]|\\.)*)\)")
_CODE_BLOCK = re.compile(r"```(?:([A-Za-z0-9+-]*)\n)?((?:[^`\\]|\\.)*)```", re.S)


def parse_markdown(text: str) -> tuple[str, list[Entity]]:
    """MarkdownV2 without block quotes and custom emoji, which a bot that writes HTML has no use for."""
    out: list[str] = []
    length = 0
    opened: list[tuple[str, int, int]] = []
    entities: list[Entity] = []
    at = 0
    while at < len(text):
        block = _CODE_BLOCK.match(text, at)
        mark = next((m for m in ("__", "||") if text.startswith(m, at)), text[at])
        in_code = bool(opened) and opened[-1][0] == "`"
        if text[at] == "\\" and at + 1 < len(text):
            piece, at = text[at + 1], at + 2
        elif block and not in_code:
            piece, at = re.sub(r"\\(.)", r"\1", block.group(2)), block.end()
            pre: Entity = {"type": "pre", "offset": length, "length": utf16_length(piece)}
            entities.append({**pre, "language": block.group(1)} if block.group(1) else pre)
        elif mark == "]" and opened and opened[-1][0] == "[":
            found = _LINK_END.match(text, at)
            if found is None:
                raise Malformed(_reserved("]"))
            _, offset, _ = opened.pop()
            url = re.sub(r"\\(.)", r"\1", found.group(1))
            if _LINK.match(url):
                entities.append({"type": "text_link", "offset": offset, "length": length - offset, "url": url})
            piece, at = "", found.end()
        elif (mark in _MARKS and not in_code) or mark in ("`",) or (mark == "[" and not in_code):
            if opened and opened[-1][0] == mark:
                _, offset, _ = opened.pop()
                if length > offset:
                    entities.append({"type": _MARKS[mark], "offset": offset, "length": length - offset})
            else:
                opened.append((mark, length, at))
            piece, at = "", at + len(mark)
        elif text[at] in _RESERVED and not in_code:
            raise Malformed(_reserved(text[at]))
        else:
            piece, at = text[at], at + 1
        out.append(piece)
        length += utf16_length(piece)
    if opened:
        mark, _, begin = opened[-1]
        kind = "TextUrl" if mark == "[" else _MARKS[mark].capitalize()
        raise Malformed(f"Can't find end of {kind} entity at byte offset {len(text[:begin].encode())}")
    return "".join(out), _settled(entities)


def _reserved(character: str) -> str:
    return f"Character '{character}' is reserved and must be escaped with the preceding '\\'"


_OUTERMOST = {"pre": 0, "code": 1}


def _settled(entities: list[Entity]) -> list[Entity]:
    """In order, `<pre><code>` made one, and nothing inside code: what Telegram stores."""
    ordered = sorted(entities, key=lambda e: (e["offset"], -e["length"], _OUTERMOST.get(e["type"], 2)))
    kept: list[Entity] = []
    for entity in ordered:
        around = next((e for e in kept if e["type"] in ("pre", "code") and _inside(entity, e)), None)
        if around is None:
            kept.append(entity)
        elif around["type"] == "pre" and entity["type"] == "code" and "language" in entity:
            around["language"] = entity["language"]
    for entity in kept:
        if entity["type"] == "code":
            entity.pop("language", None)
    return kept


def _inside(entity: Entity, around: Entity) -> bool:
    end = around["offset"] + around["length"]
    return bool(around["offset"] <= entity["offset"] and entity["offset"] + entity["length"] <= end)


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without white space at either end, as Telegram keeps what a bot sends; entities follow."""
    left = text.lstrip()
    if len(left) == len(text) == len(text.rstrip()):
        return text, entities
    shift = utf16_length(text) - utf16_length(left)
    body = left.rstrip()
    size = utf16_length(body)
    moved = []
    for entity in entities:
        begin = max(0, entity["offset"] - shift)
        end = min(size, entity["offset"] + entity["length"] - shift)
        if end > begin:
            moved.append({**entity, "offset": begin, "length": end - begin})
    return body, moved


def found_entities(text: str, entities: list[Entity]) -> list[Entity]:
    """`entities` and what Telegram finds by itself: links, addresses, commands, mentions, hashtags."""
    if not any(mark in text for mark in "/@#"):
        return entities
    found = list(entities)
    for match in _FOUND.finditer(text):
        kind = str(match.lastgroup)
        words = match.group().rstrip(".,;:!?)'\"") if kind == "url" else match.group()
        new = {"type": kind, "offset": utf16_length(text[: match.start()]), "length": utf16_length(words)}
        if not any(_overlap(new, e) and e["type"] in ("pre", "code", "text_link") for e in entities):
            found.append(new)
    return sorted(found, key=lambda e: (e["offset"], -e["length"]))


def _overlap(one: Entity, other: Entity) -> bool:
    return bool(one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"])
