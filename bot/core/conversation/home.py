"""The home screen of the consultation joined last, the list of consultations, and news."""

from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import BY_ID
from bot.core.conversation.chat import Chat, Outcome, adds
from bot.core.session import Place


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """The two screens a person returns to, and whether news is wanted."""
    match event:
        case on.Opened(page=on.Page.HOME):
            return home(chat)
        case on.Opened(page=on.Page.CONSULTATIONS):
            return chat.lists()
        case on.EndsGroup():
            return _end_group(chat)
        case on.WantsNews():
            return _news(chat, event.on)
        case on.Silences():
            return _silence(chat, event.on)
        case on.Resumes():
            return chat.again() if event.now else chat.shows(show.NotNow())
    return None


def home(chat: Chat, trouble: str | None = None) -> Outcome:
    """What can be done in the consultation joined last; the list of them before one is joined."""
    if not chat.profile.joined:
        return chat.lists(trouble)
    consultation = chat.profile.joined[-1]
    waits = None if chat.session.draft is None else chat.session.draft.consultation
    barred = chat.kept_out(consultation) is not None
    if trouble is None and barred:
        trouble = "admission.suspended"
    screen = show.ShowHome(
        consultation,
        trouble,
        waits,
        over=waits is not None and not chat.world.intake(waits).finishes(chat.world.now),
        group=chat.speaks_for is not None,
        kinds=BY_ID[consultation].questionnaires,
        responds=chat.world.points(consultation) is not None,
        forms=() if chat.world.editions is None else chat.world.editions.offered(consultation),
        organizes=chat.organizes,
        asks=_asks(chat, consultation),
        frozen=chat.world.frozen(consultation),
        barred=barred,
    )
    return chat.stands(Place.HOME, screen)


def _asks(chat: Chat, consultation: str) -> bool:
    inquiries = chat.world.inquiries
    return inquiries is not None and (inquiries.staffed(consultation) or bool(inquiries.of(chat.id)))


def _end_group(before: Chat) -> Outcome:
    """What is begun from now on is the person's own again; a draft under way stays the group's."""
    chat = replace(before, session=replace(before.session, group=None))
    return adds(home(chat), show.Toast("group.ended"))


def _news(before: Chat, wants: bool) -> Outcome:
    if not before.profile.joined:
        return before.again()
    consultation = before.profile.joined[-1]
    others = tuple(known for known in before.profile.news if known != consultation)
    news = (*others, consultation) if wants else others
    chat = replace(before, profile=replace(before.profile, news=news, silent=before.profile.silent and not wants))
    return adds(home(chat), show.Toast("home.news_on" if wants else "home.news_off"))


def _silence(before: Chat, wants: bool) -> Outcome:
    """News goes as well: "stop" means all of it. On again come only reminders, for which nobody asked."""
    news = () if wants else before.profile.news
    chat = replace(before, profile=replace(before.profile, silent=wants, news=news))
    return chat.shows(show.ShowSilence(wants))
