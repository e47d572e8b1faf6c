"""Callback data: what a button says to us when it is pressed. At most 64 bytes, parsed strictly, authorises nothing.

The only place that spells and reads it. Not here: labels (`writing`), what an event leads to (`bot.core.conversation`).
"""

import re

from bot.core import events as on
from bot.core.attribution import Attribution
from bot.core.contributions import Receipt
from bot.core.dialogue.draft import Draft
from bot.core.dialogue.events import Do, Pressed
from bot.core.feedback import Reply

SHORT = 8
"""Hex digits of a contribution id that tell drafts of one chat apart."""

_DIALOGUE = re.compile(r"d:([0-9a-f]{8}):(\d{1,6}):([a-z]{1,2})(?::(\d{1,4}))?")
_LANGUAGE = re.compile(r"l:([a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2})")
_NOTICE = re.compile(r"n:(yes|no):([0-9A-Za-z.-]{1,20})")
_UNDERSTOOD = re.compile(r"q:([a-z]{4,8}):([a-z]{4,12}):([0-9A-Za-z.-]{1,20})")
_JOIN = re.compile(r"j:([a-z]{3,8})")
_PAGE = re.compile(r"o:([a-z]{3,16})")
_READ = re.compile(r"b(?::([a-z]{2,20}):(\d{1,3}))?")
_RECEIPT = re.compile(r"(v|v-|vv|a-|aa):(\d{16})")
_SIGN = re.compile(r"s:(\d{16})(?::([a-z]{3,12})(!)?)?")
_CARRIED = re.compile(r"p:(\d{16}):(\d{1,3})")
_REPLY = re.compile(r"p:(\d{16}):([0-9a-f]{16}):([a-z_]{2,12})")
_BEGIN = re.compile(r"r:([A-Za-z0-9_.-]{1,40})")
_OFFER = re.compile(r"e:([a-z]{2}):([a-z]{3,8})?(?::([0-9a-f]{16})?(?::([A-Za-z_-]{2,12}))?)?")
_KEEP = re.compile(r"k:([01+])")
_COMPOSE = re.compile(r"x:([a-z]{2})(?::([0-9a-f]{12})?(?::([A-Za-z0-9_]{1,20}))?)?")
_BRIEF = re.compile(r"bw:([a-z]{2})(?::([0-9a-f]{12})?(?::([A-Za-z0-9_]{1,20}))?)?")
_READ_BRIEFING = re.compile(r"br:(?:([0-9a-f]{12})|([a-z][a-z0-9_-]{2,15})):(\d{1,3})")
_ASK = re.compile(r"a:([a-z]{2})(?::([0-9a-f]{12}))?")
_HANDLE = re.compile(r"i:([a-z]{2})(?::([0-9a-f]{12})?(?::([a-z]{2,12}))?)?")
_LOOK = re.compile(r"fg:([a-z]{2})(?::([A-Za-z0-9_-]{1,24})?(?::([A-Za-z_-]{2,12}))?)?")
_BRING = re.compile(r"u:([a-z]{2})(?::([a-z0-9_-]{1,24})?(?::([A-Za-z0-9_]{1,20}))?)?")
_ADMIT = re.compile(r"c:([a-z]{2})(?::([a-z0-9_-]{1,24}))?")
_TELL = re.compile(r"t:([a-z]{2})")
_APPOINT = re.compile(r"pe:([a-z]{2})(?::([a-z]{3,8})?(?::([a-z0-9.]{1,30}))?)?")
_HALT = re.compile(r"fz:([a-z]{2})(?::([a-z]{3,8})?(?::([0-9a-z]{1,12}))?)?")
_MANAGE = re.compile(r"m:([a-z]{2})(?::([a-z]{3,8})?(?::([a-z0-9]{1,12}))?)?")
_FOUND = re.compile(r"fo:([a-z]{2})(?::([A-Za-z0-9_/+-]{1,50}))?")
_ZONE = re.compile(r"tz(?::([A-Za-z0-9_+/-]{1,60}))?")
_EXPORT = re.compile(r"ex:([a-z]{2})(?::([a-z0-9_-]{1,24}))?")
_NEWS = re.compile(r"w:([01])")
_READ_NEWS = re.compile(r"y:(\d{1,3})")


