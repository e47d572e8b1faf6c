"""Organizers at their consultation's questionnaires: send a file, mend it, rehearse it, publish it, retire it.

A rehearsal is the dialogue itself with a draft that leads nowhere: nothing of it is sealed, stored or handed in. What
the form is in every language has been seen, walked or read, before it can be published. Every act is checked here
against the roles of the person who presses, whatever the button says.
Not here: what is wrong with a file (`bot.questionnaires`), how it looks (`handlers.writing.forms`).
"""

from collections.abc import Callable
from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.contributions import ContributionId
from bot.core.conversation.chat import Chat, Deed, Effect, Outcome, adds
from bot.core.dialogue import effects as out
from bot.core.dialogue import engine
from bot.core.dialogue.draft import Draft, form_key
from bot.core.dialogue.effects import Turn
from bot.core.dialogue.questionnaire import Form
from bot.core.dialogue.saying import listens
from bot.core.editions import Edition
from bot.core.errors import Outdated
from bot.core.events import Offer
from bot.core.rights import Right
from bot.core.session import Place, Proof

_SILENT = (out.KeepVoice, out.Drop, out.Erased, out.Stopped, out.AskErase)
"""What a rehearsal has no use for: there is nothing to seal, to erase or to come back to."""


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """/forms and its buttons, the file that is waited for, and what is said in a rehearsal."""
    match event:
        case on.Offers():
            return _offers(chat, event)
        case on.SendsFile() if chat.session.place is Place.FORMS and chat.session.proof.waits:
            return _brought(chat, event)
    draft = _rehearsed(chat)
    if draft is None:
        return None
    match event:
        case on.Cancels():
            return _turn(chat, lambda _, __: Turn(None, []))
        case on.Presses() if draft.contribution.startswith(event.draft):
            return _turn(chat, lambda draft, form: engine.resume(draft, event.pressed, form))
        case on.Speaks():
            return _turn(chat, lambda draft, form: engine.resume(draft, event.said, form))
        case on.Rewrites():
            return _turn(chat, lambda draft, form: engine.resume(draft, event.edited, form))
        case on.SendsVoice() if _listens(chat, draft):
            return _turn(chat, lambda draft, form: engine.resume(draft, event.voiced, form))
    return None


def standing(chat: Chat) -> Outcome:
    """What was before the organizer, shown again."""
    proof = chat.session.proof
    if _rehearsed(chat) is not None:
        return _turn(chat, engine.present)
    if proof.consultation not in chat.runs(Right.FORM) or proof.consultation is None:
        return _listed(chat, None)
    if proof.waits:
        return _asked(chat, proof.consultation)
    edition = None if chat.world.editions is None else chat.world.editions.about(proof.version)
    return _listed(chat, proof.consultation) if edition is None else _page(chat, proof.consultation, edition)


def rehearsable(chat: Chat, edition: Edition) -> tuple[str, ...]:
    """The languages in which it is walked: those of the form that people are offered, in the order of the list."""
    return tuple(language for language in chat.world.languages if language in edition.languages)


# Buttons


def _offers(chat: Chat, event: on.Offers) -> Outcome:
    known = chat.runs(Right.FORM)
    if not known or chat.world.editions is None:
        return chat.again(show.Toast("dialogue.outdated"))
    consultation = event.consultation or (known[0] if len(known) == 1 else None)
    if consultation is None:
        return _listed(chat, None)
    if consultation not in known:
        return adds(_listed(chat, None), show.Toast("dialogue.outdated"))
    match event.do:
        case Offer.LIST:
            return _listed(chat, consultation)
        case Offer.BRING:
            return _asked(chat, consultation)
        case Offer.TEMPLATE:
            return replace(_asked(chat, consultation), template=True)
    edition = chat.world.editions.about(event.version)
    if edition is None:
        return adds(_listed(chat, consultation), show.Toast("dialogue.outdated"))
    return _DO[event.do](chat, consultation, edition, event.argument)


