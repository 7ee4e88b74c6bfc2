"""Breaks one optional file in every way, and runs the commands of lmdeck beside it, in this process.

Usage: ``broken_files_program.py HOME WHAT USER`` with a name of ``PLACES`` (or ``everything``) and
``ordinary`` or ``root``. Prints one JSON line for each command: how it ended and what it said.
"""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.ordinary_user import become_ordinary
from tests.support.terminal import private_environment
from tui.cli.main import main
from tui.core.parts import parts_of
from tui.core.turn import Turn, TurnState
from tui.store.records import encode_line, end_record, header_record, turn_record

LIMIT_SECONDS = 30
CONVERSATION = "20260101-000000-abcdefabcdef"
HUGE_BYTES = 40 * 1024**3
FOLDERS = ("config/lmdeck", "data/lmdeck", "state/lmdeck", "cache/lmdeck")
PLACES = (
    "config/lmdeck/credentials.toml",
    "config/lmdeck/config.toml",
    "config/lmdeck/providers.toml.bak",
    "config/lmdeck/.providers.toml.lock",
    "config/lmdeck/.credentials.toml.lock",
    f"data/lmdeck/conversations/{CONVERSATION}.jsonl",
    f"data/lmdeck/conversations/{CONVERSATION}.lease",
    "data/lmdeck/conversations",
    "data/lmdeck/trash",
    "state/lmdeck/endpoints.json",
    "state/lmdeck/.endpoints.json.lock",
    "state/lmdeck/trusted-files",
    "state/lmdeck/engine.log",
    "state/lmdeck/crash.log",
    "state/lmdeck/copied.txt",
    "cache/lmdeck/conversations.json",
    *FOLDERS,
)
"""Everything that lmdeck can do without, below the home folder."""


def _missing(path: Path) -> None:
    """Leave nothing there."""


def _closed(path: Path) -> None:
    if str(path).endswith(FOLDERS) or path.suffix == "":
        path.mkdir()
    else:
        path.write_bytes(b"")
    path.chmod(0)


def _huge(path: Path) -> None:
    path.touch()
    try:
        os.truncate(path, HUGE_BYTES)
    except OSError as error:  # this file system has no files of that size: one that is far too large
        if error.errno != errno.EFBIG:
            raise
        os.truncate(path, 2 * 1024**3)


BREAKS: Mapping[str, Callable[[Path], object]] = {
    "missing": _missing,
    "folder": lambda path: (path / "inner").mkdir(parents=True),
    "fifo": os.mkfifo,
    "closed": _closed,
    "garbage": lambda path: path.write_bytes(b'[keys]\nlocked = "sk-half\n\x00\xff{'),
    "utf-16": lambda path: path.write_bytes("[keys]\nlocked = 'sk-0123456789'\n".encode("utf-16")),
    "dangling": lambda path: path.symlink_to(path.with_name("nowhere") / "x"),
    "loop": lambda path: path.symlink_to(path),
    "device": lambda path: path.symlink_to("/dev/zero"),
    "huge": _huge,
}


def make_home(home: Path, url: str) -> dict[str, str]:
    """Make a person's folders after some use; return the environment."""
    environment = private_environment(home)
    for folder in FOLDERS:
        (home / folder).mkdir(parents=True)
    record = f'provider_url = "{url}"\ncompatible_provider = "m"\n'
    (home / "config/lmdeck/providers.toml").write_text(
        f'[providers.local]\n{record}\n[providers.locked]\n{record}api_key = "stored"\n'
    )
    credentials = home / "config/lmdeck/credentials.toml"
    credentials.write_text('[keys]\nlocked = "sk-0123456789abcdef"\n')
    credentials.chmod(0o600)
    conversation = home / "data/lmdeck/conversations" / f"{CONVERSATION}.jsonl"
    conversation.parent.mkdir()
    turn = Turn("t", parts_of("asked before"), provider="local", model="m", state=TurnState.DONE)
    lines = (
        header_record(CONVERSATION, "Before", "2026-01-01T00:00:00+00:00", ""),
        turn_record(turn),
        end_record(turn),
    )
    conversation.write_bytes(b"".join(map(encode_line, lines)))
    return environment


def break_path(path: Path, how: str) -> None:
    """Put something in a path's place that it should not be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    BREAKS[how](path)


def commands(url: str) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield each command: a name, its arguments, what is typed."""
    new = ("--url", url, "--model", "m")
    yield "list", ("providers", "list"), ""
    yield "paths", ("paths",), ""
    yield "ask", ("ask", "hi", "-p", "local"), ""
    yield "ask-locked", ("ask", "hi", "-p", "locked"), ""
    yield "check", ("check", "local", "--quick"), ""
    yield "chat", ("chat", "local", "--plain"), "hi\n"
    yield "resume", ("chat", "local", "--plain", "--resume", CONVERSATION), "hi\n"
    yield "resume-last", ("chat", "local", "--plain", "--resume", "last"), "hi\n"
    yield "add", ("providers", "add", "new", *new, "--key-env", "KEY"), ""
    yield "add-key", ("providers", "add", "newer", *new, "--key-stdin"), "sk-9876543210fedcba\n"
    yield "ask-newer", ("ask", "hi", "-p", "newer"), ""
    yield "remove", ("providers", "remove", "new"), ""
    yield "forget-caches", ("forget", "caches", "--yes"), ""
    yield "forget-conversations", ("forget", "conversations", "--yes"), ""
    yield "forget-keys", ("forget", "keys", "--yes"), ""


def run(arguments: tuple[str, ...], typed: str) -> tuple[int | str, str, str, float]:
    """Run a command; return its code (or what it died of), stdout, stderr and how long it took."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    begun = time.monotonic()
    code: int | str
    kept, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(typed.encode()))
    signal.alarm(LIMIT_SECONDS)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(arguments)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException as error:  # noqa: BLE001 - whatever passes ``main`` is what is looked for
        code = repr(error)
    finally:
        signal.alarm(0)
        sys.stdin = kept
    texts = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return code, texts[0], texts[1], time.monotonic() - begun


def _too_long(*_: object) -> None:
    raise TimeoutError("it blocks")


def play(root: Path, what: str, url: str) -> None:
    """Run every command beside every break of one file, each in a home of its own."""
    for how in BREAKS:
        home = root / how
        home.mkdir(parents=True)
        os.environ.update(make_home(home, url))
        for place in PLACES[: -len(FOLDERS)] if what == "everything" else (what,):
            with contextlib.suppress(OSError):  # below a folder that is broken already
                break_path(home / place, how)
        for name, arguments, typed in commands(url):
            code, out, err, seconds = run(arguments, typed)
            told = {"how": how, "command": name, "code": code, "out": out, "err": err, "seconds": seconds}
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, _too_long)
    if sys.argv[3] == "ordinary":
        become_ordinary()
    os.environ["KEY"] = "sk-from-the-environment"
    with FaultServer(FakeApi()) as server:
        play(Path(sys.argv[1]), sys.argv[2], server.base_url)
