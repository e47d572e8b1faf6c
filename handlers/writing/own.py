"""A person and their words: help, privacy, the receipt, what stays in the chat, leaving."""

import html

from bot.core import events as on
from bot.core import screens as show
from bot.core.dialogue.draft import RESPONSE
from bot.core.inquiries import KEPT_DAYS
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.carried import Carried
from handlers.writing.pages import Pages
from handlers.writing.words import LRI, LRM, PDI


class Own(Pages):
    """Writes these screens."""

    def help(self, screen: show.ShowHelp) -> Outgoing:
        """What can be done here, by this person."""
        words = self.words
        mark = LRM if words.rtl else ""
        names = [name for name, roles in self.facts.commands if not roles or roles & screen.roles]
        commands = "\n".join(f"{mark}/{name} – {words.say(f'command.{name}')}" for name in names)
        return self._screen(
            [self._title("help.title"), words.say("help.answering"), words.say("help.changing"), commands],
            [self._button("home.learn", buttons.read())],
            [self._button("code.b.open", buttons.tell(on.Tell.OPEN))],
            [self._back()],
        )

    def privacy(self, screen: show.ShowPrivacy) -> Outgoing:
        """The long notice: what is known, kept, and lost when something is taken."""
        words, facts = self.words, self.facts
        keys = "\n".join(f"<code>{html.escape(key)}</code>" for key in facts.recipients)
        contact = [words.say("privacy.contact", contact=facts.contact)] if facts.contact else []
        return self._screen(
            [
                self._title("privacy.title"),
                words.say("privacy.organisers", organisers=facts.organisers),
                *contact,
                words.say("privacy.asked"),
                words.say("notice.body.account"),
                words.say("notice.body.help"),
                words.say("privacy.telegram"),
                words.say("privacy.server"),
                words.say("privacy.review", time=words.span(facts.review_minutes)),
                words.say("privacy.choices"),
                words.say("privacy.keys") + "\n" + keys,
                words.say("privacy.retention.draft", time=self._drafts_live(screen))
                + "\n"
                + words.say("privacy.retention.sent")
                + "\n"
                + words.say("privacy.retention.chat", time=words.span(facts.tidy_minutes))
                + "\n"
                + words.say("privacy.inquiries", days=KEPT_DAYS),
                words.say("privacy.figures"),
                self._title("privacy.loss.title"),
                *(words.say(f"privacy.loss.{loss}") for loss in ("disk", "running", "secretariat", "phone")),
                words.say("privacy.receipt"),
                words.say("privacy.afterwards"),
                words.say("privacy.free"),
            ],
            [self._back()],
        )

    def keep(self, screen: show.ShowKeep) -> Outgoing:
        """What was chosen for answers in this chat, what that means, and the other choices."""
        chosen = "keep.always" if screen.always else "keep.once" if screen.on else "keep.not"
        return self._screen(
            [
                self.words.say(chosen, **({} if screen.on else {"time": self._tidy_time()})),
                self.words.say("keep.means") if screen.on else "",
                self.words.say("tidy.command"),
            ],
            [self._button("keep.button_always", buttons.keep(on=True, always=True)) if not screen.always else None],
            [self._button("keep.button_not", buttons.keep(on=False)) if screen.on else None],
            [self._back()],
        )

    def tidied(self, screen: show.Tidied) -> Outgoing:
        """What was deleted from the chat, what remains, and why."""
        remains = [
            key
            for key, there in (
                ("tidy.draft", screen.draft),
                ("tidy.unsafe", screen.unsafe),
                ("tidy.refused", screen.refused),
                ("tidy.kept", screen.kept),
            )
            if there
        ]
        keeps = screen.kept or screen.always
        return self._screen(
            [
                self._title("tidy.title"),
                self.words.say("tidy.deleted" if screen.deleted else "tidy.nothing"),
                *(self.words.say(key) for key in remains),
                self.words.say("tidy.stays"),
                self.words.say("tidy.by_hand"),
                self.words.say("keep.always")
                if screen.always
                else self.words.say("tidy.itself", time=self._tidy_time()),
            ],
            [None if screen.always else self._button("keep.button_always", buttons.keep(on=True, always=True))],
            [self._button("keep.button_not", buttons.keep(on=False)) if keeps else None],
            [self._back()],
        )

    def ask_forget(self, screen: show.AskForget) -> Outgoing:
        """Whether to erase; what goes and what cannot."""
        return self._screen(
            [
                self._title("forget.title"),
                self.words.say("forget.what_goes"),
                self.words.say("forget.what_stays"),
                self.words.say("forget.invite"),
                self.words.say("forget.acts") if screen.acted else "",
            ],
            [self._button("forget.yes", buttons.FORGET, "danger")],
            [self._back()],
        )

    def receipt(self, screen: show.ShowReceipt) -> Outgoing:
        """The receipt, once, in groups of four; first what somebody in danger needs: to have it, and nothing else here.

        The button copies the bare digits.
        """
        words, digits = self.words, screen.receipt
        described = screen.dialogue == "group"
        on_ways = self._next(screen.dialogue, group=screen.group)
        grouped = " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
        message = Message(
            words.page(
                [
                    self._title("receipt.title"),
                    words.say("receipt.yours") + f"\n{LRI}<code>{grouped}</code>{PDI}",
                    words.say("receipt.keep"),
                    words.say("group.begun") if described else "",
                    words.say("receipt.chat_kept" if screen.keep else "receipt.chat", time=self._tidy_time()),
                    words.bold(words.plain("receipt.next_title")),
                    words.say("receipt.next"),
                ]
            ),
            words.rows(
                [Button(words.plain("receipt.copy"), copy=digits, style="primary")],
                [None if screen.keep else self._button("receipt.tidy", buttons.TIDY)],
                # What a group is goes into no report: nothing to sign, and its points are what comes next.
                *(on_ways if described else []),
                [None if described else self._button("sign.open", buttons.sign(digits))],
                [self._button("receipt.check", buttons.check(digits))],
                *([] if described else on_ways),
                [None if screen.keep else self._button("receipt.keep_chat", buttons.keep(on=True))],
            ),
        )
        return Outgoing(Where.NEW, message, shows=screen.receipt)

    def ask_withdraw(self, screen: show.AskWithdraw) -> Outgoing:
        """Whether to take it back."""
        return self._screen(
            [
                self._title("receipt.withdraw_title"),
                self.words.say("receipt.withdraw_sure"),
                self.words.say("receipt.left" if screen.exported else "receipt.not_left"),
                Carried(self.words).supported(screen.points),
            ],
            [self._button("receipt.withdraw_yes", buttons.withdraw(screen.receipt, sure=True), "danger")],
            [self._button("help.back", buttons.check(screen.receipt))],
        )

    def after_receipt(self, screen: show.AfterReceipt) -> Outgoing:
        """What can be done next, once the receipt was shown."""
        tidy: list[Button | None] = [self._button("receipt.tidy", buttons.TIDY)]
        return self._screen([self.words.say("receipt.after")], tidy, *self._next(None, group=screen.group))

    def _next(self, dialogue: str | None, *, group: bool) -> list[list[Button | None]]:
        """The ways on from a receipt: the group's next point, another one of the same kind, home."""
        home: list[Button | None] = [self._button("receipt.home", buttons.opens(on.Page.HOME))]
        if group:
            point = "group.first_point" if dialogue == "group" else "group.next_point"
            return [
                [self._button(point, buttons.BEGIN)],
                [self._button("group.finish", buttons.END_GROUP)],
                home,
            ]
        if dialogue == RESPONSE:
            return [home]  # the same points again would be the same answers
        return [[self._button("receipt.another", buttons.begin(dialogue or "recommendation"))], home]
