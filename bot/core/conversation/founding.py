"""An organizer makes a consultation: asked step by step, looked at as a whole, changed anywhere, and made. It is closed
until somebody opens it.

What is said so far rests in the session, so a crash or another errand takes nothing away. Each answer is judged as the
file's fields are. Not here: what is asked (`bot.core.founding`), how it looks (`handlers.writing.founding`).
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import BY_ID, LONGEST_DRAFT, QUESTIONNAIRES, SHORT, Access, Founded
from bot.core.conversation.chat import Chat, Deed, Outcome, adds
from bot.core.conversation.moments import moment
from bot.core.dialogue.draft import form_key
from bot.core.dialogue.questionnaire import Question
from bot.core.dialogue.steps import matching
from bot.core.errors import Refused
from bot.core.events import Found
from bot.core.founding import FIELDS, Founding, Plan, Step, step_of
from bot.core.session import Managed, Place

_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_PARTS = re.compile(r"[,;،؛、\n]+")
_STEPS = tuple(Step)
LONGEST_QUOTE = 60
"""Characters of what was typed that are shown again where it is not understood."""
MOST_MATCHES = 6
"""Countries that are offered where a text may mean several."""


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """Its buttons, and what is typed where it is asked for."""
    match event:
        case on.Founds():
            return _founds(chat, event)
        case on.Speaks() if chat.session.place is Place.FOUNDING and event.said.step is None:
            return _said(chat, event.said.text.strip())
    return None


def standing(chat: Chat) -> Outcome:
    """The step at which the organizer is, shown again."""
    return _shown(chat, chat.session.founding or Founding())


def mark(plan: Plan, name: str) -> str:
    """By which the last button says what it makes, under which id; 8 hex digits."""
    return hashlib.sha256(repr((plan, name)).encode()).hexdigest()[:8]


def _founds(chat: Chat, event: on.Founds) -> Outcome:
    founding = chat.session.founding
    if event.do is Found.OPEN:
        return standing(chat)
    if founding is None or chat.session.place is not Place.FOUNDING:
        return chat.again(show.Toast("dialogue.outdated"))
    if event.do is Found.STEP:
        wanted = Step(event.argument) if event.argument in set(Step) else founding.step
        return _shown(chat, _at(founding, wanted))
    if event.do is Found.CHOOSE:
        return _answered(chat, founding, _CHOSEN, event.argument)
    return _DO[event.do](chat, founding, event.argument)


# Screens


def _shown(
    chat: Chat, founding: Founding, trouble: str | None = None, about: str = "", matches: tuple[str, ...] = ()
) -> Outcome:
    found = judged(chat, founding.plan) if founding.step is Step.REVIEW else None
    if isinstance(found, frozenset):
        # Something is missing that was there, or was never asked for.
        return _shown(chat, _at(founding, step_of(found) or Step.NAME), trouble or "founding.first")
    name = "" if found is None else found.consultation.id
    screen = show.ShowPlan(
        founding,
        trouble,
        about,
        matches=matches,
        zones=_OFFERED[founding.step](chat, founding.plan) if founding.step in _OFFERED else (),
        mark=mark(founding.plan, name),
        id=name,
    )
    session = replace(chat.session, place=Place.FOUNDING, founding=founding, managed=Managed())
    return Outcome(chat.profile, session, (screen,))


def judged(chat: Chat, plan: Plan) -> Founded | frozenset[str]:
    """What it would be, or the fields that are at fault."""
    return chat.world.judged(plan.document)


def _at(founding: Founding, step: Step) -> Founding:
    reviewed = founding.reviewed or step is Step.REVIEW
    return replace(founding, step=step, language=None, more=False, drops=False, reviewed=reviewed)


def _zones(chat: Chat, plan: Plan) -> tuple[str, ...]:
    """Those of the country where it meets, and of consultations in that country."""
    near = (one.zone for one in BY_ID.values() if one.place == plan.country)
    return tuple(dict.fromkeys((*chat.world.zones_of(plan.country or ""), *near)))


def _others(chat: Chat, plan: Plan) -> tuple[str, ...]:
    """One zone of the region for each other time there, from west to east, and those that were chosen."""
    now = datetime.fromtimestamp(chat.world.now, UTC)

    def ahead(zone: str) -> timedelta:
        return now.astimezone(chat.world.zone(zone)).utcoffset() or timedelta()

    known = [*plan.zones, *(zone for country in plan.countries for zone in chat.world.zones_of(country))]
    times = {} if plan.zone is None else {ahead(plan.zone): plan.zone}
    for zone in known:
        times.setdefault(ahead(zone), zone)
    offered = {*times.values(), *plan.zones} - {plan.zone}
    return tuple(sorted(offered, key=lambda one: (ahead(one), one)))


_OFFERED: Mapping[Step, Callable[[Chat, Plan], tuple[str, ...]]] = {Step.ZONE: _zones, Step.ZONES: _others}
"""The time zones that are offered at a step."""


# Moving


def _next(chat: Chat, founding: Founding, _: str) -> Outcome:
    """On, once what is asked for here is said."""
    if (code := _missing(chat, founding)) is not None:
        return _shown(chat, founding, code)
    after = Step.REVIEW if founding.reviewed else _STEPS[min(_STEPS.index(founding.step) + 1, len(_STEPS) - 1)]
    return _shown(chat, _at(founding, after))


def _missing(chat: Chat, founding: Founding) -> str | None:
    """Key of what has to be said first."""
    found = judged(chat, founding.plan)
    faults = found if isinstance(found, frozenset) else frozenset[str]()
    if not set(FIELDS[founding.step]) & faults:
        return None
    return f"error.founding_{founding.step}" if founding.step in (*_TYPED, Step.FORMS) else "error.founding_choose"


def _back(chat: Chat, founding: Founding, _: str) -> Outcome:
    if founding.language is not None or founding.drops or founding.more:
        return _shown(chat, _at(founding, founding.step))
    if founding.reviewed:
        return _shown(chat, _at(founding, Step.REVIEW))
    before = _STEPS[max(_STEPS.index(founding.step) - 1, 0)]
    return _shown(chat, _at(founding, before))


def _drop(chat: Chat, founding: Founding, sure: str) -> Outcome:
    if sure != "yes":
        return _shown(chat, replace(founding, drops=True))
    return _left(chat, show.Line("founding.dropped"))


def _left(chat: Chat, first: show.Line | show.ShowMade) -> Outcome:
    session = replace(chat.session, place=Place.MANAGING, founding=None, managed=Managed())
    after = replace(chat, session=session)
    return after.shows(first) if isinstance(first, show.ShowMade) else adds(after.again(), first)


def _save(chat: Chat, founding: Founding, shown: str) -> Outcome:
    """Made as it was shown; the second tap finds nothing to make."""
    found = judged(chat, founding.plan)
    if founding.step is not Step.REVIEW or isinstance(found, frozenset):
        return adds(_shown(chat, founding), show.Toast("dialogue.outdated"))
    one = found.consultation
    if shown != mark(founding.plan, one.id):  # changed since, or somebody else has made one of that id
        return adds(_shown(chat, founding), show.Toast("dialogue.outdated"))
    outcome = _left(chat, show.ShowMade(one.id, one.texts["name"]))
    return replace(outcome, founds=found, deeds=(Deed("consultation_made", one.id, one.first_day),))


_DO: dict[Found, Callable[[Chat, Founding, str], Outcome]] = {
    Found.NEXT: _next,
    Found.BACK: _back,
    Found.DROP: _drop,
    Found.SAVE: _save,
}


# Answers


def _said(chat: Chat, text: str) -> Outcome:
    founding = chat.session.founding or Founding()
    return _answered(chat, founding, _TYPED, text)


Answer = Callable[[Chat, Founding, str], Founding]


def _answered(chat: Chat, founding: Founding, answers: Mapping[Step, Answer], text: str) -> Outcome:
    """What an answer makes of the plan, unless the fields of this step are at fault then."""
    answer = answers.get(founding.step)
    if answer is None:
        return _shown(chat, founding, "error.founding_choose")
    try:
        after = answer(chat, founding, text)
    except Refused as error:
        # What was typed is put beside the error here, where it is shown; the error itself carries none of it.
        part, matches = error.params.get("part"), str(error.params.get("matches", ""))
        about = "" if part is None else _parts(text, founding.step)[int(part)][:LONGEST_QUOTE]
        return _shown(chat, founding, f"error.{error.code}", about, tuple(matches.split()))
    if _wrong(chat, founding, after):
        short = founding.more and founding.step is Step.NAME
        return _shown(chat, founding, "error.founding_short" if short else f"error.founding_{founding.step}")
    if answers is _CHOSEN and founding.step in _AT_ONCE and after.step is founding.step:
        return _next(chat, after, "")
    return _shown(chat, after)


def _wrong(chat: Chat, before: Founding, after: Founding) -> bool:
    """Whether what was said now is at fault; what is still missing may follow."""
    said = {key for key in FIELDS[before.step] if key in after.plan.document}
    found = judged(chat, after.plan)
    return bool(said & found) if isinstance(found, frozenset) else False


def _texts(chat: Chat, founding: Founding, text: str) -> Founding:
    """A name or place in one language; in the organizer's own where none was chosen."""
    plan, key = founding.plan, founding.step.value
    language = founding.language or chat.profile.language
    line = " ".join(text.split())
    if founding.more:
        return replace(founding, plan=replace(plan, short={**plan.short, language: line}), more=False, language=None)
    short = {code: known for code, known in plan.short.items() if code != language or key != "name"}
    said: dict[str, Any] = {key: {**getattr(plan, key), language: line}}
    after = replace(plan, short=short, **said)
    if key == "name" and after.wants_short(language):
        return replace(founding, plan=_named_meanwhile(after, language), language=language, more=True)
    return replace(founding, plan=after, language=None)


