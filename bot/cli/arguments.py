"""What can be asked of `micic`: commands, options, help, and values that are wrong whatever the data.

argparse, not a settings library, reads the command line: wrong usage must exit 2, and it loads in no time. No option
takes a token or a private key, and what looks like one is not repeated in an error.
Not here: what a command does (the module that `command` names: `module:function`).
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from bot.cli.refusals import without_secrets
from bot.core.consultations import GRACE_HOURS, LONGEST_DRAFT, LONGEST_GRACE, Access
from bot.core.errors import Refused
from bot.core.invites import LONGEST_LABEL, labelled
from bot.core.people import Role

if TYPE_CHECKING:
    from bot.exports.formats import Format

_FORMATS = "jsonl (exact), csv, xlsx, docx, html, flow_results (a zip), spss (an extra: make spss)"
_MOST_USES = 100_000
_GRACE = (
    f"how long people who have begun may still finish after the end, 0 to {LONGEST_GRACE}; "
    f"without it this stays as it is (at first: {GRACE_HOURS})"
)
_TIMES = "a time such as 2030-12-31T18:00 (read as UTC) or 2030-12-31T18:00+02:00"


class Parser(argparse.ArgumentParser):
    """Repeats no secret in its errors, and takes no shortened options: one added later would change what they mean."""

    def __init__(self, **named: object) -> None:
        super().__init__(
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **named,  # type: ignore[arg-type]
        )

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the usage, and exit 2."""
        super().error(without_secrets(message))


_Commands = argparse._SubParsersAction