def press(draft: Draft, do: Do, at: int | None = None) -> str:
    """A button of the prompt that is being shown for this draft."""
    data = f"d:{draft.contribution[:SHORT]}:{draft.visit}:{do.value}"
    return data if at is None else f"{data}:{at}"


def language(code: str) -> str:
    """A language to choose."""
    return f"l:{code}"


def notice(version: str, *, accepts: bool) -> str:
    """Accept the notice of this version, or leave."""
    return f"n:{'yes' if accepts else 'no'}:{version}"


def understood(question: on.Comprehension, choice: str, version: str) -> str:
    """An answer to one of the two questions after the notice."""
    return f"q:{question.value}:{choice}:{version}"


def join(consultation: str) -> str:
    """Take part in a consultation."""
    return f"j:{consultation}"


def opens(page: on.Page) -> str:
    """Open a page."""
    return f"o:{page.value}"


def read(topic: str | None = None, card: int = 0) -> str:
    """Open the briefing library or a card."""
    return "b" if topic is None else f"b:{topic}:{card}"


def news(*, wanted: bool) -> str:
    """News on or off."""
    return f"w:{int(wanted)}"


def begin(dialogue: str) -> str:
    """Begin a dialogue."""
    return f"r:{dialogue}"


def keep(*, on: bool, always: bool = False) -> str:
    """Whether answers stay in the chat: those just handed in, or always."""
    return "k:0" if not on else "k:+" if always else "k:1"


def check(receipt: Receipt) -> str:
    """What became of a contribution. Only who holds the receipt has this button."""
    return f"v:{receipt}"


def withdraw(receipt: Receipt, *, sure: bool) -> str:
    """Take a contribution back, after a question."""
    return f"vv:{receipt}" if sure else f"v-:{receipt}"


def amend(receipt: Receipt, *, sure: bool) -> str:
    """Write a new version of a contribution, after a word on what that means."""
    return f"aa:{receipt}" if sure else f"a-:{receipt}"


def sign(receipt: Receipt, attribution: Attribution | None = None, *, sure: bool = False) -> str:
    """How a contribution is signed."""
    if attribution is None:
        return f"s:{receipt}"
    return f"s:{receipt}:{attribution.value}{'!' if sure else ''}"


def carried(receipt: Receipt, at: int = 0) -> str:
    """What became of a contribution: one of the points that carry it."""
    return f"p:{receipt}:{at}"


def reply(receipt: Receipt, point: str, answer: Reply) -> str:
    """An answer to a point, known by its version."""
    return f"p:{receipt}:{point}:{answer.value}"


def compose(do: on.Compose, broadcast: str = "", argument: str = "") -> str:
    """Something to do with a broadcast."""
    return f"x:{do.value}:{broadcast}:{argument}" if argument else f"x:{do.value}:{broadcast}"


def read_news(at: int) -> str:
    """News, from the newest (0)."""
    return f"y:{at}"


def ask(do: on.Ask, inquiry: str = "") -> str:
    """Something a participant does with a question to the organizers."""
    return f"a:{do.value}:{inquiry}" if inquiry else f"a:{do.value}"


def handle(do: on.Handle, inquiry: str = "", argument: str = "") -> str:
    """Something an organizer does with what participants ask."""
    return f"i:{do.value}:{inquiry}:{argument}" if argument else f"i:{do.value}:{inquiry}"


def manage(do: on.Manage, consultation: str = "", argument: str = "") -> str:
    """Something an organizer does with a consultation itself."""
    return f"m:{do.value}:{consultation}:{argument}" if argument else f"m:{do.value}:{consultation}"


def found(do: on.Found, argument: str = "") -> str:
    """Something an organizer does with a consultation in the making."""
    return f"fo:{do.value}:{argument}" if argument else f"fo:{do.value}"


def look(do: on.Figure, consultation: str = "", language: str = "") -> str:
    """Something an organizer does with the figures."""
    return f"fg:{do.value}:{consultation}:{language}" if language else f"fg:{do.value}:{consultation}"