def _named_meanwhile(plan: Plan, language: str) -> Plan:
    """With a beginning of the name for buttons, until the organizer has given a better one."""
    beginning = plan.name[language][: SHORT - 1].rstrip()
    return replace(plan, short={**plan.short, language: f"{beginning}…"})


def _language(chat: Chat, founding: Founding, code: str) -> Founding:
    """The language of the next text; `-` before it takes its text out."""
    plan, key = founding.plan, founding.step.value
    wanted = code.removeprefix("-")
    if wanted not in chat.world.languages:
        raise Refused("founding_choose")
    if not code.startswith("-"):
        return replace(founding, language=wanted, more=False)
    texts = {one: text for one, text in getattr(plan, key).items() if one != wanted}
    said: dict[str, Any] = {key: texts}
    if key == "name":
        said["short"] = {one: text for one, text in plan.short.items() if one != wanted}
    return replace(founding, plan=replace(plan, **said), language=None, more=False)


def _question(chat: Chat) -> Question:
    """The question of countries: all of them, under their names in every language."""
    form = chat.world.forms[form_key("recommendation", "")]
    found = form.questionnaire.question("country")
    if found is None:
        raise Refused("founding_country")
    return found


def _parts(text: str, step: Step) -> list[str]:
    """The names that a text may hold: one, or (REGION) several."""
    return [part.strip() for part in _PARTS.split(text) if part.strip()] if step is Step.REGION else [text]


