"""Editions of forms in `published.db`: seen at once, pinned for ever once published, erased when they were not."""

import hashlib
from dataclasses import replace

import pytest

from bot.core.editions import MOST_OFFERED, UNPUBLISHED_HOURS, Edition
from bot.core.errors import Refused
from storage.retention import HOUR
from tests.storage.world import Folder


def edition(document: str, form: str = "mine") -> Edition:
    version = hashlib.sha256(document.encode()).hexdigest()[:16]
    return Edition(version, form, {"en": document}, ("en",), 1, document, b"workbook")


ONE, TWO, OTHER = edition("one"), edition("two"), edition("three", "other")


def bare(*editions: Edition) -> tuple[Edition, ...]:
    return tuple(replace(one, document="", workbook=b"") for one in editions)


async def test_what_one_process_publishes_the_others_see(folder: Folder) -> None:
    async with folder.open() as bot, folder.open() as operator:
        await operator.editions.keep(ONE)
        assert bot.editions.offered("eeca") == ()
        assert bot.editions.edition(ONE.version) == ONE
        for _ in range(2):
            await operator.editions.offer("eeca", ONE.version)
        assert bot.editions.offered("eeca") == bare(ONE)
        assert bot.editions.offered("mena") == ()
        await operator.editions.keep(TWO)
        await operator.editions.offer("eeca", TWO.version)
        await operator.editions.keep(OTHER)
        await operator.editions.offer("eeca", OTHER.version)
        assert bot.editions.offered("eeca") == bare(TWO, OTHER)
        assert bot.editions.edition(ONE.version) == ONE  # drafts under way go on with it
        assert bot.editions.ever(["eeca"]) == (ONE, TWO, OTHER)
        assert bot.editions.ever(["mena"]) == ()
        assert await bot.editions.retire("eeca", "mine")
        assert not await bot.editions.retire("eeca", "mine")
        assert operator.editions.offered("eeca") == bare(OTHER)
        assert operator.editions.everywhere() == ((bare(OTHER)[0], "eeca"),)
        assert operator.editions.ever(["eeca"]) == (ONE, TWO, OTHER)
        await bot.editions.offer("eeca", ONE.version)
        assert operator.editions.offered("eeca") == bare(ONE, OTHER)


async def test_what_was_never_published_goes_and_what_was_stays(folder: Folder) -> None:
    async with folder.open() as stores:
        await stores.editions.keep(ONE)
        await stores.editions.keep(TWO)
        await stores.editions.offer("eeca", ONE.version)
        await stores.editions.keep(ONE)  # brought once more
        await stores.editions.retire("eeca", "mine")
        folder.clock.time += (UNPUBLISHED_HOURS + 1) * HOUR
        await stores.expire()
        assert stores.editions.edition(TWO.version) is None
        assert stores.editions.edition(ONE.version) == ONE
        with pytest.raises(Refused) as raised:
            await stores.editions.offer("eeca", TWO.version)
        assert raised.value.code == "form_gone"


async def test_a_consultation_offers_only_so_many(folder: Folder) -> None:
    async with folder.open() as stores:
        for at in range(MOST_OFFERED):
            one = edition(f"document {at}", f"form{at}")
            await stores.editions.keep(one)
            await stores.editions.offer("eeca", one.version)
        await stores.editions.keep(ONE)
        with pytest.raises(Refused) as raised:
            await stores.editions.offer("eeca", ONE.version)
        assert raised.value.code == "forms_many"
        newer = edition("newer", "form0")
        await stores.editions.keep(newer)
        await stores.editions.offer("eeca", newer.version)
        assert len(stores.editions.offered("eeca")) == MOST_OFFERED


async def test_a_document_that_was_changed_is_none(folder: Folder) -> None:
    async with folder.open() as stores:
        await stores.editions.keep(ONE)
    folder.execute("published", "UPDATE editions SET document = 'another'")
    async with folder.open() as stores:
        assert stores.editions.edition(ONE.version) is None