def bring(do: on.Bring, target: str = "", argument: str = "") -> str:
    """Something an organizer does to bring people in."""
    return f"u:{do.value}:{target}:{argument}" if argument else f"u:{do.value}:{target}"


def admit(do: on.Admit, consultation: str = "") -> str:
    """Something an organizer does with somebody who told a code."""
    return f"c:{do.value}:{consultation}" if consultation else f"c:{do.value}"


def tell(do: on.Tell) -> str:
    """Something a person does with their own code."""
    return f"t:{do.value}"


def brief(do: on.Brief, briefing: str = "", argument: str = "") -> str:
    """Something an organizer does with a briefing."""
    return f"bw:{do.value}:{briefing}:{argument}" if argument else f"bw:{do.value}:{briefing}"


def read_briefing(briefing: str, page: int = 0) -> str:
    """A page of a briefing, to read."""
    return f"br:{briefing}:{page}"


def read_briefings(consultation: str, first: int = 0) -> str:
    """The briefings of a consultation, to read."""
    return f"br:{consultation}:{first}"


def offer(do: on.Offer, consultation: str = "", version: str = "", argument: str = "") -> str:
    """Something an organizer does with questionnaires of their own."""
    data = f"e:{do.value}:{consultation}"
    return f"{data}:{version}:{argument}" if argument else f"{data}:{version}" if version else data


def appoint(do: on.Appoint, consultation: str = "", argument: str = "") -> str:
    """Something to do about roles."""
    return f"pe:{do.value}:{consultation}:{argument}" if argument else f"pe:{do.value}:{consultation}"


def halt(do: on.Halt, consultation: str = "", argument: str = "") -> str:
    """Something to do about the emergency stop."""
    return f"fz:{do.value}:{consultation}:{argument}" if argument else f"fz:{do.value}:{consultation}"


def zone(name: str | None = None) -> str:
    """Show times in this zone; None: asks for the choices."""
    return "tz" if name is None else f"tz:{name}"


def export(do: on.Export, consultation: str) -> str:
    """Something the secretariat does to have the export sent."""
    return f"ex:{do.value}:{consultation}"


RESUME = "g:1"
NOT_NOW = "g:0"
SILENCE = "z:1"
UNSILENCE = "z:0"
BEGIN = "r"
"""A recommendation."""
CONTINUE = "rc"
"""The draft that waits."""
CANCEL = "q"
"""Whether to erase the draft that waits."""
END_GROUP = "ge"
TIDY = "td"
"""Delete from the chat what is not needed there any longer."""
FORGET = "f"
RECEIPT = "v"
"""Ask for a receipt."""
FORGETS = "f-"
"""Whether to erase what is kept."""
_SIMPLE: dict[str, on.Event] = {
    RESUME: on.Resumes(now=True),
    NOT_NOW: on.Resumes(now=False),
    CONTINUE: on.Continues(),
    SILENCE: on.Silences(),
    UNSILENCE: on.Silences(on=False),
    FORGETS: on.Forgets(),
    TIDY: on.Tidies(),
    RECEIPT: on.Checks(),
}