def _found(chat: Chat, text: str, part: int = 0) -> str:
    """The country that a part is. Raises Refused `founding_unknown` {part}, `founding_several` {part, matches}."""
    question = _question(chat)
    codes = {choice.code for choice in question.choices}
    if text.upper() in codes:
        return text.upper()
    found = [question.choices[at].code for at in matching.labels(question, text)]
    found = [code for code in found if len(code) == 2 and code.isupper()]
    if not found:
        raise Refused("founding_unknown", part=part)
    if len(found) > 1:
        raise Refused("founding_several", part=part, matches=" ".join(found[:MOST_MATCHES]))
    return found[0]


def _country(chat: Chat, founding: Founding, text: str) -> Founding:
    """Region and zone follow, where nothing else was said of them."""
    code, plan = _found(chat, text), founding.plan
    zones, before = chat.world.zones_of(code), chat.world.zones_of(plan.country or "")
    countries = plan.countries if plan.countries not in ((), (plan.country,)) else (code,)
    zone = plan.zone if plan.zone is not None and plan.zone not in before else zones[0] if len(zones) == 1 else None
    return replace(founding, plan=replace(_in_zone(chat, plan, zone), country=code, countries=countries))


def _region(chat: Chat, founding: Founding, text: str) -> Founding:
    """Countries that are typed join the region, or leave it where they are in it."""
    known = dict.fromkeys(founding.plan.countries)
    for at, part in enumerate(_parts(text, Step.REGION)):
        code = _found(chat, part, at)
        if code in known:
            del known[code]
        else:
            known[code] = None
    return replace(founding, plan=replace(founding.plan, countries=tuple(known)))


def _region_of(chat: Chat, founding: Founding, consultation: str) -> Founding:
    """The region of another consultation, or (`none`) only the country where it meets; one of several countries."""
    if consultation.isupper():
        return _region(chat, founding, consultation)
    plan, other = founding.plan, BY_ID.get(consultation)
    countries = other.countries if other is not None else (plan.country,) if plan.country else ()
    return replace(founding, plan=replace(plan, countries=countries))


def _zone(chat: Chat, founding: Founding, text: str) -> Founding:
    found = chat.world.find_zone(text)
    if found is None:
        raise Refused("founding_zone")
    return replace(founding, plan=_in_zone(chat, founding.plan, found))


def _in_zone(chat: Chat, plan: Plan, zone: str | None) -> Plan:
    """The plan in another zone: what was written as 18:00 stays 18:00. None: until it is chosen, as if in UTC."""
    before, after = (chat.world.zone(one or "UTC") for one in (plan.zone, zone))

    def moved(moment: float | None) -> float | None:
        return None if moment is None else datetime.fromtimestamp(moment, before).replace(tzinfo=after).timestamp()

    others = tuple(one for one in plan.zones if one != zone)
    return replace(plan, zone=zone, zones=others, opens=moved(plan.opens), until=moved(plan.until))