def _at(chat: Chat, proof: Proof, *effects: Effect) -> Outcome:
    return Outcome(chat.profile, replace(chat.session, place=Place.FORMS, proof=proof), effects)


def _listed(chat: Chat, consultation: str | None) -> Outcome:
    offered = _offered(chat, consultation)
    return _at(chat, Proof(consultation), show.ShowForms(consultation, chat.runs(Right.FORM), offered))


def _offered(chat: Chat, consultation: str | None) -> tuple[Edition, ...]:
    if consultation is None or chat.world.editions is None:
        return ()
    return chat.world.editions.offered(consultation)


def _asked(chat: Chat, consultation: str) -> Outcome:
    return _at(chat, Proof(consultation, waits=True), show.AskForm(consultation))


def _proof(chat: Chat, consultation: str, edition: Edition) -> Proof:
    """What was seen of this edition, if it is the one that was before the organizer."""
    proof = chat.session.proof
    same = proof.consultation == consultation and proof.version == edition.version
    return replace(proof, draft=None, waits=False) if same else Proof(consultation, edition.version)


def _page(chat: Chat, consultation: str, edition: Edition, screen: str = "page") -> Outcome:
    proof = _proof(chat, consultation, edition)
    offered = _offered(chat, consultation)
    return _at(
        chat,
        proof,
        show.ShowForm(
            consultation,
            edition,
            screen,
            languages=rehearsable(chat, edition),
            seen=proof.seen,
            published=any(one.version == edition.version for one in offered),
            replaces=next((one for one in offered if one.form == edition.form), None),
        ),
    )


def _open(chat: Chat, consultation: str, edition: Edition, _: str) -> Outcome:
    return _page(chat, consultation, edition)


def _rehearse(chat: Chat, consultation: str, edition: Edition, language: str) -> Outcome:
    if language not in rehearsable(chat, edition):
        return adds(_page(chat, consultation, edition), show.Toast("dialogue.outdated"))
    if chat.session.draft is not None:
        # What is written could be taken for an answer to the other one.
        return adds(_page(chat, consultation, edition), show.Line("forms.draft_first"))
    form = chat.world.forms.get(form_key(edition.form, edition.version))
    if form is None:
        return adds(_listed(chat, consultation), show.Line("error.form_gone"))
    draft = Draft(
        contribution=ContributionId(chat.world.chance.hex(16)),
        consultation=consultation,
        questionnaire=edition.form,
        version=edition.version,
        language=language,
        day=chat.world.day,
        notice=chat.world.notice,
        step=form.questionnaire.questions[0].id,
        rehearsal=True,
    )
    proof = replace(_proof(chat, consultation, edition), draft=draft)
    begun = replace(chat, session=replace(chat.session, place=Place.FORMS, proof=proof))
    return _turn(begun, engine.begin)


def _read(chat: Chat, consultation: str, edition: Edition, _: str) -> Outcome:
    """The whole dialogue as a text in each language: who reads it has seen it."""
    seen = replace(_proof(chat, consultation, edition), seen=rehearsable(chat, edition))
    after = replace(chat, session=replace(chat.session, proof=seen))
    walk = show.ShowWalk(edition, form_key(edition.form, edition.version), rehearsable(chat, edition))
    return adds(_page(after, consultation, edition), walk)


def _publish(chat: Chat, consultation: str, edition: Edition, sure: str) -> Outcome:
    if set(rehearsable(chat, edition)) - set(_proof(chat, consultation, edition).seen):
        return adds(_page(chat, consultation, edition), show.Line("forms.not_walked"))
    if sure != "yes":
        return _page(chat, consultation, edition, "publish")
    others = [one for one in _offered(chat, consultation) if one.form != edition.form]
    after = show.ShowForms(consultation, chat.runs(Right.FORM), (*others, edition))
    outcome = _at(chat, Proof(consultation), show.Line("forms.published"), after)
    deed = Deed("form_published", consultation, edition.version)
    return replace(outcome, offers=(consultation, edition.version), deeds=(deed,))


