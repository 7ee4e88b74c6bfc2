"""Optional files never block anything: whatever replaces them, commands and screens work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.assurance.broken_files_program import BREAKS, CONVERSATION, FOLDERS, PLACES, break_path, make_home
from tests.assurance.kit import by_length, crash_reports, publish
from tests.support.terminal import TerminalProgram

REPOSITORY = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("broken_files_program.py")
CREDENTIALS = "config/lmdeck/credentials.toml"
CONVERSATIONS = "data/lmdeck/conversations"
LONGEST_SECONDS = 15.0
USERS = by_length(("ordinary",), ("ordinary", "root"))


@dataclass(frozen=True)
class Told:
    """The result of one command with one broken file."""

    how: str
    command: str
    code: int | str
    out: str
    err: str
    seconds: float


Play = Callable[[str, str], list[Told]]


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """Run every command beside every break of one place, once; what was closed is opened again at the end."""
    known: dict[tuple[str, str], list[Told]] = {}
    root = tmp_path_factory.mktemp("broken")

    def run(place: str, user: str) -> list[Told]:
        if (place, user) not in known:
            home = str(root / str(len(known)))
            done = subprocess.run(
                [sys.executable, str(PROGRAM), home, place, user],
                env={
                    "PATH": os.environ["PATH"],
                    "PYTHONPATH": str(REPOSITORY),
                    "PYTHONDONTWRITEBYTECODE": "1",
                },
                capture_output=True,
                text=True,
                timeout=300,
            )
            assert done.returncode == 0, done.stderr
            known[place, user] = [Told(**json.loads(line)) for line in done.stdout.splitlines()]
        return known[place, user]

    yield run
    for folder, names, _ in os.walk(root):
        for name in names:
            (Path(folder) / name).chmod(0o700)


def needed_by(place: str) -> frozenset[str]:
    """Return the commands that cannot do their work without a place, and may say so with 1 or 2."""
    if place == "config/lmdeck":
        uses = {"ask", "check", "chat", "resume", "resume-last", "add", "add-key", "ask-newer", "remove"}
        return frozenset({*uses, "ask-locked", "forget-keys"})
    if place in (CONVERSATIONS, "everything") or place.startswith((f"{CONVERSATIONS}/", "data/lmdeck")):
        return frozenset(("resume", "resume-last", "forget-conversations", "ask-locked"))
    if place == "cache/lmdeck":
        return frozenset(("forget-caches", "forget-conversations"))
    if place == "state/lmdeck":
        return frozenset(("forget-caches", "forget-conversations"))  # the text copied last is kept there
    return frozenset(("ask-locked",)) if place == CREDENTIALS else frozenset()


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("place", [*PLACES, "everything"])
def test_every_command_works_beside_a_broken_file(play: Play, place: str, user: str) -> None:
    told = play(place, user)
    assert len(told) >= len(BREAKS) * 15
    needs = needed_by(place)
    for done in told:
        assert isinstance(done.code, int), done
        assert done.code in ((0, 1, 2) if done.command in needs else (0,)), done
        assert "defect" not in done.out + done.err, done
        assert "Traceback" not in done.out + done.err, done
        assert done.seconds < LONGEST_SECONDS, done
        if done.code:
            assert any(line.startswith("lmdeck: ") for line in done.err.splitlines()), done
    publish("broken files", f"{place}: {len(told)} commands as {user}: none blocked, none a defect")


@pytest.mark.parametrize("user", USERS)
def test_only_the_stored_keys_need_their_file_and_the_message_names_it(play: Play, user: str) -> None:
    told = {(done.how, done.command): done for done in play(CREDENTIALS, user)}
    for how in BREAKS:
        locked, listed, added = (told[how, name] for name in ("ask-locked", "list", "add-key"))
        if how == "closed" and user == "root" and os.geteuid() == 0:
            continue  # root reads it, and finds no keys
        assert locked.code == 2
        if how in ("missing", "dangling"):
            assert "none is stored for locked" in locked.err
            continue
        assert "~/config/lmdeck/credentials.toml" in locked.err
        assert "note: The API key could not be read from ~/config/lmdeck/credentials.toml" in listed.err
        assert "stored, but unreadable" in listed.out
        assert "It was saved as credentials.toml.corrupt-" in added.err
        assert told[how, "ask-newer"].code == 0
    assert "line 3" in told["garbage", "ask-locked"].err
    assert "line 1" in told["utf-16", "ask-locked"].err


@pytest.mark.parametrize(
    ("place", "how", "words"),
    [
        (
            "state/lmdeck/endpoints.json",
            "folder",
            "about endpoints is lost when it quits.",
        ),
        ("state/lmdeck", "closed", "about endpoints is lost when it quits."),
        ("state/lmdeck", "garbage", "about endpoints is lost when it quits."),
        ("config/lmdeck/providers.toml.bak", "folder", "The previous version is not kept."),
        ("cache/lmdeck/conversations.json", "folder", "The list of chats takes longer to open."),
        ("cache/lmdeck", "closed", "The list of chats takes longer to open."),
    ],
)
def test_what_goes_on_without_a_file_says_so_in_one_sentence(
    play: Play, place: str, how: str, words: str
) -> None:
    said = [done for done in play(place, "ordinary") if done.how == how and words in done.err]
    assert said
    for done in said:
        assert done.err.count(words) == 1
        assert done.code == 0


def test_paths_says_what_cannot_be_seen(play: Play) -> None:
    told = play("state/lmdeck", "ordinary")
    (said,) = [done for done in told if (done.how, done.command) == ("closed", "paths")]
    assert "unreadable: you have no permission" in said.out


SHOWN = by_length(("fifo", "closed", "garbage"), tuple(BREAKS))


@pytest.mark.parametrize("how", SHOWN)
def test_the_screens_open_chat_and_list_beside_broken_files(tmp_path: Path, how: str) -> None:
    """Every optional file and folder is broken at once; the embedded Demo needs none of them."""
    home = tmp_path / "home"
    environment = make_home(home, "http://127.0.0.1:9/v1")
    with (home / "config/lmdeck/providers.toml").open("a") as stream:
        stream.write('\n[defaults]\nModel = "demo"\n')
    for place in PLACES[: -len(FOLDERS)]:
        if not place.startswith("data/") or place.endswith(CONVERSATION):
            break_path(home / place, how)
    for folder in ("data/lmdeck", "state/lmdeck", "cache/lmdeck"):
        break_path(home / folder, how)
    program = (
        "from tests.support.ordinary_user import become_ordinary; become_ordinary(); "
        "from tui.cli.main import main; raise SystemExit(main([]))"
    )
    environment["PYTHONPATH"] = str(REPOSITORY)
    try:
        with TerminalProgram([sys.executable, "-c", program], environment) as terminal:
            terminal.wait_for("locked")
            assert (how in ("missing", "dangling")) is ("credentials.toml" not in terminal.text)
            terminal.send("h")
            terminal.wait_for("Conversations")
            terminal.send("escape")
            terminal.wait_for("locked")
            terminal.send("enter")
            terminal.wait_for("Enter to send")
            terminal.send("hi", "enter")
            terminal.wait_for("TTFT [0-9]|Send a paid request")
            if "Send a paid request" in terminal.text:  # budgets that cannot be read may be spent
                terminal.send("y")
            terminal.wait_for("TTFT [0-9]")
            assert "defect" not in terminal.text
            terminal.send("ctrl+q")
            terminal.wait_for(lambda: terminal.poll() is not None or "Quit lmdeck?" in terminal.text)
            if terminal.poll() is None:
                terminal.send("y")
            assert terminal.wait() == 0
    finally:
        for folder in ("data/lmdeck", "state/lmdeck", "cache/lmdeck"):
            if (home / folder).is_dir() and not (home / folder).is_symlink():
                (home / folder).chmod(0o700)
    assert crash_reports(tmp_path) == []
