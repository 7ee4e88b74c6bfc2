"""The lines of exchanges in progress: kept during the process, and added to the ledger afterwards."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.store.disk_support import REPOSITORY, BrokenDisk, rounds
from tests.store.test_ledger_file import LINE, NOON, chat, paid
from tui.core.ledger import LedgerLine
from tui.core.observed import Outcome, Purpose
from tui.core.parts import parts_of
from tui.core.turn import Turn, TurnState
from tui.core.usage import ServerCost, Source, Usage
from tui.store.conversations import ConversationStore
from tui.store.forget import forget
from tui.store.ledger_file import LedgerFile
from tui.store.ledger_killed import add_missing, settle_killed
from tui.store.ledger_past import past_lines
from tui.store.ledger_sent import SentFiles
from tui.store.paths import Paths

SENT = replace(
    LINE,
    purpose=Purpose.CHAT,
    usage=Usage(1000, source=Source.ESTIMATED),
    reported_amount=None,
    reported_currency="",
    cause="",
    busy_ms=None,
    ttft_ms=None,
    tokens_per_second=None,
    requests=1,
    own_amount=Decimal("0.5"),
)
KEEPER = """
import os, signal, sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tests.store.test_ledger_sent import SENT
from tui.store.ledger_sent import SentFiles

sent = SentFiles(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    line = replace(SENT, conversation=sys.argv[2], at=SENT.at + timedelta(seconds=number))
    sent.keep(number, line)
os.kill(os.getpid(), signal.SIGKILL)
"""
SETTLER = """
import sys
from pathlib import Path
from tui.store.ledger_file import LedgerFile
from tui.store.ledger_killed import settle_killed

file = LedgerFile(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
settle_killed(file, Path(sys.argv[2]))
"""
ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)}


@pytest.fixture
def ledger(paths: Paths) -> LedgerFile:
    return LedgerFile(paths.ledger_dir)


def leave(paths: Paths, conversation: str = "c1", count: int = 1) -> None:
    """Leave lines as a process that is killed does."""
    command = [sys.executable, "-c", KEEPER, str(paths.ledger_dir), conversation, str(count)]
    assert subprocess.run(command, cwd=REPOSITORY, env=ENVIRONMENT, check=False).returncode < 0


def settled(paths: Paths, ledger: LedgerFile) -> Sequence[LedgerLine]:
    settle_killed(ledger, paths.conversations_dir)
    return ledger.read().lines


def sent_files(paths: Paths) -> list[Path]:
    return sorted(paths.ledger_dir.glob("*.sent"))


def test_nothing_is_settled_while_its_process_lives(paths: Paths, ledger: LedgerFile) -> None:
    sent = SentFiles(paths.ledger_dir)
    sent.keep(1, SENT)
    assert settled(paths, ledger) == []
    assert len(sent_files(paths)) == 1
    sent.drop(1)
    sent.drop(1)
    assert list(paths.ledger_dir.iterdir()) == []


def test_a_line_that_was_left_is_settled_once(paths: Paths, ledger: LedgerFile) -> None:
    leave(paths)
    assert settled(paths, ledger) == [SENT]
    assert settled(paths, ledger) == [SENT]
    assert sent_files(paths) == []


def test_one_whose_end_is_in_the_ledger_is_not_settled(paths: Paths, ledger: LedgerFile) -> None:
    leave(paths, count=2)
    end = replace(SENT, usage=Usage(1100, 20), own_amount=Decimal("0.59"), outcome=Outcome.DONE)
    ledger.append(end)
    assert settled(paths, ledger) == [end, replace(SENT, at=NOON + timedelta(seconds=1))]
    assert sent_files(paths) == []


def test_nothing_is_settled_where_the_ledger_cannot_be_read(paths: Paths, ledger: LedgerFile) -> None:
    leave(paths)
    month = paths.ledger_dir / f"{NOON:%Y-%m}.jsonl"
    month.mkdir()
    with pytest.raises(IsADirectoryError):
        settle_killed(ledger, paths.conversations_dir)
    assert len(sent_files(paths)) == 1
    month.rmdir()
    assert settled(paths, ledger) == [SENT]


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP])
def test_on_a_disk_without_locks_nothing_is_kept(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    disk = BrokenDisk(monkeypatch)
    disk.refuse(number, "flock")
    with pytest.raises(OSError, match=os.strerror(number)):
        SentFiles(paths.ledger_dir).keep(1, SENT)
    assert list(paths.ledger_dir.iterdir()) == []


def test_the_answer_is_that_of_the_turn_that_had_begun_last(paths: Paths, ledger: LedgerFile) -> None:
    turns = [paid(str(minute), NOON + timedelta(minutes=minute)) for minute in (-1, 0, 1)]
    turns[1].usage = Usage(1000, 2 + 4, 2, source=Source.ESTIMATED)
    turns[1].state = TurnState.INTERRUPTED
    identity = chat(paths, *turns)
    leave(paths, identity)
    (line,) = settled(paths, ledger)
    assert line.usage == Usage(1000, 2 + 4, 2, source=Source.ESTIMATED)
    assert (line.own_amount, line.is_lower_bound) == (Decimal("0.512"), True)


def test_one_whose_turn_has_ended_gets_its_figures(paths: Paths, ledger: LedgerFile) -> None:
    turn = paid("1", NOON - timedelta(seconds=1))
    turn.usage = Usage(1100, 20)
    turn.server_cost = ServerCost(Decimal("0.6"), "EUR", "usage.cost")
    leave(paths, chat(paths, turn))
    (line,) = settled(paths, ledger)
    assert (line.outcome, line.usage, line.is_lower_bound) == (Outcome.DONE, Usage(1100, 20), False)
    assert (line.own_amount, line.amount, line.currency) == (Decimal("0.59"), Decimal("0.6"), "EUR")


def test_a_copy_of_the_turn_costs_nothing_more(paths: Paths, ledger: LedgerFile) -> None:
    identity = chat(paths, paid("1", NOON))
    leave(paths, ConversationStore(paths).fork(identity).identity)
    assert settled(paths, ledger)[0].usage == SENT.usage


def test_the_line_of_a_turn_without_figures_stands_for_no_other_turn(
    paths: Paths, ledger: LedgerFile
) -> None:
    old = paid("1", NOON - timedelta(minutes=1))
    killed = Turn("2", parts_of("again"), "gpu", "m", NOON.isoformat(), TurnState.INTERRUPTED)
    killed.answer.append("some text")
    identity = chat(paths, old, killed)
    leave(paths, identity)
    known = settled(paths, ledger)
    assert len(known) == 1
    journals = paths.conversations_dir.glob("*.jsonl")
    assert [line.at for line in past_lines(journals, lambda: known)] == [NOON - timedelta(minutes=1)]


def test_a_turn_that_ends_while_older_chats_are_read_has_one_line(paths: Paths, ledger: LedgerFile) -> None:
    """Its journal has its end before the ledger has its line."""
    ended = paid("2", NOON)
    identity = chat(paths, paid("1", NOON - timedelta(hours=1)), ended)
    line = replace(SENT, conversation=identity)
    sent = SentFiles(paths.ledger_dir)
    sent.keep(1, line)
    add_missing(ledger, paths.conversations_dir)
    ledger.append(line)
    sent.drop(1)
    add_missing(ledger, paths.conversations_dir)
    assert [each.at for each in ledger.read().lines] == [NOON, NOON - timedelta(hours=1)]


def test_older_chats_that_two_processes_read_at_once_are_told_once(
    paths: Paths, ledger: LedgerFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat(paths, paid("1", NOON))
    monkeypatch.setattr(LedgerFile, "has_past", lambda _: False)  # both looked before the other wrote
    for _ in range(2):
        add_missing(ledger, paths.conversations_dir)
    assert [each.at for each in ledger.read().lines] == [NOON]


def test_to_forget_the_ledger_forgets_them(paths: Paths, ledger: LedgerFile) -> None:
    leave(paths)
    assert forget(paths, "ledger").files == 1
    assert settled(paths, ledger) == []


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff" * 20_000], ids=["empty", "torn", "list", "long"])
def test_what_is_no_line_is_removed(paths: Paths, ledger: LedgerFile, text: bytes) -> None:
    paths.ledger_dir.mkdir(parents=True)
    (paths.ledger_dir / "odd.sent").write_bytes(text)
    assert settled(paths, ledger) == []
    assert sent_files(paths) == []


def test_what_is_no_file_hides_nothing(paths: Paths, ledger: LedgerFile) -> None:
    leave(paths)
    (paths.ledger_dir / "0.sent").mkdir()
    os.mkfifo(paths.ledger_dir / "1.sent")
    (paths.ledger_dir / "2.sent").symlink_to("nowhere")
    assert settled(paths, ledger) == [SENT]


@pytest.mark.parametrize("_", range(rounds(2, 20)))
def test_processes_that_settle_at_once_add_each_line_once(paths: Paths, ledger: LedgerFile, _: int) -> None:
    leave(paths, count=100)
    command = [sys.executable, "-c", SETTLER, str(paths.ledger_dir), str(paths.conversations_dir)]
    settlers = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY, env=ENVIRONMENT
        )
        for _ in range(3)
    ]
    for settler in settlers:
        assert settler.stdout is not None
        assert settler.stdout.readline() == b"ready\n"
    for settler in settlers:
        assert settler.stdin is not None
        settler.stdin.write(b"go\n")
        settler.stdin.flush()
    for settler in settlers:
        settler.communicate(timeout=60)
    assert [settler.returncode for settler in settlers] == [0, 0, 0]
    assert sorted(line.at for line in ledger.read().lines) == [
        NOON + timedelta(seconds=number) for number in range(100)
    ]
    assert sent_files(paths) == []