def _retire(chat: Chat, consultation: str, edition: Edition, sure: str) -> Outcome:
    if edition.version not in [one.version for one in _offered(chat, consultation)]:
        return adds(_listed(chat, consultation), show.Toast("dialogue.outdated"))
    if sure != "yes":
        return _page(chat, consultation, edition, "retire")
    others = tuple(one for one in _offered(chat, consultation) if one.form != edition.form)
    after = show.ShowForms(consultation, chat.runs(Right.FORM), others)
    outcome = _at(chat, Proof(consultation), show.Line("forms.retired"), after)
    deed = Deed("form_retired", consultation, edition.version)
    return replace(outcome, retires=(consultation, edition.form), deeds=(deed,))


def _file(chat: Chat, consultation: str, edition: Edition, _: str) -> Outcome:
    return adds(_page(chat, consultation, edition), show.ShowWorkbook(edition))


_DO: dict[Offer, Callable[[Chat, str, Edition, str], Outcome]] = {
    Offer.OPEN: _open,
    Offer.REHEARSE: _rehearse,
    Offer.READ: _read,
    Offer.PUBLISH: _publish,
    Offer.RETIRE: _retire,
    Offer.FILE: _file,
}


# The file


def _brought(chat: Chat, event: on.SendsFile) -> Outcome:
    consultation = chat.session.proof.consultation
    if consultation is None or consultation not in chat.runs(Right.FORM) or chat.world.editions is None:
        return _listed(chat, None)
    if event.examined is None:
        # Asked before the file is fetched: this says that it is wanted.
        return adds(_asked(chat, consultation), show.Examining(event.file, event.size))
    edition = event.examined.edition
    told = show.ShowExamined(event.examined, event.name)
    if edition is None:
        return adds(_asked(chat, consultation), told)
    outcome = _page(replace(chat, session=replace(chat.session, proof=Proof(consultation))), consultation, edition)
    return replace(adds(outcome, told), keeps=edition)


# Rehearsal


def _rehearsed(chat: Chat) -> Draft | None:
    """The draft of the rehearsal in which the chat stands."""
    proof = chat.session.proof
    if chat.session.place is not Place.FORMS or proof.consultation not in chat.runs(Right.FORM):
        return None
    return proof.draft


def _listens(chat: Chat, draft: Draft) -> bool:
    form = chat.world.forms.get(draft.form)
    return form is not None and listens(draft, form) is not None


def _turn(chat: Chat, turn: Callable[[Draft, Form], Turn]) -> Outcome:
    """One turn of the engine; nothing of it leaves the chat."""
    proof = chat.session.proof
    draft = proof.draft
    form = None if draft is None else chat.world.forms.get(draft.form)
    if draft is None or form is None:
        return _listed(chat, proof.consultation)
    try:
        done = turn(draft, form)
    except Outdated:
        done = engine.present(draft, form)
        done = Turn(done.draft, [out.Noted("dialogue.outdated"), *done.effects])
    ended = any(isinstance(effect, out.Finished) for effect in done.effects)
    left = done.draft is None or done.draft.stopped or any(isinstance(one, out.AskErase) for one in done.effects)
    shown: tuple[Effect, ...] = tuple(one for one in done.effects if not isinstance(one, _SILENT))
    if not ended and not left:
        return _at(chat, replace(proof, draft=done.draft), *shown)
    seen = tuple(dict.fromkeys((*proof.seen, draft.language))) if ended else proof.seen
    after = replace(chat, session=replace(chat.session, proof=replace(proof, draft=None, seen=seen)))
    if not ended:
        shown = (show.Line("forms.left"),)
    back = standing(after)
    return replace(back, effects=(*shown, *back.effects))
