"""The ledger's files: whole lines from any number of processes; only incomplete lines are lost."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.disk_support import REPOSITORY, BrokenDisk, rounds, wait_until
from tui.core.cost_sums import summarize
from tui.core.costs import By
from tui.core.ledger import LedgerLine
from tui.core.observed import Outcome, Purpose
from tui.core.parts import parts_of
from tui.core.turn import Turn, TurnState
from tui.core.usage import Cost, Price, Source, Usage
from tui.store.conversations import ConversationStore
from tui.store.forget import forget
from tui.store.ledger_file import LedgerFile
from tui.store.ledger_lines import LaterPrice, decode_ledger_line, encode_ledger_line
from tui.store.ledger_past import past_lines
from tui.store.network_disk import file_system_of
from tui.store.paths import Paths

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
PRICE = Price(Decimal("0.5"), Decimal(2), "EUR", Decimal("0.05"), Decimal("3.60"))
LINE = LedgerLine(
    NOON,
    Purpose.ASK,
    "gpu",
    "http://localhost:8000",
    "m",
    "c1",
    Usage(1000, 200, 50, 400, Source.ESTIMATED, (), 7, True),
    PRICE,
    Decimal("0.72"),
    True,
    Decimal("0.7"),
    "USD",
    2000,
    Outcome.STOPPED,
    "stream-reset",
    250.5,
    40.1,
    2,
)


@pytest.fixture
def ledger(paths: Paths) -> LedgerFile:
    return LedgerFile(paths.ledger_dir)


counts = st.none() | st.integers(0, 2**53 - 1)
amounts = st.none() | st.decimals(0, 10**6, places=12)
names = st.text(max_size=200).filter(lambda text: text.isprintable())


@given(
    at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),
    purpose=st.sampled_from(Purpose),
    name=names,
    usage=st.builds(
        Usage,
        counts,
        counts,
        counts,
        counts,
        st.sampled_from(Source),
        st.just(()),
        counts,
    ),
    price=st.builds(Price, amounts, amounts, st.sampled_from(["EUR", "USD"]), amounts, amounts),
    amount=amounts,
    outcome=st.sampled_from(Outcome),
)
def test_a_line_comes_back_as_it_was(
    at: datetime,
    purpose: Purpose,
    name: str,
    usage: Usage,
    price: Price,
    amount: Decimal | None,
    outcome: Outcome,
) -> None:
    at = at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=UTC)
    if price == Price(currency="EUR"):
        price = Price()  # a currency alone says nothing
    line = replace(
        LINE, at=at, purpose=purpose, model=name, usage=usage, price=price, own_amount=amount, outcome=outcome
    )
    if not price.is_known and amount is None and price.currency != "USD":
        return
    data = encode_ledger_line(line)
    assert data.endswith(b"\n")
    assert data.count(b"\n") == 1
    assert len(data) < 4096
    assert decode_ledger_line(data) == line


@given(st.binary(max_size=300))
def test_damage_is_no_line(data: bytes) -> None:
    assert decode_ledger_line(data) is None


@given(st.integers(1, 500))
def test_a_torn_line_is_none_or_is_whole(cut: int) -> None:
    data = encode_ledger_line(LINE).rstrip()
    if cut < len(data):
        assert decode_ledger_line(data[:-cut]) is None


def test_lines_are_kept_by_month_and_private(ledger: LedgerFile) -> None:
    for days in (0, 1, 20):
        ledger.append(replace(LINE, at=NOON + timedelta(days=days)))
    files = sorted(path.name for path in ledger.folder.iterdir())
    assert files == ["2026-11.jsonl", "2026-12.jsonl"]
    assert [path.stat().st_mode & 0o777 for path in sorted(ledger.folder.iterdir())] == [0o600, 0o600]
    assert ledger.folder.stat().st_mode & 0o777 == 0o700
    assert len(ledger.read().lines) == 3
    assert len(ledger.read(since=NOON + timedelta(days=20)).lines) == 1
    assert len(ledger.read(until=NOON).lines) == 2


def test_what_is_open_to_others_is_made_private(ledger: LedgerFile) -> None:
    ledger.folder.mkdir(parents=True)
    file = ledger.folder / "2026-11.jsonl"
    file.write_bytes(b"")
    file.chmod(0o644)
    ledger.append(LINE)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_that_grew_is_read_on(ledger: LedgerFile) -> None:
    other = LedgerFile(ledger.folder)
    for count in (1, 2, 3):
        other.append(LINE)
        assert len(ledger.read().lines) == count
    (ledger.folder / "2026-11.jsonl").unlink()
    assert ledger.read().lines == []
    other.append(LINE)
    assert len(ledger.read().lines) == 1


def test_what_is_read_once_leaves_out_what_was_before_and_only_that(ledger: LedgerFile) -> None:
    times = [NOON + timedelta(milliseconds=milliseconds) for milliseconds in (-1000, -1, 0, 1, 1000)]
    for at in times:
        ledger.append(replace(LINE, at=at))
    with (ledger.folder / "2026-11.jsonl").open("ab") as file:
        file.write(b"!damage\n")
    content = ledger.read(since=NOON, is_once=True)
    assert [line.at for line in content.lines] == times[2:]
    assert content.bad_lines == 1
    assert len(ledger.read().lines) == 5


def test_torn_and_damaged_lines_cost_themselves_and_are_counted(ledger: LedgerFile) -> None:
    ledger.append(LINE)
    file = ledger.folder / "2026-11.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole + b"garbage\n\n" + whole[: len(whole) // 2])
    assert (len(ledger.read().lines), ledger.read().bad_lines) == (1, 2)
    ledger.append(LINE)
    content = LedgerFile(ledger.folder).read()
    assert (len(content.lines), content.bad_lines) == (2, 2)
    assert ledger.read() == content


def test_a_disk_that_takes_a_part_of_a_line_is_told(
    ledger: LedgerFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.store.disk.write", lambda descriptor, data: os.write(descriptor, data[:10]))
    with pytest.raises(OSError, match="part"):
        ledger.append(LINE)
    monkeypatch.undo()
    ledger.append(LINE)
    assert (len(ledger.read().lines), ledger.read().bad_lines) == (1, 1)


@pytest.mark.parametrize("call", ["open_file", "write", "make_directory"])
def test_a_disk_that_refuses_raises(ledger: LedgerFile, broken_disk: BrokenDisk, call: str) -> None:
    broken_disk.refuse(errno.EROFS, call)
    with pytest.raises(OSError, match="ead-only"):
        ledger.append(LINE)


def test_a_pipe_in_the_place_of_a_file_hangs_nobody(ledger: LedgerFile) -> None:
    ledger.folder.mkdir(parents=True)
    os.mkfifo(ledger.folder / "2026-11.jsonl")
    with pytest.raises(OSError, match="regular"):
        ledger.append(LINE)
    ((path, error),) = ledger.read().refused
    assert (path.name, error.errno) == ("2026-11.jsonl", errno.EINVAL)


MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
35 22 0:31 / /home rw shared:15 - nfs4 server:/home rw,vers=4.2
36 35 0:32 / /home/me/my\\040disk rw - fuse.sshfs me@host: rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/x", "ext4"),
        ("/home/me", "nfs4"),
        ("/homes", "ext4"),
        ("/home/me/my disk/a", "fuse.sshfs"),
        ("/", "ext4"),
    ],
)
def test_the_kind_of_a_disk_is_that_of_the_nearest_mount(path: str, kind: str) -> None:
    assert file_system_of(path, MOUNTS) == kind


def test_on_a_networks_disk_each_process_has_files_of_its_own(
    ledger: LedgerFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append(LINE)
    monkeypatch.setattr("tui.store.ledger_file.is_network_disk", lambda _: True)
    monkeypatch.setattr("socket.gethostname", lambda: "gpu 01/../x")
    LedgerFile(ledger.folder).append(LINE)
    names = sorted(path.name for path in ledger.folder.iterdir())
    assert names == [f"2026-11.gpu-01-x-{os.getpid()}.jsonl", "2026-11.jsonl"]
    assert len(ledger.read().lines) == 2


def test_a_later_price_reaches_the_lines_without_one_and_is_marked(ledger: LedgerFile) -> None:
    bare = replace(LINE, price=Price(), own_amount=None, is_lower_bound=False, reported_amount=None)
    for line in (bare, LINE, replace(bare, provider="other"), replace(bare, at=NOON + timedelta(days=30))):
        ledger.append(line)
    ledger.append_price(LaterPrice("gpu", PRICE, NOON + timedelta(days=1), date(2026, 11, 17)))
    lines = ledger.read().lines
    assert [line.priced_on for line in lines] == [date(2026, 11, 17), None, None, None]
    assert [line.amount for line in lines] == [Decimal("0.72"), Decimal("0.7"), None, None]


def test_the_first_later_price_stays(ledger: LedgerFile) -> None:
    ledger.append(replace(LINE, price=Price(), own_amount=None, reported_amount=None))
    for amount in (1, 9):
        ledger.append_price(
            LaterPrice("gpu", Price(Decimal(amount), Decimal(0)), NOON + timedelta(1), date(2026, 11, 17))
        )
    assert ledger.read().lines[0].amount == 1


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from tests.store.test_ledger_file import LINE
from tui.store.ledger_file import LedgerFile

ledger, name = LedgerFile(Path(sys.argv[1])), sys.argv[2]
print("ready", flush=True)
for number in range(1000):
    ledger.append(replace(LINE, provider=name, requests=number + 1))
    print(number + 1, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(rounds(2, 20)))
def test_four_processes_that_are_killed_lose_at_most_their_last_lines(tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "ledger"
    chance = random.Random(seed)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), str(number)],
            stdout=subprocess.PIPE,
            cwd=REPOSITORY,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)},
        )
        for number in range(4)
    ]
    told = []
    try:
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
        wait_until(
            lambda: folder.exists() and len(LedgerFile(folder).read().lines) > chance.randrange(50, 2000)
        )
    finally:
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            out = writer.communicate()[0].split()
            told.append(int(out[-1]) if out else 0)
    content = LedgerFile(folder).read()
    assert content.bad_lines <= 4
    for number, count in enumerate(told):
        written = [line.requests for line in content.lines if line.provider == str(number)]
        assert written == list(range(1, len(written) + 1)), "in order, none twice, none between lost"
        assert len(written) >= count, "what was told to be written is there"
    rows = {row.key: row for row in summarize(content.lines, By.PROVIDER).rows}
    for row in rows.values():
        assert row.money.amount == Decimal("0.7") * row.requests


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ADDED = ("end", "requests", "from_chat", "tokens", "price", "busy_ms")
KEYS = (*json.loads(encode_ledger_line(LINE)), *ADDED)


@given(st.dictionaries(st.sampled_from(KEYS), JSON_VALUES, min_size=1))
def test_a_damaged_line_is_read_or_counted_whatever_is_in_it(found: dict[str, Any]) -> None:
    record = {**json.loads(encode_ledger_line(LINE)), **found}
    line = decode_ledger_line(json.dumps(record).encode())
    if line is not None:
        for by in By:
            summarize([line], by)


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999Z", "1969-12-31T00:00:00Z", "x", 7, None]
)
def test_a_moment_that_no_calendar_has_is_a_damaged_line(at: object) -> None:
    record = {**json.loads(encode_ledger_line(LINE)), "at": at}
    assert decode_ledger_line(json.dumps(record).encode()) is None


def chat(paths: Paths, *turns: Turn) -> str:
    journal = ConversationStore(paths).create()
    for turn in turns:
        journal.write_turn(turn)
    journal.close()
    return journal.identity


def paid(identity: str, at: datetime, total: str = "0.5") -> Turn:
    turn = Turn(identity, parts_of("Secret plans"), "gpu", "m", at.isoformat(), TurnState.DONE)
    turn.usage = Usage(10, 5)
    turn.cost = Cost(Decimal(total), Decimal(0), "EUR")
    turn.answer.append("a secret answer")
    return turn


def test_older_chats_are_read_without_texts_copies_and_what_is_known(
    paths: Paths, ledger: LedgerFile
) -> None:
    old, unpriced = paid("1", NOON), paid("2", NOON + timedelta(minutes=1))
    unpriced.cost = None
    known = paid("3", NOON + timedelta(hours=1))
    identity = chat(paths, old, unpriced, known)
    ConversationStore(paths).fork(identity)
    loaded = NOON + timedelta(hours=1, minutes=5)  # the model was loaded first
    ledger.append(replace(LINE, conversation=identity, at=loaded))
    ledger.write_past(past_lines(paths.conversations_dir.glob("*.jsonl"), lambda: ledger.read().lines))
    lines = [line for line in LedgerFile(ledger.folder).read().lines if line.is_from_chat]
    assert [(line.at, line.amount, line.currency) for line in lines] == [
        (NOON, Decimal("0.5"), "EUR"),
        (NOON + timedelta(minutes=1), None, ""),
    ]
    assert {line.purpose for line in lines} == {Purpose.CHAT}
    assert b"ecret" not in b"".join(path.read_bytes() for path in ledger.folder.iterdir())


def test_to_forget_chats_keeps_the_ledger_and_the_other_way_round(paths: Paths, ledger: LedgerFile) -> None:
    chat(paths, paid("1", NOON))
    ledger.append(LINE)
    forget(paths, "conversations")
    forget(paths, "caches")
    assert len(ledger.read().lines) == 1
    chat(paths, paid("2", NOON))
    assert forget(paths, "ledger").files == 1
    assert ledger.read().lines == []
    assert ledger.has_past(), "the chats are not read again"
    assert len(list(paths.conversations_dir.glob("*.jsonl"))) == 1
    assert forget(paths, "ledger").files == 0
