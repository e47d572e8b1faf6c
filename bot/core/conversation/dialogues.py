"""Beginning, continuing and handing in a dialogue.

Not here: questions and answers (`dialogue.engine`).
"""

from collections.abc import Callable
from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import BY_ID
from bot.core.contributions import ContributionId, Envelope, Note, Receipt, Standing, State, head, piece, voice_piece
from bot.core.conversation.chat import Chat, Outcome, adds
from bot.core.conversation.home import home
from bot.core.dialogue import effects as out
from bot.core.dialogue import engine
from bot.core.dialogue import events as dialogue
from bot.core.dialogue.draft import RESPONSE, Draft, Replaced, form_key
from bot.core.dialogue.effects import Turn
from bot.core.dialogue.questionnaire import Form
from bot.core.dialogue.saying import listens
from bot.core.errors import Outdated
from bot.core.ports import NewPart, Submission
from bot.core.session import Group, Place

GROUP = "group"
"""The questionnaire that describes a group; whoever handed it in speaks for that group until they have finished."""
DIALOGUES = ("recommendation", "practice", RESPONSE, GROUP)
"""The questionnaires that the home screen offers."""


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """Buttons, texts and edits that belong to a dialogue."""
    match event:
        case on.Begins():
            return _begin(chat, event.dialogue)
        case on.Continues():
            return _continued(chat)
        case on.Cancels():
            return _cancel(chat)
        case on.Presses():
            return _press(chat, event)
        case on.Speaks():
            return _speak(chat, event.said)
        case on.Rewrites():
            return _rewrite(chat, event.edited)
        case on.SendsVoice() if _listens(chat, event.voiced.step):
            return _turn(chat, lambda draft, form: engine.resume(draft, event.voiced, form))
    return None


def standing(chat: Chat) -> Outcome:
    """The open question, shown again."""
    return _turn(chat, engine.present)


def _begin(before: Chat, dialogue: str) -> Outcome:
    """A fresh draft. While another one waits an old button begins nothing: the home screen says what comes first."""
    consultation, draft = before.consultation, before.session.draft
    if consultation is None:
        return home(before)
    if draft is not None:
        same = draft.questionnaire == dialogue and draft.consultation == consultation and draft.replaces is None
        return _continued(before) if same else home(before)
    if before.kept_out(consultation) is not None:
        return home(before)
    if not before.world.intake(consultation).takes(before.world.now):
        return before.lists("join.closed", consultation)
    return begin(before, consultation, dialogue)


def _continued(before: Chat) -> Outcome:
    return _turn(before, lambda draft, form: engine.resume(draft, _continue(draft), form))


def begin(before: Chat, consultation: str, dialogue: str, replaces: Replaced | None = None) -> Outcome:
    """A fresh draft; of a contribution of its own, or of the next version of one."""
    if before.world.frozen(consultation):
        return before.shows(show.ShowFrozen(consultation, draft=False))
    form = _form(before, consultation, dialogue)
    if form is None:
        return adds(home(before), show.Toast("respond.none" if dialogue == RESPONSE else "dialogue.outdated"))
    group = before.speaks_for if dialogue != GROUP and replaces is None else None
    draft = Draft(
        replaces=replaces,
        contribution=ContributionId(before.world.chance.hex(16)),
        consultation=consultation,
        questionnaire=form.questionnaire.id,
        version=form.questionnaire.version,
        language=before.profile.language,
        day=before.world.day,
        notice=before.world.notice,
        step=form.questionnaire.questions[0].id,
        group=replaces.group if replaces is not None else None if group is None else group.record,
    )
    return _turn(replace(before, session=replace(before.session, draft=draft)), engine.begin)


def _form(chat: Chat, consultation: str, dialogue: str) -> Form | None:
    """The form to begin with; None for one that we do not offer, and where no points are published."""
    if dialogue not in DIALOGUES:
        offered = () if chat.world.editions is None else chat.world.editions.offered(consultation)
        found = next((one.version for one in offered if one.form == dialogue), None)
        return None if found is None else chat.world.forms.get(form_key(dialogue, found))
    if dialogue != RESPONSE and dialogue not in BY_ID[consultation].questionnaires:
        return None
    version = chat.world.points(consultation) if dialogue == RESPONSE else ""
    return None if version is None else chat.world.forms.get(form_key(dialogue, version))


