"""Two key holders, each with a key of their own: a copy of one's log is taken in by the other, and by nobody else."""

from pathlib import Path

import pytest

from bot.core.errors import Corrupt, Misconfigured
from bot.desk import log as logs
from bot.sealing import new_identity
from tests.desk.test_pages import visitor
from tests.desk.world import desk, line


async def test_decisions_go_both_ways_between_two_keys(tmp_path: Path) -> None:
    mine, theirs, other = new_identity(), new_identity(), new_identity()
    lines = [line(1, "One thing"), line(2, "Another thing")]
    noor, sol = desk(tmp_path, lines, mine, "Noor"), desk(tmp_path, lines, theirs, "Sol")
    noor.decide("tag", "", contribution=lines[0]["contribution"], tag="from-noor")
    sol.decide("tag", "", contribution=lines[1]["contribution"], tag="from-sol")
    with pytest.raises(Corrupt):
        logs.read(noor.log.path, [theirs])
    async with visitor(noor) as (session, base):
        async with session.post(
            f"{base}/history/copy", data={"recipient": f" {theirs.recipient} "}, headers={"origin": base}
        ) as answer:
            content = await answer.read()
            assert (answer.status, "attachment" in answer.headers["content-disposition"]) == (200, True)
        nobody = {"recipient": "age1nobody"}
        async with session.post(f"{base}/history/copy", data=nobody, headers={"origin": base}) as no:
            assert (no.status, "is not a public key" in await no.text()) == (422, True)
    copy = tmp_path / "copy.decisions"
    copy.write_bytes(content)
    assert b"from-noor" not in content
    assert [one.id for one in logs.read(copy, [mine])] == [one.id for one in logs.read(copy, [theirs])]
    with pytest.raises(Corrupt):
        logs.read(copy, [other])
    sol.merge(logs.read(copy, [theirs]))
    back = tmp_path / "back.decisions"
    back.write_bytes(sol.log.copy_for(mine.recipient))
    noor.merge(logs.read(back, [mine]))
    assert noor.state.items == sol.state.items
    assert {name: sorted(item.tags) for name, item in noor.state.items.items()} == {
        lines[0]["contribution"]: ["from-noor"],
        lines[1]["contribution"]: ["from-sol"],
    }
    assert noor.merge(logs.read(copy, [mine])) == 0


def test_a_private_key_is_refused_and_not_repeated(tmp_path: Path) -> None:
    made = desk(tmp_path, [line(1, "One thing")])
    with pytest.raises(Misconfigured, match="recipient_is_private"):
        made.log.copy_for("AGE-SECRET-KEY-1XYZ")
