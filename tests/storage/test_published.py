"""What is published, in its own file: seen at once by others, replaced as a whole, kept for drafts under way."""

from dataclasses import replace

from bot.core.contributions import ContributionId
from bot.core.points import Point, PointSet, Publication
from storage.retention import DAY, PUBLISHED_DAYS
from tests.storage.world import Folder

A, B = ContributionId("a" * 32), ContributionId("b" * 32)
SCOPE = Point("scope", ("eeca",), "2015-06-24", {"en": "Scope"}, {"en": "Count all.", "ar": "الجميع"})
WAGES = Point("wages", ("eeca",), "2015-06-24", {"en": "Wages"}, {"en": "Pay."})
FIRST = PointSet("wca", (SCOPE,))
SECOND = PointSet("wca", (SCOPE, WAGES))


async def test_it_is_there_for_every_process_at_once(folder: Folder) -> None:
    async with folder.open() as bot, folder.open() as operator:
        assert bot.published.version("wca") is None
        await operator.published.publish(Publication((FIRST,), (SCOPE, WAGES), {A: ("wages", "scope"), B: ()}))
        assert bot.published.version("wca") == FIRST.version
        assert bot.published.version("eeca") is None
        assert bot.published.points(FIRST.version) == FIRST
        assert bot.published.feedback(A) == (WAGES, SCOPE)
        assert bot.published.feedback(B) == bot.published.feedback(ContributionId("c" * 32)) == ()
        assert bot.published.count() == (2, 2)


async def test_a_version_that_was_replaced_stays_for_drafts_and_then_goes(folder: Folder) -> None:
    async with folder.open() as stores:
        await stores.published.publish(Publication((FIRST,), (SCOPE,), {A: ("scope",)}))
        await stores.published.publish(Publication((SECOND,), (SCOPE, WAGES)))
        assert stores.published.version("wca") == SECOND.version
        assert stores.published.points(FIRST.version) == FIRST
        assert stores.published.feedback(A) == ()
        folder.clock.time += (PUBLISHED_DAYS - 1) * DAY
        await stores.expire()
        assert stores.published.points(FIRST.version) == FIRST
        folder.clock.time += 2 * DAY
        await stores.expire()
        assert stores.published.points(FIRST.version) is None
        assert stores.published.points(SECOND.version) == SECOND


async def test_what_is_published_again_is_in_force_again(folder: Folder) -> None:
    async with folder.open() as stores:
        for publication in (Publication((FIRST,)), Publication(), Publication((FIRST,))):
            await stores.published.publish(publication)
            assert stores.published.version("wca") == (FIRST.version if publication.sets else None)
        folder.clock.time += (PUBLISHED_DAYS + 2) * DAY
        await stores.expire()
        assert stores.published.points(FIRST.version) == FIRST


async def test_a_document_that_was_changed_is_not_shown(folder: Folder) -> None:
    async with folder.open() as stores:
        await stores.published.publish(Publication((FIRST,), (SCOPE,), {A: ("scope",)}))
    folder.execute("published", "UPDATE versions SET document = replace(document, 'Count all', 'Count none')")
    folder.execute("published", "UPDATE points SET document = '{'")
    async with folder.open() as stores:
        assert stores.published.points(FIRST.version) is None
        assert stores.published.feedback(A) == ()
    assert replace(FIRST, consultation="wca").version == FIRST.version


async def test_nobody_else_can_read_it(folder: Folder) -> None:
    async with folder.open() as stores:
        await stores.published.publish(Publication((FIRST,), (SCOPE,)))
        files = list(folder.path.glob("published.db*"))
        assert files
        assert all(path.stat().st_mode & 0o077 == 0 for path in files)
