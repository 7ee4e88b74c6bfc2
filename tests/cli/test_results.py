"""Commands report real results: unwritten output is a failure, and changes are reported nevertheless."""

from __future__ import annotations

import argparse
import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.disk_support import REPOSITORY, BrokenDisk
from tests.support.commands import Call, Done
from tests.support.terminal import private_environment
from tui.cli.parser import build_parser
from tui.core.parts import parts_of
from tui.core.turn import Turn, TurnState
from tui.store.conversations import ConversationStore
from tui.store.paths import resolve_paths

URL = "http://127.0.0.1:9/v1"
NEW = ("--url", URL, "--model", "m")
FULL = "lmdeck: Could not write the output: No space left on device."

PRINTING = [
    ("providers", "list"),
    ("providers", "list", "--json"),
    ("providers", "show", "old"),
    ("providers", "trust"),
    ("providers", "export"),
    ("history", "list"),
    ("history", "list", "--json"),
    ("history", "show", "last"),
    ("history", "show", "last", "--json"),
    ("history", "search", "plans"),
    ("history", "search", "plans", "--json"),
    ("history", "export", "last"),
    ("history", "restore"),
    ("costs",),
    ("costs", "--json"),
    ("costs", "--csv"),
    ("presets",),
    ("paths",),
    ("engine", "status"),
    ("discover",),
    ("check", "old", "--quick"),
    ("check", "old", "--quick", "--report", "-"),
    ("check", "--all", "--quick"),
    ("check", "--watch", "60", "--quick", "old"),
    ("ask", "hi", "-p", "demo"),
    ("ask", "hi", "-p", "demo", "--json"),
    ("embed", "hi", "-p", "demo", "-m", "demo-embedding"),
    ("completion", "bash"),
    ("demo",),
    ("chat", "demo", "--plain"),
]
"""Commands that change nothing that a person set up."""
CHANGING = [
    (("providers", "add", "new", *NEW), "Added new."),
    (("providers", "set", "old", "--temperature", "0.5"), "Changed old."),
    (("providers", "remove", "old"), "Deleted old and its stored key."),
    (("providers", "default", "old"), "old is now the default provider."),
    (("providers", "import", "FILE"), "Imported 2 of 3 providers."),
    (("history", "export", "last", "-o", "NEW"), "Exported “Plans” to "),
    (("history", "import", "CHATS"), "Imported “Hi”: 1 turn."),
    (("history", "remove", "last", "--yes"), "Deleted “Plans”. To restore it: lmdeck history restore "),
    (("presets", "--install"), "Added to "),
    (("forget", "caches", "--yes"), "Deleted all caches, logs and server data: 1 file."),
    (("forget", "conversations", "--yes"), "Deleted all chats: 1 conversation."),
    (("forget", "keys", "--yes"), "Deleted all stored API keys: 1 file."),
]
"""Commands that change something, and what they say of it."""
UNTRIED = {("engine", "install"), ()}
"""It runs pip; the screens need a terminal."""


@pytest.fixture
def file(home: Path, call: Call) -> Path:
    """A person's folders after some use; returns a file to import."""
    assert call("providers", "add", "old", *NEW).code == 0
    paths = resolve_paths(os.environ)
    paths.credentials_file.write_text('[keys]\nold = "sk-0123456789abcdef"\n')
    paths.credentials_file.chmod(0o600)
    journal = ConversationStore(paths).create()
    journal.write_turn(Turn("1", parts_of("Plans"), state=TurnState.DONE))
    journal.close()
    paths.cache_dir.mkdir(parents=True, exist_ok=True)
    (paths.cache_dir / "conversations.json").write_text("{}")
    records = [{"name": name, "providerUrl": URL, "compatibleProvider": "m"} for name in ("a", "b", "")]
    (home / "chats.json").write_text('{"messages": [{"role": "user", "content": "Hi"}]}')
    path = home / "records.json"
    path.write_text(json.dumps(records))
    return path


