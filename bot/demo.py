"""`micic demo`: a small Telegram on this computer, the bot beside it in the same process, and people with phones.

Shows the whole way of a recommendation without a token and without a network. Its data folder is a real one, which the
other commands understand; only the keys that open answers lie in it too, which a real secretariat never allows.

Not here: the emulator and its page, the bot, the people who play (`player`).
"""

import asyncio
import os
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file
from itertools import cycle, islice
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console

from bot.app import Service, SystemChance, SystemClock, open_service
from bot.core.consultations import CONSULTATIONS, Intake
from bot.core.errors import Refused
from bot.core.people import Invite, Role
from bot.emulator.server import DEMO_TOKEN, Running, running
from bot.emulator.world import World
from bot.exports import bundle
from bot.exports.formats import FORMATS
from bot.exports.opening import opened
from bot.logs import configure, watch
from bot.player import Town, corpus, players
from bot.questionnaires.library import emerging, form
from bot.questionnaires.publication import read
from bot.sealing import new_identity, open_document, read_identities, write_identity
from bot.settings import Settings
from locales.catalogue import Catalogue
from storage.factory import initialise
from storage.keys import RECIPIENTS

KEYS = ("secretariat", "backup")
OPEN_FOR = 30 * 24 * 3600.0
"""Seconds for which a new demo's consultations take contributions."""
MOVE_EVERY = 2.0
TIDY_AFTER = 60.0
"""Seconds, so that whoever tries it sees the answers go."""
CANCEL_SECONDS = 10.0
"""Between an approval and the first message; a real network leaves itself ten minutes."""
AT_ONCE = 50
"""Played people at a time."""
LONGEST = 600.0
"""Seconds a played dialogue may take."""

PEOPLE = (
    ("Robin", "en", "participant"),
    ("نور", "ar", "participant"),
    ("Kim", "en", "organizer"),
    ("Ari", "fr", "organizer"),
    ("Sam", "en", "secretariat"),
)
"""First name, language of the phone, label on the page."""


def run(port: int, data_dir: Path | None, play: int) -> None:
    """Show the demo until Ctrl-C. `play` people take part by themselves first, and what they said is exported.

    Without `data_dir` everything is in a temporary folder that is removed at the end. Raises OSError when the port is
    taken, Refused `not_a_demo` (path) for the data folder of a real bot, and what opening the stores raises.
    """
    os.umask(0o077)
    configure("warning", "console")
    with _folder(data_dir) as folder:
        asyncio.run(Demo(port, folder, play, kept=data_dir is not None).show())