def _quiet(chat: Chat, founding: Founding, text: str) -> Founding:
    """Another zone in which nobody is reminded at night; one that is there goes."""
    found, plan = chat.world.find_zone(text), founding.plan
    if found is None:
        raise Refused("founding_zone")
    zones = [one for one in plan.zones if one != found]
    if found not in (*plan.zones, plan.zone):
        zones.append(found)
    return replace(founding, plan=replace(plan, zones=tuple(zones)))


def _days(chat: Chat, founding: Founding, text: str) -> Founding:
    """The day, or the last of several. One at a time: two together are as many digits as a receipt."""
    del chat
    text = matching.digits(text)
    if not _DAY.fullmatch(text):
        raise Refused("founding_days")
    day = "-".join(part.zfill(2) for part in text.split("-"))
    plan = replace(founding.plan, last_day=day, first_day=founding.plan.first_day if founding.more else day)
    return replace(founding, plan=plan, more=False)


def _last_day(chat: Chat, founding: Founding, _: str) -> Founding:
    """It lasts longer than a day: until when is asked."""
    del chat
    return replace(founding, more=founding.plan.first_day is not None)


def _opens(chat: Chat, founding: Founding, text: str) -> Founding:
    return replace(founding, plan=replace(founding.plan, opens=_time(chat, founding, text)))


def _until(chat: Chat, founding: Founding, text: str) -> Founding:
    return replace(founding, plan=replace(founding.plan, until=_time(chat, founding, text)))


def _time(chat: Chat, founding: Founding, text: str) -> float | None:
    return None if text == "none" else moment(chat.world, text, founding.plan.zone or "UTC")


def _access(chat: Chat, founding: Founding, name: str) -> Founding:
    del chat
    if name not in set(Access):
        raise Refused("founding_choose")
    return replace(founding, plan=replace(founding.plan, access=Access(name)))


def _sensitive(chat: Chat, founding: Founding, said: str) -> Founding:
    del chat
    if said not in ("yes", "no"):
        raise Refused("founding_choose")
    return replace(founding, plan=replace(founding.plan, sensitive=said == "yes"))


def _drafts(chat: Chat, founding: Founding, hours: str) -> Founding:
    del chat
    hours = matching.digits(hours)
    if hours == "none":
        return replace(founding, plan=replace(founding.plan, draft_hours=None))
    if not hours.isdecimal() or len(hours) > len(str(LONGEST_DRAFT)):
        raise Refused("founding_drafts")
    return replace(founding, plan=replace(founding.plan, draft_hours=int(hours)))


def _languages(chat: Chat, founding: Founding, code: str) -> Founding:
    plan = founding.plan
    if code not in chat.world.languages:
        raise Refused("founding_choose")
    chosen = set(plan.languages or chat.world.languages) ^ {code}
    kept = tuple(one for one in chat.world.languages if one in chosen)
    return replace(founding, plan=replace(plan, languages=() if set(kept) == set(chat.world.languages) else kept))


def _forms(chat: Chat, founding: Founding, name: str) -> Founding:
    del chat
    if name not in QUESTIONNAIRES:
        raise Refused("founding_choose")
    chosen = set(founding.plan.questionnaires) ^ {name}
    return replace(
        founding, plan=replace(founding.plan, questionnaires=tuple(one for one in QUESTIONNAIRES if one in chosen))
    )


def _points(chat: Chat, founding: Founding, name: str) -> Founding:
    del chat
    if name not in (*BY_ID, "none"):
        raise Refused("founding_choose")
    return replace(founding, plan=replace(founding.plan, points_from=None if name == "none" else name))


_TYPED: Mapping[Step, Answer] = {
    Step.NAME: _texts,
    Step.PLACE: _texts,
    Step.COUNTRY: _country,
    Step.REGION: _region,
    Step.ZONE: _zone,
    Step.ZONES: _quiet,
    Step.DAYS: _days,
    Step.OPENS: _opens,
    Step.UNTIL: _until,
    Step.DRAFTS: _drafts,
}
"""What is typed at each step; elsewhere only buttons answer."""
_CHOSEN: Mapping[Step, Answer] = {
    Step.NAME: _language,
    Step.PLACE: _language,
    Step.COUNTRY: _country,
    Step.REGION: _region_of,
    Step.ZONE: _zone,
    Step.ZONES: _quiet,
    Step.DAYS: _last_day,
    Step.OPENS: _opens,
    Step.UNTIL: _until,
    Step.ACCESS: _access,
    Step.SENSITIVE: _sensitive,
    Step.DRAFTS: _drafts,
    Step.LANGUAGES: _languages,
    Step.FORMS: _forms,
    Step.POINTS: _points,
}
"""What a button of a step chooses."""
_AT_ONCE = frozenset(
    {Step.COUNTRY, Step.ZONE, Step.OPENS, Step.UNTIL, Step.ACCESS, Step.SENSITIVE, Step.DRAFTS, Step.POINTS}
)
"""One tap answers these, and leads on."""