def _press(chat: Chat, event: on.Presses) -> Outcome:
    draft = chat.session.draft
    if draft is None or not draft.contribution.startswith(event.draft):
        return chat.again(show.Toast("dialogue.outdated"))
    erases = event.pressed.do is dialogue.Do.ERASE
    return _turn(chat, lambda draft, form: engine.resume(draft, event.pressed, form), erases=erases)


def _speak(chat: Chat, said: dialogue.Said) -> Outcome:
    if chat.session.draft is None:
        return chat.again(show.Line("home.not_an_answer"))
    if chat.session.draft.stopped or chat.session.place is not Place.DIALOGUE:
        return home(chat, "home.draft_waits")
    return _turn(chat, lambda draft, form: engine.resume(draft, said, form))


def _rewrite(chat: Chat, edited: dialogue.Edited) -> Outcome:
    if chat.session.draft is None:
        return chat.shows(show.Line("dialogue.edit_too_late"))
    return _turn(chat, lambda draft, form: engine.resume(draft, edited, form), stay=True)


def _listens(chat: Chat, to: str | None) -> bool:
    draft = chat.session.draft if chat.session.place is Place.DIALOGUE else None
    form = chat.world.forms.get(draft.form) if draft is not None else None
    return draft is not None and form is not None and listens(draft, form, to) is not None


def _cancel(chat: Chat) -> Outcome:
    if chat.session.draft is None:
        return chat.again(show.Line("dialogue.nothing_to_cancel"))
    if chat.session.draft.form not in chat.world.forms:
        return _gone(chat)
    return chat.shows(out.AskErase(chat.session.draft))


def _gone(before: Chat) -> Outcome:
    """A draft whose form is nowhere any more cannot be shown nor handed in."""
    return adds(home(replace(before, session=replace(before.session, draft=None))), out.Erased())


def _over(before: Chat, draft: Draft) -> Outcome:
    """The time in which it could be handed in has passed: it rests until it expires or is erased."""
    rests = replace(before.session, place=Place.HOME, draft=replace(draft, stopped=True))
    return home(replace(before, session=rests))


def _ending(chat: Chat, outcome: Outcome) -> Outcome:
    """Say once, while somebody goes on in a consultation that has closed, how long they can."""
    draft = outcome.session.draft
    ends = None if draft is None else chat.world.intake(draft.consultation).grace(chat.world.now)
    if draft is None or ends is None or chat.session.told_end == ends:
        return outcome
    told = replace(outcome, session=replace(outcome.session, told_end=ends))
    return adds(told, show.DraftsEnd(ends, chat.zone(draft.consultation)))


def _turn(before: Chat, turn: Callable[[Draft, Form], Turn], *, stay: bool = False, erases: bool = False) -> Outcome:
    """One turn of the engine, and what it means for the chat."""
    draft = before.session.draft
    form = before.world.forms.get(draft.form) if draft is not None else None
    if draft is None:
        return home(before)
    if form is None:
        return _gone(before)
    if not erases and not before.world.intake(draft.consultation).finishes(before.world.now):
        return _over(before, draft)
    try:
        done = turn(draft, form)
    except Outdated:
        return before.again(show.Toast("dialogue.outdated"))
    place = before.session.place if stay else Place.DIALOGUE
    if done.draft is not None and done.draft.stopped and not stay:
        place = Place.HOME
    chat = replace(before, session=replace(before.session, place=place, draft=done.draft))
    return _ending(before, _landed(chat, draft, done))