def into(stdout: int, home: Path, *arguments: str) -> Done:
    """Run a command as a process of its own, as nothing may be said at its exit either."""
    done = subprocess.run(
        [sys.executable, "-m", "tui", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=private_environment(home),
        cwd=REPOSITORY,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(stdout)
    assert "Traceback" not in done.stderr
    assert "xception" not in done.stderr
    return Done(done.returncode, "", done.stderr)


def full() -> int:
    return os.open("/dev/full", os.O_WRONLY)


def named(arguments: tuple[str, ...], file: Path) -> tuple[str, ...]:
    places = {"FILE": file, "CHATS": file.with_name("chats.json"), "NEW": file.with_name("new.md")}
    return tuple(str(places.get(argument, argument)) for argument in arguments)


def subcommands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, ...]]:
    """Yield every command of a parser."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups or not groups[0].required:
        yield ()
    for group in groups:
        for name, below in group.choices.items():
            for rest in subcommands(below):
                yield (name, *rest)


def test_every_command_is_tried_here() -> None:
    tried = [*PRINTING, *(arguments for arguments, _ in CHANGING)]
    for command in subcommands(build_parser()):
        known = command in UNTRIED or any(arguments[: len(command)] == command for arguments in tried)
        assert known, command


@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_what_cannot_be_printed_is_no_success(file: Path, arguments: tuple[str, ...]) -> None:
    done = into(full(), file.parent, *arguments)
    assert done.code == 1
    assert [line for line in done.err.splitlines() if line.startswith("lmdeck: ")] == [FULL]


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("providers", "import", "-h")])
def test_help_that_cannot_be_printed_is_no_success(home: Path, arguments: tuple[str, ...]) -> None:
    done = into(full(), home, *arguments)
    assert (done.code, done.err.strip()) == (1, FULL)


@pytest.mark.parametrize(("arguments", "words"), CHANGING)
def test_what_has_changed_is_said_on_stderr_where_stdout_takes_nothing(
    file: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = into(full(), file.parent, *named(arguments, file))
    assert done.code == 1
    said = [line for line in done.err.splitlines() if line.startswith("lmdeck: ")]
    assert said[0] == FULL
    assert said[1].startswith(f"lmdeck: {words}")
    assert len(said) == 2


def test_what_has_changed_is_said_where_the_reader_is_gone(home: Path, call: Call) -> None:
    read, write = os.pipe()
    os.close(read)
    done = into(write, home, "providers", "add", "new", *NEW)
    assert done.code == 141
    assert done.err.startswith("lmdeck: Added new.")
    assert call("providers", "show", "new").code == 0


@pytest.mark.parametrize(("arguments", "words"), CHANGING)
@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EACCES])
def test_what_the_disk_refuses_is_no_success(
    file: Path,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    words: str,
    number: int,
) -> None:
    BrokenDisk(monkeypatch).refuse(number)
    done = call(*named(arguments, file))
    assert done.code == 1
    assert words not in done.out + done.err
    assert "lmdeck: " in done.err
    assert "defect" not in done.err
    assert "memory" not in done.err


def test_the_report_of_a_check_is_there_or_refused(file: Path, call: Call) -> None:
    for target in ("/dev/full", "/no/such/folder/report.md", "/", str(file / "below")):
        done = call("check", "old", "--quick", "--report", target)
        assert done.code == 2, target
        assert "Report saved" not in done.err
        assert done.err.startswith("lmdeck: "), done.err


def test_an_existing_file_is_replaced_by_a_report_where_that_is_said(file: Path, call: Call) -> None:
    target = file.with_name("report.md")
    assert call("check", "old", "--quick", "--report", str(target)).code == 1
    target.write_text("mine")
    done = call("check", "old", "--quick", "--report", str(target))
    assert (done.code, done.out, target.read_text()) == (2, "", "mine")
    assert "the file already exists" in done.err
    assert "--replace" in done.err
    assert call("check", "old", "--quick", "--report", str(target), "--replace").code == 1
    assert target.read_text() != "mine"
    assert call("check", "old", "--quick", "--report", "/dev/null").code == 1
    assert call("check", "old", "--quick", "--replace").code == 2


# -- what is said is what was done --------------------------------------------------------------------


def test_a_key_that_was_not_there_is_not_reported_as_removed(file: Path, call: Call) -> None:
    assert call("providers", "add", "keyless", *NEW).code == 0
    assert call("providers", "remove", "keyless").out.startswith("Deleted keyless. ")
    assert call("providers", "remove", "old").out.startswith("Deleted old and its stored key. ")


def test_a_default_that_nobody_can_ask_is_told(call: Call) -> None:
    assert call("providers", "add", "off", *NEW, "--inactive").code == 0
    assert "inactive" in call("providers", "default", "off").err
    assert call("providers", "add", "vectors", *NEW, "--category", "Embedding").code == 0
    assert (
        call("providers", "default", "vectors").out == "vectors is now the default provider for embeddings.\n"
    )


def test_an_unknown_name_changes_nothing(call: Call) -> None:
    for action in ("remove", "default", "show", "export"):
        done = call("providers", action, "nobody")
        assert (done.code, done.out) == (2, "")


def test_an_export_of_a_file_that_cannot_be_read_is_none(file: Path, call: Call) -> None:
    providers = resolve_paths(os.environ).providers_file
    providers.write_text("[providers.x\n")
    done = call("providers", "export")
    assert (done.code, done.out) == (2, "")
    assert "providers.toml" in done.err


def test_an_export_names_the_records_that_are_not_in_it(file: Path, call: Call) -> None:
    providers = resolve_paths(os.environ).providers_file
    providers.write_text("[providers]\nbad = 3\n" + providers.read_text().replace("[providers]\n", ""))
    done = call("providers", "export")
    assert [record["name"] for record in json.loads(done.out)] == ["old"]
    assert done.code == 1
    assert "lmdeck: bad was not exported: " in done.err


def test_more_keys_than_are_read_again_are_refused(home: Path, call: Call) -> None:
    """A file that lmdeck would not read any more would cost every key in it."""
    key = "sk-" + "k" * 1_500
    records = [
        {
            "name": f"p{number}",
            "providerUrl": URL,
            "compatibleProvider": "m",
            "clientSecret": f"{key}{number}",
        }
        for number in range(800)
    ]
    file = home / "records.json"
    file.write_text(json.dumps(records))
    done = call("providers", "import", str(file))
    assert done.code == 1
    assert "Nothing imported." in done.err
    assert "larger than 1 MB" in done.err
    assert not resolve_paths(os.environ).credentials_file.exists()
