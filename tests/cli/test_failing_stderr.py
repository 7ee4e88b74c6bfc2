"""A broken stderr affects neither the answer, nor the exit code, nor stdout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_results import NEW, PRINTING
from tests.store.disk_support import REPOSITORY
from tests.support.commands import Call, Done
from tests.support.terminal import private_environment

URL = "http://127.0.0.1:9/v1"
CALLS = [
    *(words for words in PRINTING if words[0] not in ("demo", "chat", "discover") and "--watch" not in words),
    ("providers", "add", "new", *NEW),
    ("providers", "set", "old", "--temperature", "0.5"),
    ("costs", "--by", "foo"),
    ("costs", "--since", "lastweek"),
    ("ask",),
    ("ask", "hi", "-p", "nobody"),
    ("ask", "hi", "-p", "nobody", "--json"),
    ("ask", "hi", "--url", URL, "-m", "m"),
    ("providers", "show", "nobody"),
    ("providers", "remove", "nobody"),
    ("history", "show", "none"),
    ("no-such-command",),
    ("--help",),
]
FAILING = ["full", "without a reader"]


def with_stderr(kind: str, home: Path, *arguments: str) -> Done:
    """Run a command whose stderr works, is full, or is a pipe without a reader."""
    if kind == "works":
        stderr = subprocess.DEVNULL
    elif kind == "full":
        stderr = os.open("/dev/full", os.O_WRONLY)
    else:
        read, stderr = os.pipe()
        os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "tui", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=private_environment(home),
        cwd=REPOSITORY,
        text=True,
        timeout=60,
        check=False,
    )
    if kind != "works":
        os.close(stderr)
    return Done(done.returncode, done.stdout, "")


@pytest.mark.parametrize("arguments", CALLS, ids=" ".join)
def test_stdout_and_the_exit_code_are_the_same(home: Path, call: Call, arguments: tuple[str, ...]) -> None:
    def prepared() -> Path:
        if "new" in arguments:
            call("providers", "remove", "new")
        call("providers", "add", "old", *NEW)
        call("providers", "set", "old", "--clear", "temperature")
        return home

    expected = with_stderr("works", prepared(), *arguments)
    for kind in FAILING:
        done = with_stderr(kind, prepared(), *arguments)
        assert done.code == expected.code, kind
        assert not [line for line in done.out.splitlines() if line.startswith("lmdeck: ")], kind
        if arguments[0] != "check":  # it measures, and has a line more or less
            assert len(done.out.splitlines()) == len(expected.out.splitlines()), kind
        assert bool(done.out) == bool(expected.out), kind


@pytest.mark.parametrize("kind", FAILING)
def test_an_answer_is_whole(home: Path, kind: str) -> None:
    expected = with_stderr("works", home, "ask", "hi", "-p", "demo")
    done = with_stderr(kind, home, "ask", "hi", "-p", "demo")
    assert (done.code, done.out) == (0, expected.out)
    assert done.out.strip()


@pytest.mark.parametrize("kind", FAILING)
def test_a_change_is_made_and_said(home: Path, call: Call, kind: str) -> None:
    done = with_stderr(kind, home, "providers", "add", "new", *NEW)
    assert (done.code, done.out) == (0, "Added new. Check it with: lmdeck check new\n")
    assert call("providers", "show", "new").code == 0
