"""The port `Registry`: what the command line makes of consultations and invites."""

from bot.core.consultations import BY_ID, Founded, Intake, learn
from bot.core.errors import Refused
from bot.core.invites import InviteId, Kept, Made, Revoked
from bot.core.people import Invite
from bot.core.ports import Chance
from storage.invites import SealedInvites, new_token
from storage.records import NewConsultation
from storage.sqlite.work import WorkFile


class SealedRegistry:
    """The port `Registry`, for the operator's command line."""

    def __init__(self, work: WorkFile, invites: SealedInvites, chance: Chance) -> None:
        self._work = work
        self._invites = invites
        self._chance = chance

    async def set_intake(self, consultation: str, intake: Intake) -> None:
        """Open or close the intake of one consultation."""
        await self._work.set_intake(consultation, intake)

    async def new_consultation(self, founded: Founded) -> None:
        """Make a consultation beyond the six. Raises Refused `consultation_exists` {consultation}."""
        if founded.consultation.id in BY_ID:
            raise Refused("consultation_exists", consultation=founded.consultation.id)
        await self._work.add_consultation(NewConsultation.of(founded))
        learn([founded.consultation])

    async def new_invite(self, invite: Invite, uses: int, expires: float | None, label: str = "") -> str:
        """Make an invite; returns its token (22 characters of A-Z a-z 0-9 _ -), which is kept only as a MAC."""
        token = new_token(self._chance)
        await self._invites.act(Made(token, invite, uses, expires, label))
        return token

    def invites(self) -> tuple[Kept, ...]:
        """All that still stand."""
        return self._invites.invites()

    async def revoke(self, wanted: InviteId) -> None:
        """Let nobody in by this invite any more. Raises Refused `invite_gone`."""
        await self._invites.act(Revoked(wanted))
