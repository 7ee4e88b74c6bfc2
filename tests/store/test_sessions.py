"""Several sessions with one file: as a state machine in one process, and as real killed processes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.assurance.kit import publish
from tests.store.disk_support import IS_LONG, REPOSITORY, rounds
from tui.core.failure import UsageError
from tui.core.provider import Category, Provider, State
from tui.store.paths import Paths, resolve_paths
from tui.store.providers import ProviderStore

NAMES = st.sampled_from(["a", "b", "c.d", "e"])


class TwoSessions(RuleBasedStateMachine):
    """Two sessions edit one file and read it at any time; a plain model has the expected content."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.paths = resolve_paths({"HOME": self.folder, "XDG_CONFIG_DIRS": f"{self.folder}/site"})
        self.sessions = (ProviderStore(self.paths), ProviderStore(self.paths))
        self.model: dict[str, Provider] = {}
        self.default: str | None = None

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(session=st.integers(0, 1), name=NAMES, price=st.decimals(0, 9, places=5))
    def set_price(self, session: int, name: str, price: Decimal) -> None:
        seen = {item.name: item for item in self.sessions[session].load().providers}
        self.sessions[session].save(replace(seen.get(name, Provider(name)), input_price=price))
        self.model[name] = replace(self.model.get(name, Provider(name)), input_price=price)

    @rule(name=NAMES, first=st.sampled_from(State), text=st.text(max_size=5))
    def edit_at_once(self, name: str, first: State, text: str) -> None:
        """Both loaded the same record; each changes another field of it."""
        if name not in self.model:
            return
        records = [
            next(item for item in session.load().providers if item.name == name) for session in self.sessions
        ]
        self.sessions[0].save(replace(records[0], state=first))
        self.sessions[1].save(replace(records[1], system_prompt=text))
        self.model[name] = replace(self.model[name], state=first, system_prompt=text)

    @rule(session=st.integers(0, 1), name=NAMES)
    def delete(self, session: int, name: str) -> None:
        if name in self.model:
            self.sessions[session].delete(name)
            del self.model[name]
            self.default = None if self.default == name else self.default
        else:
            with pytest.raises(UsageError):
                self.sessions[session].delete(name)

    @rule(session=st.integers(0, 1), old=NAMES, new=NAMES)
    def rename(self, session: int, old: str, new: str) -> None:
        if old not in self.model or (new in self.model and new != old):
            return
        seen = next(item for item in self.sessions[session].load().providers if item.name == old)
        self.sessions[session].save(replace(seen, name=new), old)
        self.model = {new if name == old else name: item for name, item in self.model.items()}
        self.model[new] = replace(self.model[new], name=new)
        self.default = new if self.default == old else self.default

    @rule(session=st.integers(0, 1), name=NAMES)
    def choose(self, session: int, name: str) -> None:
        if name in self.model:
            self.sessions[session].set_default(name, Category.MODEL)
            self.default = name

    @invariant()
    def file_is_the_model(self) -> None:
        found = {item.name: item for item in ProviderStore(self.paths).load().providers}
        expected = {name: replace(item, is_default=name == self.default) for name, item in self.model.items()}
        assert found == expected


TestTwoSessions = TwoSessions.TestCase
TestTwoSessions.settings = settings(
    max_examples=300 if IS_LONG else 12, stateful_step_count=30 if IS_LONG else 12, deadline=None
)

WRITER = textwrap.dedent(
    """
    import os, sys
    from decimal import Decimal
    from tui.core.failure import LmdeckError
    from tui.core.provider import Provider
    from tui.store.paths import resolve_paths
    from tui.store.providers import ProviderStore

    store = ProviderStore(resolve_paths(os.environ))
    for number in range(int(sys.argv[2])):
        name = f"{sys.argv[1]}-{number}"
        while True:
            try:
                store.save(Provider(name, input_price=Decimal(number)))
                if number % 5 == 4:
                    store.delete(f"{sys.argv[1]}-{number - 1}")
                break
            except LmdeckError as error:
                if error.failure.cause == "provider-unknown":
                    break
                assert error.failure.cause == "store-locked", error
        print(name, flush=True)
    """
)


def run_writers(
    environment: dict[str, str], processes: int, edits: int, kills: int
) -> tuple[set[str], set[str]]:
    """Run writers, kill some at random; return the names that were confirmed, and those deleted by then."""
    chance = random.Random(7)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, f"w{number}", str(edits)],
            cwd=REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    first_lines = [writer.stdout.readline() if writer.stdout else "" for writer in running]
    for victim in running[:kills]:
        time.sleep(chance.random() * 0.05)
        victim.send_signal(signal.SIGKILL)
    confirmed = set()
    for writer, first in zip(running, first_lines, strict=True):
        rest, _ = writer.communicate(timeout=300)
        confirmed |= {line for line in (first + rest).split("\n") if line}
        assert writer.returncode in (0, -signal.SIGKILL)
    deleted = {
        f"{name.split('-')[0]}-{int(name.split('-')[1]) - 1}"
        for name in confirmed
        if int(name.split("-")[1]) % 5 == 4
    }
    return confirmed, deleted


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_processes_never_lose_each_others_edits_even_when_killed(
    environment: dict[str, str], paths: Paths, umask: int
) -> None:
    before = os.umask(umask)
    try:
        processes, edits = rounds(4, 8), rounds(6, 100)
        confirmed, deleted = run_writers(environment, processes, edits, kills=rounds(1, 3))
    finally:
        os.umask(before)
    kept = {provider.name for provider in ProviderStore(paths).load().providers}
    lost = confirmed - deleted - kept
    # A killed writer may have written or deleted one more than it could say.
    assert len(lost) <= rounds(1, 3)
    for name in lost:
        writer, number = name.split("-")
        assert int(number) % 5 == 3, f"{name} was confirmed and is gone"
        assert f"{writer}-{int(number) + 1}" not in confirmed
    publish(
        "sessions",
        f"umask {umask:03o}: {processes} processes × {edits} edits, {rounds(1, 3)} killed: "
        f"{len(confirmed)} confirmed, 0 lost",
    )
    modes = {path.name: path.stat().st_mode & 0o777 for path in Path(environment["HOME"]).rglob("*")}
    assert set(modes.values()) <= {0o600, 0o700}, modes
