"""Commands of the server: `init`, `run`, `export`. Not here: consultations and invites (`intake`), `check`."""

import argparse
import asyncio
import signal

from bot.cli.folder import SYSTEM, check_going, check_replaceable, consultation, noted, stores
from bot.cli.output import say
from bot.cli.progress import Bar
from bot.core.consultations import CONSULTATIONS
from bot.core.errors import ConsultationError, Misconfigured
from bot.crashpoints import arm
from bot.exports import bundle
from bot.logs import Event, configure, get_logger, watch
from bot.settings import load
from storage.factory import initialise
from storage.keys import read_recipients

NEXT = (
    "Next:",
    "  micic consultation open eeca --until 2030-12-31T18:00Z   (`micic consultation list` names all)",
    "  write the token from @BotFather into a file, chmod 600 it, and set MICIC_BOT_TOKEN_FILE to its path",
    "  micic check                                              (says what is still to be done)",
    "  micic run                                                (until Ctrl-C or SIGTERM)",
    "  micic invite new --role organizer                        (the link for those who brief and remind)",
    "Keep backups of the whole folder: without its keys nobody can use their receipt.",
)


def init(chosen: argparse.Namespace) -> None:
    """Make the data folder, or find that it is as it should be."""
    if any("age-secret-key" in text.lower() for text in chosen.recipient):
        raise Misconfigured("recipient_is_private")
    folder = load().data_dir
    before = read_recipients(folder) is not None
    asyncio.run(initialise(folder, chosen.recipient, SYSTEM, SYSTEM))
    recipients = read_recipients(folder)
    texts = recipients.texts if recipients else ()
    say(f"The data folder {folder} " + ("was set up before; nothing was changed." if before else "is ready."))
    say(f"Answers are sealed to these {len(texts)} keys; what opens them is not here:")
    say(*(f"  {text}" for text in texts), *NEXT)


def run(chosen: argparse.Namespace) -> None:
    """The bot, until SIGTERM or SIGINT."""
    del chosen
    settings = load()
    settings.token()  # a missing one is told before Telegram's library has loaded
    configure(settings.log_level, settings.log_format)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the bot itself listens to it
    from bot.app import run as serve  # noqa: PLC0415 - takes as long to import as all else together

    async def watched() -> None:
        watch(asyncio.get_running_loop())
        await serve(settings)

    try:
        asyncio.run(watched())
    except ConsultationError:
        raise
    except Exception as error:
        get_logger().failure(Event.CRASHED, error)
        raise


def export(chosen: argparse.Namespace) -> None:
    """Write the sealed answers to a file."""
    only = None if chosen.consultation is None else consultation(chosen.consultation).id
    check_replaceable(chosen.output)
    arm(load().crash)

    async def write(watch: bundle.Watch) -> bundle.Summary:
        async with stores() as opened:
            wanted = [only] if only is not None else [one.id for one in CONSULTATIONS]
            check_going(opened, wanted)
            if not chosen.noted:
                await noted(opened, "exported", chosen.consultation or "all", f"since {chosen.since or 0}"[:40])
            brought = [{"form": one.form, "version": one.version, "document": one.document}
                       for one in opened.editions.ever(wanted)]  # fmt: skip
            document = bundle.along(brought, wanted)
            forms = b"" if document is None else opened.recipients.seal(document)
            return await bundle.write(chosen.output, opened.vault, wanted, chosen.since, watch, forms=forms)

    with Bar() as bar:
        made = asyncio.run(write(bar.stage("Writing")))
    say(
        f"{chosen.output}: contributions: {made.contributions}, parts: {made.parts}, withdrawn: {made.withdrawn}",
        f"Next time, for only what is new: --since {made.cursor}",
    )
