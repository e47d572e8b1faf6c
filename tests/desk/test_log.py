"""The log of decisions: durable, sealed, torn ends set aside, damage refused, exchanged with others."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.core.consolidation.decisions import Decision
from bot.core.consolidation.replay import replay
from bot.core.errors import Corrupt, Refused, Unavailable
from bot.desk import log as logs
from bot.desk.log import START, Log
from bot.sealing import Identity, new_identity, write_identity

SECRET = "a name that must not rest in clear"


def tagged(number: int, author: str = "one") -> Decision:
    fields = {"contribution": "c" * 32, "tag": f"{SECRET} {number}"}
    return Decision(f"{number:032x}", author, number, "2026-11-22", "tag", fields)


def filled(path: Path, identity: Identity, count: int = 3) -> list[Decision]:
    decisions = [tagged(number) for number in range(1, count + 1)]
    log = Log(path, [identity])
    for decision in decisions:
        log.append([decision])
    log.close()
    return decisions


def test_decisions_come_back_and_rest_sealed(tmp_path: Path) -> None:
    path, identity = tmp_path / "decisions.log", new_identity()
    decisions = filled(path, identity)
    again = Log(path, [identity])
    assert again.decisions == decisions
    again.append([tagged(4), tagged(5)])
    again.close()
    assert len(logs.read(path, [identity])) == 5
    assert SECRET.encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["decisions.log"]


def test_a_log_torn_at_any_byte_keeps_what_was_whole(tmp_path: Path) -> None:
    path, identity = tmp_path / "decisions.log", new_identity()
    decisions = [tagged(1), tagged(2)]
    log, ends = Log(path, [identity]), []
    for decision in decisions:
        log.append([decision])
        ends.append(path.stat().st_size)
    log.close()
    whole = path.read_bytes()
    for cut in range(len(START) + 1, len(whole), 37):
        path.write_bytes(whole[:cut])
        log = Log(path, [identity])
        assert log.decisions == decisions[: sum(cut >= end for end in ends)]
        if log.torn is not None:
            kept = path.read_bytes()
            assert kept + log.torn.read_bytes() == whole[:cut]
            log.torn.unlink()
        log.append([tagged(9)])
        log.close()
        assert logs.read(path, [identity])[-1] == tagged(9)


def test_an_end_of_zeros_or_of_garbage_in_the_last_frame_is_set_aside(tmp_path: Path) -> None:
    path, identity = tmp_path / "decisions.log", new_identity()
    decisions = filled(path, identity)
    whole = path.read_bytes()
    path.write_bytes(whole + b"\0" * 700)
    log = Log(path, [identity])
    assert log.torn is not None
    assert log.decisions == decisions
    log.close()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    log = Log(path, [identity])
    assert log.torn is not None
    assert log.decisions == decisions[:-1]
    log.close()


def test_damage_before_the_end_is_refused_and_nothing_is_touched(tmp_path: Path) -> None:
    path, identity = tmp_path / "decisions.log", new_identity()
    filled(path, identity, 4)
    whole = path.read_bytes()
    refused = 0
    for at in range(len(START), len(whole) - 700, 29):
        changed = whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :]
        path.write_bytes(changed)
        with pytest.raises(Corrupt):
            Log(path, [identity])
        assert path.read_bytes() == changed
        refused += 1
    assert refused > 20


def test_a_frame_that_was_taken_out_or_moved_is_noticed(tmp_path: Path) -> None:
    path, identity = tmp_path / "decisions.log", new_identity()
    log, ends = Log(path, [identity]), []
    for number in range(1, 5):
        log.append([tagged(number)])
        ends.append(path.stat().st_size)
    log.close()
    whole = path.read_bytes()
    without = whole[: ends[1]] + whole[ends[2] :]
    path.write_bytes(without)
    with pytest.raises(Corrupt, match="log_damaged"):
        Log(path, [identity])


def test_another_key_another_file_and_a_second_desk_are_refused(tmp_path: Path) -> None:
    path, identity = tmp_path / "decisions.log", new_identity()
    filled(path, identity)
    with pytest.raises(Corrupt, match="part_does_not_open"):
        Log(path, [new_identity()])
    (tmp_path / "letter.txt").write_text("Dear all")
    for opens in (lambda one: Log(one, [identity]), lambda one: logs.read(one, [identity])):
        with pytest.raises(Refused, match="no_log"):
            opens(tmp_path / "letter.txt")
    assert (tmp_path / "letter.txt").read_text() == "Dear all"
    with pytest.raises(Refused, match="folder_missing"):
        Log(tmp_path / "nowhere" / "decisions.log", [identity])
    log = Log(path, [identity])
    with pytest.raises(Refused, match="log_in_use"):
        Log(path, [identity])
    log.close()


def test_a_disk_that_refuses_confirms_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, identity = tmp_path / "decisions.log", new_identity()
    log = Log(path, [identity])

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(Unavailable, match="log_unwritable"):
            log.append([tagged(1)])
    assert log.decisions == []
    with pytest.raises(Unavailable, match="log_unwritable"):
        log.append([tagged(2)])
    log.close()


def test_two_logs_made_apart_come_to_the_same(tmp_path: Path) -> None:
    identity = new_identity()
    paths = [tmp_path / "one.log", tmp_path / "two.log"]
    for path, author in zip(paths, ("one", "two"), strict=True):
        log = Log(path, [identity])
        log.append([tagged(1)])
        log.append([tagged(number, author) for number in ((2, 4) if author == "one" else (3, 5))])
        log.close()
    before = [path.read_bytes() for path in paths]
    states = []
    for mine, theirs in (paths, paths[::-1]):
        log = Log(mine, [identity])
        log.append(logs.missing_from(log, logs.read(theirs, [identity])))
        assert logs.missing_from(log, logs.read(theirs, [identity])) == []
        states.append(replay(log.decisions))
        log.close()
        if theirs == paths[1]:
            assert theirs.read_bytes() == before[1]
    assert states[0] == states[1]
    assert len(states[0].item("c" * 32).tags) == 5


_WRITER = """
import sys
from pathlib import Path
from bot.core.consolidation.decisions import Decision
from bot.desk.log import Log
from bot.sealing import read_identities
log = Log(Path(sys.argv[1]), read_identities(Path(sys.argv[2])))
number = len(log.decisions)
while True:
    number += 1
    fields = {"contribution": "c", "tag": str(number)}
    log.append([Decision(f"{number:032x}", "one", number, "2026-11-22", "tag", fields)])
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def test_killed_at_any_moment_no_confirmed_decision_is_lost(tmp_path: Path) -> None:
    path, key, identity = tmp_path / "decisions.log", tmp_path / "key.txt", new_identity()
    write_identity(key, identity)
    confirmed = 0
    for after in (1, 2, 5, 9, 14):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path), str(key)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        with writer.stdout as told:
            for _ in range(after):
                confirmed = int(told.readline())
            writer.send_signal(signal.SIGKILL)
            confirmed = max([confirmed, *(int(one) for one in told.read().split("\n")[:-1])])
        writer.wait()
        log = Log(path, [identity])
        assert [decision.clock for decision in log.decisions] == list(range(1, len(log.decisions) + 1))
        assert len(log.decisions) >= confirmed
        log.close()
