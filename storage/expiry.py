"""Erases what has outlived its time (`storage.retention` says how long). To be run every hour or so.

It trusts the clock it is given: whoever passes the clock in checks it against Telegram's first.
"""

from bot.core.consultations import CONSULTATIONS
from bot.core.ports import Clock
from storage import retention
from storage.sealed import SealedStore
from storage.sqlite.files import Files


async def expire(files: Files, store: SealedStore, clock: Clock) -> int:
    """Erase expired sessions with their drafts, update ids, set-aside updates, invites, profiles and contacts.

    Returns how many rows. Truncates the logs.
    """
    work, contacts = files.work, files.contacts
    now = clock.now()
    today = retention.day(now)
    store.forget_recent()
    # An id of day d is gone from the beginning of day d + 2 on: kept for 24 hours at least and 48 at most.
    erased = await work.expire(
        now, today - retention.UPDATE_HOURS // 24 + 1, today - retention.ASIDE_DAYS + 1, store.waiting.standing_still()
    )

    # Whoever has a role needs their language when they are told of something: it stays as long as the role does.
    staff = store.people_of_staff()
    for tag, _ in contacts.expired(now + retention.DAY):
        if tag in staff:
            await contacts.extend(tag, retention.unjoined_expires(now))
    over = []
    for tag, sealed in contacts.expired(now):
        profile = store.remembered(tag, sealed)
        joined = profile.joined if profile is not None else ()
        intakes = [store.intake(consultation) for consultation in joined]
        if any(retention.running(intake, now) for intake in intakes):
            # The intake was prolonged after the person's last message.
            await contacts.extend(tag, retention.joined_expires(now, intakes))
        else:
            over.append(tag)
    running = [one.id for one in CONSULTATIONS if retention.running(store.intake(one.id), now)]
    erased += await contacts.expire(now, over, running)
    erased += await store.admissions.expire(now, running)

    await work.database.truncate()
    await contacts.database.truncate()
    return erased