def parse(data: str) -> on.Event:
    """The event of a pressed button; Unknown for whatever we never spelled."""
    if data == BEGIN:
        return on.Begins()
    if match := _BEGIN.fullmatch(data):
        return on.Begins(match[1])
    if data == CANCEL:
        return on.Cancels()
    if data == END_GROUP:
        return on.EndsGroup()
    if data in _SIMPLE:
        return _SIMPLE[data]
    if data == FORGET:
        return on.Forgets(sure=True)
    if match := _DIALOGUE.fullmatch(data):
        draft, visit, do, at = match.groups()
        if do in set(Do):
            return on.Presses(draft, Pressed(Do(do), int(visit), int(at or 0)))
    if match := _LANGUAGE.fullmatch(data):
        return on.ChoseLanguage(match[1])
    if match := _NOTICE.fullmatch(data):
        return on.Decided(match[1] == "yes", match[2])
    if (match := _UNDERSTOOD.fullmatch(data)) and match[1] in set(on.Comprehension):
        question = on.Comprehension(match[1])
        if match[2] in on.CHOICES[question]:
            return on.Understood(question, match[2], match[3])
    if match := _JOIN.fullmatch(data):
        return on.Joins(match[1])
    if (match := _PAGE.fullmatch(data)) and match[1] in set(on.Page):
        return on.Opened(on.Page(match[1]))
    if match := _READ.fullmatch(data):
        return on.Reads(match[1], int(match[2] or 0))
    if match := _RECEIPT.fullmatch(data):
        receipt = Receipt(match[2])
        if match[1] in ("a-", "aa"):
            return on.Amends(receipt, sure=match[1] == "aa")
        return on.Checks(receipt) if match[1] == "v" else on.Withdraws(receipt, sure=match[1] == "vv")
    if match := _KEEP.fullmatch(data):
        return on.Keeps(match[1] != "0", always=match[1] == "+")
    if (match := _SIGN.fullmatch(data)) and (match[2] is None or match[2] in set(Attribution)):
        return on.Signs(Receipt(match[1]), Attribution(match[2]) if match[2] else None, sure=match[3] is not None)
    if match := _CARRIED.fullmatch(data):
        return on.Carried(Receipt(match[1]), int(match[2]))
    if (match := _REPLY.fullmatch(data)) and match[3] in set(Reply):
        return on.Replies(Receipt(match[1]), match[2], Reply(match[3]))
    if (match := _COMPOSE.fullmatch(data)) and match[1] in set(on.Compose):
        return on.Composes(on.Compose(match[1]), match[2] or "", match[3] or "")
    if match := _READ_NEWS.fullmatch(data):
        return on.ReadsNews(int(match[1]))
    if (match := _ASK.fullmatch(data)) and match[1] in set(on.Ask):
        return on.Asks(on.Ask(match[1]), match[2] or "")
    if (match := _HANDLE.fullmatch(data)) and match[1] in set(on.Handle):
        return on.Handles(on.Handle(match[1]), match[2] or "", match[3] or "")
    if (match := _MANAGE.fullmatch(data)) and match[1] in set(on.Manage):
        return on.Manages(on.Manage(match[1]), match[2] or "", match[3] or "")
    if (match := _LOOK.fullmatch(data)) and match[1] in set(on.Figure):
        return on.Looks(on.Figure(match[1]), match[2] or "", match[3] or "")
    if (match := _BRING.fullmatch(data)) and match[1] in set(on.Bring):
        return on.Brings(on.Bring(match[1]), match[2] or "", match[3] or "")
    if (match := _ADMIT.fullmatch(data)) and match[1] in set(on.Admit):
        return on.Admits(on.Admit(match[1]), match[2] or "")
    if (match := _TELL.fullmatch(data)) and match[1] in set(on.Tell):
        return on.Tells(on.Tell(match[1]))
    if (match := _BRIEF.fullmatch(data)) and match[1] in set(on.Brief):
        return on.Briefs(on.Brief(match[1]), match[2] or "", match[3] or "")
    if match := _READ_BRIEFING.fullmatch(data):
        return on.ReadsBriefing(match[2] or "", match[1] or "", int(match[3]))
    if (match := _OFFER.fullmatch(data)) and match[1] in set(on.Offer):
        return on.Offers(on.Offer(match[1]), match[2] or "", match[3] or "", match[4] or "")
    if (match := _APPOINT.fullmatch(data)) and match[1] in set(on.Appoint):
        return on.Appoints(on.Appoint(match[1]), match[2] or "", match[3] or "")
    if (match := _HALT.fullmatch(data)) and match[1] in set(on.Halt):
        return on.Halts(on.Halt(match[1]), match[2] or "", match[3] or "")
    if (match := _FOUND.fullmatch(data)) and match[1] in set(on.Found):
        return on.Founds(on.Found(match[1]), match[2] or "")
    if match := _ZONE.fullmatch(data):
        return on.ChoosesZone(match[1])
    if (match := _EXPORT.fullmatch(data)) and match[1] in set(on.Export):
        return on.Exports(on.Export(match[1]), match[2] or "")
    if match := _NEWS.fullmatch(data):
        return on.WantsNews(match[1] == "1")
    return on.Unknown()