class Demo:
    """One demo in one folder."""

    def __init__(self, port: int, folder: Path, play: int, *, kept: bool) -> None:
        self._port = port
        self._folder = folder
        self._play = play
        self._kept = kept
        self._console = Console(highlight=False, soft_wrap=True)
        self._clock, self._chance = SystemClock(), SystemChance()

    async def show(self) -> None:
        """Start everything, tell what to try, and wait for Ctrl-C."""
        loop = asyncio.get_running_loop()
        watch(loop)
        ended = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, ended.set)
        async with running(self._port, DEMO_TOKEN, self._folder / "telegram.json") as telegram:
            recipients = _recipients(self._folder)
            await initialise(self._folder, recipients, self._clock, self._chance)
            _settle(telegram.world)
            async with open_service(self._settings(telegram)) as service:
                await self._open_consultations(service)
                await _publish_emerging(service)
                await self._serve(service, telegram, ended)
        self._console.print("Ended." if self._kept else "Ended; the temporary folder is removed.")

    async def _serve(self, service: Service, telegram: Running, ended: asyncio.Event) -> None:
        serving = asyncio.create_task(service.run(), name="service")
        playing = asyncio.create_task(self._tell_and_play(service, telegram), name="playing")
        waiting = asyncio.create_task(ended.wait(), name="end")
        try:
            await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (playing, waiting):
                task.cancel()
            service.intake.stop()
            played, _ = await asyncio.gather(playing, waiting, return_exceptions=True)
            await serving
        if isinstance(played, Exception):
            raise played

    def _settings(self, telegram: Running) -> Settings:
        # Built without a look at the environment: whatever it says is meant for a real bot.
        return Settings.model_construct(
            bot_token=SecretStr(telegram.token),
            telegram_url=telegram.url,
            bot_username=telegram.world.username,
            data_dir=self._folder,
            organisers="the organisers of this demo",
            send_rate=0.0,
            burst=0,  # whoever tries the demo, or a player, may be as fast as they like
            move_every=MOVE_EVERY,
            cancel_seconds=CANCEL_SECONDS,
            tidy_after=TIDY_AFTER,
        )

    async def _open_consultations(self, service: Service) -> None:
        now = self._clock.now()
        for consultation in CONSULTATIONS:
            if not service.stores.store.intake(consultation.id).takes(now):
                await service.stores.registry.set_intake(consultation.id, Intake(open=True, until=now + OPEN_FOR))

    # What is said

    async def _tell_and_play(self, service: Service, telegram: Running) -> None:
        self._tell(telegram, await self._invites(service, telegram))
        if self._play:
            await self._let_play(telegram)
            await self._export(service)

    async def _invites(self, service: Service, telegram: Running) -> list[tuple[str, str]]:
        """A fresh link for each organizer of the demo, who may be one already."""
        made = []
        for person in telegram.world.people.values():
            if person.role == "organizer":
                token = await service.stores.registry.new_invite(Invite(Role.ORGANIZER, None), 1, None)
                made.append((person.first_name, f"https://t.me/{telegram.world.username}?start={token}"))
        return made

    def _tell(self, telegram: Running, invites: list[tuple[str, str]]) -> None:
        shown = [str(number) for number, person in telegram.world.people.items() if person.role != "played"]
        address = telegram.url + (f"/?people={','.join(shown)}" if self._play else "/")
        folder, micic = self._folder, _program()
        export = folder / "export"
        key = folder / "demo-keys" / f"{KEYS[0]}.txt"
        say = self._console.print
        say(f"\n[bold]The demo is ready:[/bold] [link={address}]{address}[/link]\n")
        say("Try this:")
        say("  1. Open the address, press Start on Robin's phone, and answer: press buttons, or type their words.")
        say("  2. Do the same in Arabic on the second phone; send a photo, a wrong answer, or “Back” in the middle.")
        say("     At home: share a practice, respond to earlier regions (where there are any), speak for a group.")
        say("  3. Open the links below on the phones of the two organizers (the link sign beside the phone), and send")
        say("     /broadcasts: one writes, the other approves; Robin gets it after “Send me news”.")
        for name, link in invites:
            say(f"       {name}: {link}", markup=False)
        say("  4. Take the export and open it with the secretariat's key, with the two commands below.\n")
        say(f"  data of the bot    {folder}", markup=False)
        say(f"  keys               {folder / 'demo-keys'}  ({', '.join(f'{name}.txt' for name in KEYS)})", markup=False)
        say(f"  exports            {export}", markup=False)
        say("\nIn a second terminal, while this one runs:")
        quoted = shlex.quote
        sealed, table = export / "sealed.zip", export / "opened.csv"
        say(f"  MICIC_DATA_DIR={quoted(str(folder))} {micic} export --output {quoted(str(sealed))}", markup=False)
        say(
            f"  {micic} open {quoted(str(sealed))} --identity {quoted(str(key))} --format csv"
            f" --output {quoted(str(table))}\n",
            markup=False,
        )
        say("Ctrl-C ends it." if self._kept else "Ctrl-C ends it and removes everything; --data-dir DIR keeps it.")

    async def _let_play(self, telegram: Running) -> None:
        say = self._console.print
        say(f"\n{self._play} more people take part by themselves …")
        started = time.monotonic()
        catalogue, records = Catalogue.load(), cycle(corpus())
        async with Town(telegram.url) as town:
            done = 0
            while done < self._play:
                some = list(islice(records, min(AT_ONCE, self._play - done)))
                people = await players(town, some, catalogue)
                async with asyncio.TaskGroup() as group:
                    for person in people:
                        group.create_task(person.play(LONGEST))
                done += len(some)
                say(f"  {done} receipts after {time.monotonic() - started:.0f} s")

    async def _export(self, service: Service) -> None:
        """What the secretariat would do: take the export, and open it with a key."""
        folder = self._folder / "export"
        sealed = folder / "export.zip"
        wanted = [one.id for one in CONSULTATIONS]
        document = bundle.along((), wanted)
        forms = b"" if document is None else service.stores.recipients.seal(document)
        await bundle.write(sealed, service.stores.vault, wanted, forms=forms)
        paths = await asyncio.to_thread(_opened, sealed, self._folder / "demo-keys" / f"{KEYS[0]}.txt")
        self._console.print("What everybody said, sealed and opened:")
        for path in (sealed, *paths):
            self._console.print(f"  {path}", markup=False)


async def _publish_emerging(service: Service) -> None:
    """Points of 2015 to respond to, unless something is published."""
    published = service.stores.published
    if not published.count()[0]:
        with as_file(emerging()) as path:
            await published.publish(read(path))


def _opened(sealed: Path, key: Path) -> list[Path]:
    """The export opened in every format, as recommendations.<its ending> beside it."""
    identities = read_identities(key)
    paths = []
    with bundle.read(sealed) as content:
        bundle.taken_along([content], lambda part: open_document(part, identities))
        lines = list(opened(content, lambda part: open_document(part, identities), workers=1))
    for each in FORMATS:
        path = sealed.with_name(f"recommendations.{each.ending or each.name}")
        each.write(lines, form("recommendation").questionnaire, path)
        paths.append(path)
    return paths


@contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    if wanted is None:
        with tempfile.TemporaryDirectory(prefix="micic-demo-") as spare:
            (Path(spare) / "export").mkdir()
            yield Path(spare)
        return
    wanted = wanted.absolute()
    if (wanted / RECIPIENTS).exists() and not (wanted / "demo-keys").is_dir():
        raise Refused("not_a_demo", path=str(wanted))
    wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
    (wanted / "export").mkdir(mode=0o700, exist_ok=True)
    yield wanted


def _recipients(folder: Path) -> list[str]:
    """The public halves of the demo's keys, which are made if they are missing."""
    keys = folder / "demo-keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    for name in KEYS:
        path = keys / f"{name}.txt"
        if not path.exists():
            write_identity(path, new_identity())
    return [read_identities(keys / f"{name}.txt")[0].recipient for name in KEYS]


def _settle(world: World) -> None:
    """People for a new world."""
    if not world.people:
        for name, language, role in PEOPLE:
            world.add_person(name, language, role)


def _program() -> str:
    """How this program was started, for commands that can be copied."""
    name = Path(sys.argv[0])
    return shlex.quote(sys.argv[0]) if name.name == "micic" else f"{shlex.quote(sys.executable)} -m bot"