def _landed(chat: Chat, before: Draft, done: Turn) -> Outcome:
    envelope = _envelope(before)
    parts = tuple(_part(envelope, effect) for effect in done.effects if isinstance(effect, out.Keep | out.KeepVoice))
    dropped = tuple(effect.part for effect in done.effects if isinstance(effect, out.Drop))
    shown = tuple(effect for effect in done.effects if not isinstance(effect, out.Drop))
    outcome = Outcome(chat.profile, chat.session, shown, parts, dropped)
    finished = next((effect for effect in shown if isinstance(effect, out.Finished)), None)
    if finished is not None and (state := chat.kept_out(before.consultation)) is not None:
        return _asked_again(chat, before, f"admission.{state.value}")
    if finished is not None:
        return _submitted(chat, before, finished) if before.replaces is None else _replaced(chat, before, finished)
    if done.draft is None or done.draft.stopped:
        after = home(chat)
        return replace(outcome, session=after.session, effects=(*shown, *after.effects))
    return outcome


def _part(envelope: Envelope, kept: out.Keep | out.KeepVoice) -> NewPart:
    if isinstance(kept, out.Keep):
        return NewPart(kept.part, piece(envelope, kept.part, kept.step, kept.text))
    new = kept.voiced
    audio = new.audio or b""
    return NewPart(new.part, voice_piece(envelope, new.part, kept.step, audio, type_=new.type, seconds=new.seconds))


def _submitted(chat: Chat, draft: Draft, finished: out.Finished) -> Outcome:
    receipt = Receipt(chat.world.chance.digits(16))
    submission = _submission(chat, draft, finished, receipt)
    group = Group(draft.contribution, draft.consultation) if draft.questionnaire == GROUP else chat.session.group
    session = replace(chat.session, place=Place.RECEIPT, draft=None, group=group)
    speaks_for = replace(chat, session=session).speaks_for is not None
    shown = show.ShowReceipt(receipt, draft.consultation, draft.questionnaire, group=speaks_for, keep=chat.profile.keep)
    effects = (finished, shown)
    return Outcome(chat.profile, session, effects, submission=submission, receipt=receipt)


def _replaced(chat: Chat, draft: Draft, finished: out.Finished) -> Outcome:
    """A new version is handed in, unless the old one was changed or taken back from elsewhere meanwhile."""
    replaces = draft.replaces
    before = None if replaces is None else chat.world.standing(replaces.receipt)
    if replaces is None or before is None or before.state is not State.SUBMITTED:
        return _asked_again(chat, replace(draft, replaces=None), "amend.gone")
    if before.contribution != replaces.contribution:
        return _asked_again(chat, replace(draft, replaces=_instead(replaces, before)), "amend.meanwhile")
    session = replace(chat.session, place=Place.RECEIPT, draft=None)
    effects = (finished, show.Amended(replaces.receipt, draft.consultation, before.version + 1))
    submission = _submission(chat, draft, finished, replaces.receipt, replaces.contribution)
    return Outcome(chat.profile, session, effects, submission=submission)


def _instead(replaces: Replaced, standing: Standing) -> Replaced:
    return replace(replaces, contribution=standing.contribution)


def _asked_again(chat: Chat, draft: Draft, trouble: str) -> Outcome:
    """The review once more, with what has changed: handing in again means what it says now."""
    waiting = replace(chat, session=replace(chat.session, place=Place.DIALOGUE, draft=draft))
    return adds(_turn(waiting, engine.present), show.Line(trouble))


def _submission(
    chat: Chat, draft: Draft, finished: out.Finished, receipt: Receipt, supersedes: ContributionId | None = None
) -> Submission:
    return Submission(
        contribution=draft.contribution,
        consultation=draft.consultation,
        receipt=receipt,
        head=head(
            replace(_envelope(draft), language=chat.profile.language),
            finished.answers,
            finished.pieces,
            chat.profile.notice or draft.notice,
            supersedes=supersedes,
        ),
        parts=[part for parts in finished.pieces.values() for part in parts],
        note=Note(chat.world.day, draft.questionnaire, group=draft.group),
        supersedes=supersedes,
    )


def _continue(draft: Draft) -> dialogue.Pressed:
    return dialogue.Pressed(dialogue.Do.CONTINUE, draft.visit)


def _envelope(draft: Draft) -> Envelope:
    return Envelope(
        contribution=draft.contribution,
        consultation=draft.consultation,
        questionnaire=draft.questionnaire,
        version=draft.version,
        language=draft.language,
        day=draft.day,
        group=draft.group,
    )