def parser() -> Parser:
    """The parser of the whole command line. What it returns has `command`, `module:function`."""
    top = Parser(
        prog="micic",
        description="A consultation bot for people at risk: it briefs, asks, seals every answer, and exports.",
        epilog="`micic COMMAND --help` shows an example of each. Settings come from the environment (MICIC_...).",
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    _demo(commands)
    _init(commands)
    _keys(commands)
    _consultation(commands)
    _invite(commands)
    _add(commands, "run", "server:run", "run the bot until SIGTERM or Ctrl-C", "micic run")
    _export(commands)
    _emergency(commands)
    _open(commands)
    _desk(commands)
    _questionnaire(commands)
    _publish(commands)
    _figures(commands)
    _audit(commands)
    _translations(commands)
    _add(
        commands, "check", "check:check",
        "look at settings, keys, file rights, translations and questionnaires; exit 1 if something is to be mended",
        "micic check",
    )  # fmt: skip
    return top


def _add(commands: "_Commands[Parser]", name: str, command: str, what: str, example: str) -> Parser:
    made = commands.add_parser(
        name, help=what, description=f"{what[0].upper()}{what[1:]}.", epilog=f"example:\n  {example}"
    )
    made.set_defaults(command=command, wrong=made.error)
    return made


def _group(commands: "_Commands[Parser]", name: str, what: str) -> "_Commands[Parser]":
    made = commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
    return made.add_subparsers(metavar="COMMAND", required=True)


def _demo(commands: "_Commands[Parser]") -> None:
    made = _add(
        commands, "demo", "demo:demo",
        "show everything in a browser, with invented people; needs no token and no network",
        "micic demo --port 8765 --data-dir demo-data",
    )  # fmt: skip
    made.add_argument("--port", type=_number(0, 65535), default=8765, help="of the page on this computer (%(default)s)")
    made.add_argument("--data-dir", type=Path, metavar="DIR", help="keep everything here; without it all is forgotten")
    made.add_argument(
        "--play", type=_number(0, 100_000), default=0, metavar="N", help="let N invented people take part (%(default)s)"
    )


def _init(commands: "_Commands[Parser]") -> None:
    made = _add(
        commands, "init", "server:init",
        "make the data folder, the server's own keys and the six consultations; repeating it changes nothing",
        "micic init --recipient AGE1... --recipient AGE1...",
    )  # fmt: skip
    made.add_argument(
        "--recipient", action="append", required=True, metavar="AGE1...",
        help="public key of the secretariat; give at least two, held by different organizations",
    )  # fmt: skip


def _keys(commands: "_Commands[Parser]") -> None:
    made = _add(
        _group(commands, "keys", "keys of the secretariat"), "new", "secretariat:new_key",
        "make a key that opens the answers, on the secretariat's own computer, and print its public half",
        "micic keys new --output key.txt",
    )  # fmt: skip
    made.add_argument("--output", type=Path, required=True, metavar="FILE", help="a new file, readable by you only")


def _consultation(commands: "_Commands[Parser]") -> None:
    group = _group(commands, "consultation", "open and close the intake of a consultation")
    _add(group, "list", "intake:list_consultations", "list all, open or not", "micic consultation list")
    made = _add(
        group, "new", "founding:new",
        "make a consultation beyond the six from a file, with its intake closed; works while the bot runs",
        "micic consultation new horn.toml --check",
    )  # fmt: skip
    made.add_argument("file", type=Path, metavar="FILE.toml", help="what it is (docs/consultations.md)")
    made.add_argument("--check", action="store_true", help="say what would be made, and make nothing")
    opening = _add(
        group, "open", "intake:open_consultation",
        "take contributions to one consultation until a time", "micic consultation open eeca --until 2030-12-31T18:00Z",
    )  # fmt: skip
    opening.add_argument("id", metavar="ID", help="as `micic consultation list` shows it")
    opening.add_argument("--until", type=_time, required=True, metavar="ISO-TIME", help=_TIMES)
    opening.add_argument(
        "--access", choices=[access.value for access in Access],
        help="who may take part: everybody, or people with an invite; without it this stays as it is (at first: open)",
    )  # fmt: skip
    opening.add_argument(
        "--draft-hours", type=_draft_hours, metavar="HOURS",
        help="how long an unfinished draft is kept after its last answer, 1 to 40; without it this stays as it is",
    )  # fmt: skip
    opening.add_argument("--grace", type=_number(0, LONGEST_GRACE), metavar="HOURS", help=_GRACE)
    opening.add_argument(
        "--sensitive", choices=["yes", "no"],
        help="whether taking part may put people at risk: then news arrives as a neutral notice unless an organizer "
        "chooses otherwise, and only invited people see it where it is for them; without it this stays as it is "
        "(at first: yes)",
    )  # fmt: skip
    closing = _add(
        group, "close", "intake:close_consultation",
        "take no more contributions to one consultation", "micic consultation close eeca --grace 24",
    )  # fmt: skip
    closing.add_argument("id", metavar="ID", help="as `micic consultation list` shows it")
    closing.add_argument("--grace", type=_number(0, LONGEST_GRACE), metavar="HOURS", help=_GRACE)
    final = _add(
        group, "final", "intake:final_consultation",
        "say that the text of one consultation is final: how contributions are signed cannot be changed any more",
        "micic consultation final eeca",
    )  # fmt: skip
    final.add_argument("id", metavar="ID", help="as `micic consultation list` shows it")


def _invite(commands: "_Commands[Parser]") -> None:
    group = _group(commands, "invite", "invites to take part or to organize")
    listed = _add(
        group, "list", "inviting:list_invites", "list those that still stand, without their links",
        "micic invite list --consultation eeca",
    )  # fmt: skip
    listed.add_argument("--consultation", metavar="ID", help="only this one; without it all")
    revoked = _add(
        group, "revoke", "inviting:revoke_invite",
        "let nobody in by an invite any more, at once; whoever came by it stays", "micic invite revoke 0a1b2c3d4e5f",
    )  # fmt: skip
    revoked.add_argument("name", metavar="NAME", help="as `micic invite list` shows it")
    made = _add(
        group, "new", "inviting:new_invite",
        "make an invite and print its link",
        "micic invite new --role participant --consultation eeca --uses 30 --expires 2030-12-31 --qr poster.png",
    )  # fmt: skip
    made.add_argument("--role", choices=[role.value for role in Role], required=True, help="what the invite gives")
    made.add_argument(
        "--consultation", metavar="ID", help="only this one; organizers and the secretariat may do without"
    )
    made.add_argument(
        "--uses", type=_number(1, _MOST_USES), default=1, metavar="N", help="how many people may use it (%(default)s)"
    )
    made.add_argument("--expires", type=_time, metavar="ISO-TIME", help=f"{_TIMES}; without it never")
    made.add_argument("--qr", type=_png, metavar="FILE.png", help="draw the link as a QR code, too")
    made.add_argument(
        "--language", metavar="CODE", help="in which its first screen speaks: en, fr, ...; without it that of the phone"
    )
    made.add_argument("--label", type=_label, metavar="WORDS", help="your own word for it, at most 24 characters")


def _export(commands: "_Commands[Parser]") -> None:
    made = _add(
        commands, "export", "server:export",
        "write the sealed answers to a file for the secretariat; works while the bot runs",
        "micic export --output answers.zip",
    )  # fmt: skip
    made.add_argument("--output", type=Path, required=True, metavar="FILE.zip", help="an earlier export is replaced")
    made.add_argument("--consultation", metavar="ID", help="only this one; without it all")
    made.add_argument("--since", metavar="CURSOR", help="only what is new since the export that printed this number")
    # For the bot, when somebody has it sent in the chat: that was noted already, with whose role it was.
    made.add_argument("--noted", action="store_true", help=argparse.SUPPRESS)


def _emergency(commands: "_Commands[Parser]") -> None:
    frozen = _add(
        commands, "freeze", "emergency:freeze",
        "stop one consultation or everything at once: no answers, invites, broadcasts, reminders, exports",
        "micic freeze eeca",
    )  # fmt: skip
    thawed = _add(commands, "thaw", "emergency:thaw", "let what was stopped go on", "micic thaw eeca")
    for made in (frozen, thawed):
        made.add_argument("id", metavar="ID", nargs="?", help="only this one; without it everything")
    group = _group(commands, "role", "roles of organizers and the secretariat")
    _add(group, "list", "emergency:list_roles", "list the roles, by tags; nobody's name is known", "micic role list")
    ended = _add(
        group, "revoke", "emergency:revoke_role", "end the roles of a tag at once", "micic role revoke 0a1b2c3d"
    )
    ended.add_argument(
        "tag", metavar="TAG", nargs="?", help="as `micic role list` shows it; its first 8 signs are enough"
    )
    ended.add_argument("--consultation", metavar="ID", help="only its roles in this one")
    ended.add_argument("--all", action="store_true", help="every role there is, also where somebody changed the list")


def _open(commands: "_Commands[Parser]") -> None:
    made = _add(
        commands, "open", "secretariat:open_export",
        "open sealed exports on the secretariat's computer; of several, later ones update earlier ones",
        "micic open answers.zip --identity key.txt --format xlsx --values labels --language fr --output answers.xlsx",
    )  # fmt: skip
    made.add_argument("files", type=Path, nargs="+", metavar="FILE.zip", help="what `micic export` wrote; one or more")
    made.add_argument("--identity", type=Path, required=True, metavar="KEYFILE", help="from `micic keys new`; any one")
    made.add_argument("--format", type=_format, required=True, metavar="FORMAT", help=_FORMATS)
    made.add_argument("--output", type=Path, required=True, metavar="PATH", help="a new file, readable by you only")
    made.add_argument(
        "--questionnaire", metavar="ID",
        help="only this one, as `micic questionnaire list` shows it; else jsonl holds all, tables recommendations",
    )  # fmt: skip
    made.add_argument("--force", action="store_true", help="replace the output if it is there already")
    tables = made.add_argument_group("tables and documents")
    tables.add_argument(
        "--values", choices=["codes", "labels"], default="codes", help="what stands in cells and headings (%(default)s)"
    )
    tables.add_argument(
        "--language", default="en", metavar="CODE", help="of labels and notes: en, fr, ... (%(default)s)"
    )
    tables.add_argument(
        "--multiple", choices=["one", "many", "both"], default="both",
        help="several choices: one column, one for each choice with 1 or 0, or both (%(default)s)",
    )  # fmt: skip
    tables.add_argument("--hxl", action="store_true", help="add a row of HXL hashtags under the headings")


def _desk(commands: "_Commands[Parser]") -> None:
    made = _add(
        commands, "desk", "desk:desk",
        "consolidate sealed exports into points and a report, on a page of the secretariat's own computer",
        "micic desk answers.zip --identity key.txt --author Noor",
    )  # fmt: skip
    made.add_argument("files", type=Path, nargs="+", metavar="FILE.zip", help="what `micic export` wrote; one or more")
    made.add_argument("--identity", type=Path, required=True, metavar="KEYFILE", help="from `micic keys new`; any one")
    made.add_argument("--port", type=_number(0, 65535), default=8766, help="of the page on this computer (%(default)s)")
    made.add_argument("--log", type=Path, metavar="FILE", help="where decisions are kept, sealed; else beside FILE.zip")
    made.add_argument("--author", default="secretariat", metavar="NAME", help="who decides, as others will see it")
    made.add_argument(
        "--template", type=Path, metavar="FILE.docx", help="a Word file for the report's looks; the page Report has one"
    )
    made.add_argument(
        "--merge", type=Path, action="append", default=[], metavar="OTHER", help="take in somebody else's log, too"
    )


def _questionnaire(commands: "_Commands[Parser]") -> None:
    group = _group(commands, "questionnaire", "the questionnaires")
    _add(
        group, "list", "questionnaires:list_questionnaires",
        "list the questionnaires, their versions and languages, and where they are offered", "micic questionnaire list",
    )  # fmt: skip
    adding = _add(
        group, "add", "questionnaires:add",
        "check an XLSForm, name its errors by sheet, row and column, and publish a new version",
        "micic questionnaire add survey.xlsx --consultation eeca",
    )  # fmt: skip
    adding.add_argument("file", type=Path, metavar="FILE.xlsx", help="made with Excel, LibreOffice or KoboToolbox")
    adding.add_argument("--check", action="store_true", help="publish nothing, and print every dialogue as a text")
    retiring = _add(
        group, "retire", "questionnaires:retire",
        "offer a questionnaire no longer; who is in the middle of it can finish", "micic questionnaire retire survey",
    )  # fmt: skip
    retiring.add_argument("id", metavar="ID", help="as `micic questionnaire list` shows it")
    for made in (adding, retiring):
        made.add_argument(
            "--consultation", action="append", default=[], metavar="ID", help="may be repeated; without it all of them"
        )
    template = _add(
        group, "template", "questionnaires:make_template",
        "write a workbook to start from: our own questionnaire, with a sheet that tells how to change it",
        "micic questionnaire template --output template.xlsx",
    )  # fmt: skip
    template.add_argument("--output", type=Path, required=True, metavar="FILE.xlsx", help="a new file")


def _figures(commands: "_Commands[Parser]") -> None:
    made = _add(
        commands, "figures", "figures:figures",
        "show how it goes: how many came how far, in whole fives of whole days until yesterday",
        "micic figures --consultation eeca --csv",
    )  # fmt: skip
    made.add_argument("--consultation", metavar="ID", help="only this one; without it all")
    made.add_argument("--csv", action="store_true", help="write CSV for a spreadsheet, also with days and languages")


def _audit(commands: "_Commands[Parser]") -> None:
    group = _group(commands, "audit", "what organizers, secretariat and operator did")
    out = _add(
        group, "export", "audit:export",
        "write the log, one JSON line an act; no participant is in it", "micic audit export --output acts.jsonl",
    )  # fmt: skip
    out.add_argument("--output", type=Path, required=True, metavar="FILE", help="a new file")
    check = _add(
        group, "verify", "audit:verify",
        "see whether an act was changed or dropped, here or in an exported file", "micic audit verify acts.jsonl",
    )  # fmt: skip
    check.add_argument("file", type=Path, nargs="?", metavar="FILE", help="an exported log; without it the log itself")


def _translations(commands: "_Commands[Parser]") -> None:
    group = _group(commands, "translations", "spreadsheets for people who translate")
    out = _add(
        group, "export", "translations:export",
        "write every text of a language, with its English and what is to be done, to a spreadsheet",
        "micic translations export pt --output portuguese.xlsx",
    )  # fmt: skip
    out.add_argument("language", metavar="LANG", help="as locales/languages.toml names it")
    out.add_argument("--output", type=Path, required=True, metavar="FILE.xlsx", help="a new file")
    back = _add(
        group, "import", "translations:take",
        "check a spreadsheet that came back and put its new translations into the language's files, all or nothing",
        "micic translations import portuguese.xlsx",
    )  # fmt: skip
    back.add_argument("file", type=Path, metavar="FILE.xlsx", help="what `micic translations export` wrote, filled in")
    for made in (out, back):
        made.add_argument("--folder", type=Path, metavar="DIR", help="other texts than the program's own")


def _publish(commands: "_Commands[Parser]") -> None:
    made = _add(
        commands, "publish", "publishing:publish",
        "show points of earlier regions to those who come later; works while the bot runs",
        "micic publish points.json",
    )  # fmt: skip
    made.add_argument("file", type=Path, nargs="?", metavar="FILE", help="all there is to publish (docs/publishing.md)")
    made.add_argument("--list", action="store_true", help="what is published now")
    made.add_argument("--withdraw", action="store_true", help="publish nothing any more")


# Values


@dataclass(frozen=True)
class Time:
    """A time that was given: epoch seconds, and whether it came without a zone and was read as UTC."""

    seconds: float
    zoneless: bool


def _draft_hours(text: str) -> int:
    # No longer than answers may stand in a chat.
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST_DRAFT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of hours from 1 to {LONGEST_DRAFT}")
    return int(text)


def _time(text: str) -> Time:
    try:
        read = datetime.fromisoformat(text)
        zoned = read if read.tzinfo else read.replace(tzinfo=UTC)
        seconds = zoned.astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no time; give {_TIMES}") from None
    return Time(seconds, read.tzinfo is None)


def _number(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is no whole number from {least} to {most}")
        return int(text)

    return number


def _label(text: str) -> str:
    try:
        return labelled(text)
    except Refused:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no name of 1 to {LONGEST_LABEL} characters") from None


def _png(text: str) -> Path:
    if not text.lower().endswith(".png"):
        raise argparse.ArgumentTypeError(f"{text[:80]!r} does not end in .png")
    return Path(text)


def _format(text: str) -> "Format":
    from bot.exports.formats import FORMATS  # noqa: PLC0415 - only `open` has formats

    for known in FORMATS:
        if known.name == text:
            return known
    if text.lower() in ("sav", "zsav", "por", "stata", "dta"):
        raise argparse.ArgumentTypeError(
            f"there is no format {text[:20]!r}: write spss for a .sav file with labels, which SPSS, PSPP "
            "and R read, and csv for the others"
        )
    names = ", ".join(known.name for known in FORMATS)
    raise argparse.ArgumentTypeError(f"there is no format {text[:20]!r}; there are: {names}")
