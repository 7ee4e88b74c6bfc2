"""The clipboard: the closest working route is used and reported."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.runtime.clipboard import OSC52_LIMIT_BYTES, Clipboard, CopyRoute
from tui.store.paths import Paths

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Put a tool on the PATH that keeps what it was fed, with its arguments and environment."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def make(name: str, script: str | None = None) -> Path:
        taken = tmp_path / name
        default = f'command -p cat > "{taken}"; echo "$@" > "{taken}.args"; command -p env > "{taken}.env"'
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script or default}\n")
        path.chmod(0o755)
        return taken

    return make


def paths(home: Path) -> Paths:
    return Paths(home / "config", home / "data", home / "state", home / "cache", home=home)


def clipboard(tmp_path: Path, **environment: str) -> Clipboard:
    return Clipboard({"PATH": str(tmp_path / "bin"), **environment}, paths(tmp_path))


async def test_tmux_comes_first_and_hands_on(tmp_path: Path, install: Install) -> None:
    taken = install("tmux")
    install("wl-copy")
    result = await clipboard(tmp_path, TMUX="/tmp/x,1,0", WAYLAND_DISPLAY="wayland-0").copy("häéllo\n")
    assert (result.route, result.confirmed) == (CopyRoute.TMUX, True)
    assert taken.read_text() == "häéllo\n"
    assert taken.with_suffix(".args").read_text().split() == ["load-buffer", "-w", "-"]


async def test_an_old_tmux_without_hand_on_is_still_a_route(tmp_path: Path, install: Install) -> None:
    taken = tmp_path / "tmux"
    install("tmux", f'[ "$2" = -w ] && exit 1; command -p cat > "{taken}"')
    result = await clipboard(tmp_path, TMUX="x").copy("text")
    assert result.route is CopyRoute.TMUX
    assert "too old" in result.detail
    assert taken.read_text() == "text"


@pytest.mark.parametrize(
    ("tool", "environment", "route"),
    [
        ("wl-copy", {"WAYLAND_DISPLAY": "wayland-0"}, CopyRoute.WAYLAND),
        ("xclip", {"DISPLAY": ":0"}, CopyRoute.XCLIP),
        ("xsel", {"DISPLAY": ":0"}, CopyRoute.XSEL),
        ("xclip", {"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "a b c d"}, CopyRoute.XCLIP),
        ("pbcopy", {}, CopyRoute.MACOS),
    ],
)
async def test_a_display_has_its_tool(
    tmp_path: Path, install: Install, tool: str, environment: dict[str, str], route: CopyRoute
) -> None:
    taken = install(tool)
    result = await clipboard(tmp_path, **environment).copy("text")
    assert (result.route, result.confirmed) == (route, True)
    assert taken.read_text() == "text"


@pytest.mark.parametrize("tool", ["wl-copy", "xclip", "pbcopy"])
async def test_over_ssh_the_far_machines_clipboard_is_left_alone(
    tmp_path: Path, install: Install, tool: str
) -> None:
    taken = install(tool)
    written: list[str] = []
    environment = {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0", "SSH_CONNECTION": "a b c d"}
    result = await clipboard(tmp_path, TERM="xterm-256color", **environment).copy("text", written.append)
    assert (result.route, result.confirmed) == (CopyRoute.TERMINAL, False)
    assert written == ["text"]
    assert not taken.exists()


async def test_a_tool_gets_no_more_of_the_environment_than_it_needs(tmp_path: Path, install: Install) -> None:
    taken = install("xclip")
    await clipboard(tmp_path, DISPLAY=":0", OPENAI_API_KEY="sk-canary", HOME="/home/x").copy("text")
    seen = taken.with_suffix(".env").read_text()
    assert "DISPLAY=:0" in seen
    assert "canary" not in seen


async def test_a_tool_that_hangs_is_ended_and_the_next_route_taken(tmp_path: Path, install: Install) -> None:
    install("xclip", f'echo $$ > "{tmp_path / "pid"}"; exec sleep 60')
    board = Clipboard({"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "DISPLAY": ":0"}, paths(tmp_path), 0.5)
    result = await board.copy("text")
    assert result.route is not CopyRoute.XCLIP
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


async def test_a_tool_that_fails_or_cannot_start_is_passed_over(tmp_path: Path, install: Install) -> None:
    install("xclip", "exit 1")
    install("xsel").with_name("bin").joinpath("xsel").write_bytes(b"\x7fELF not a program")
    result = await clipboard(tmp_path, DISPLAY=":0", TERM="xterm").copy("text", lambda text: None)
    assert result.route is CopyRoute.TERMINAL


@pytest.mark.parametrize(
    "environment",
    [
        {"TERM": "dumb"},
        {"TERM": "linux"},
        {},
        {"TERM": "screen", "STY": "1.x"},
        {"TERM": "tmux", "TMUX": "gone"},
    ],
)
async def test_where_the_terminal_would_drop_it_a_private_file_has_it(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    written: list[str] = []
    result = await clipboard(tmp_path, **environment).copy("text", written.append)
    path = paths(tmp_path).copied_file
    assert (result.route, written) == (CopyRoute.FILE, [])
    assert "~/state/copied.txt" in result.message("Answer")
    assert path.read_text() == "text"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_the_file_is_private_under_any_umask_and_never_follows_a_link(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_text("kept")
    (tmp_path / "state").mkdir()
    paths(tmp_path).copied_file.symlink_to(target)
    before = os.umask(0)
    try:
        await clipboard(tmp_path).copy("text")
    finally:
        os.umask(before)
    path = paths(tmp_path).copied_file
    assert target.read_text() == "kept"
    assert stat.S_IMODE(path.lstat().st_mode) == 0o600


async def test_a_text_too_long_for_the_terminal_goes_to_the_file(tmp_path: Path) -> None:
    written: list[str] = []
    board = clipboard(tmp_path, TERM="xterm")
    assert (await board.copy("x" * OSC52_LIMIT_BYTES, written.append)).route is CopyRoute.TERMINAL
    assert (await board.copy("x" * (OSC52_LIMIT_BYTES + 1), written.append)).route is CopyRoute.FILE
    assert len(written) == 1


async def test_no_route_at_all_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    result = await clipboard(tmp_path).copy("text")
    assert result.route is CopyRoute.NONE
    assert result.message("Answer").startswith("Answer not copied.")


async def test_hidden_characters_stay_behind_and_are_said(tmp_path: Path) -> None:
    written: list[str] = []
    raw = "if admin\u202e:\u200b\x1b[2J\r\n\tpass\u2028end\ud800 👩‍💻"
    result = await clipboard(tmp_path, TERM="xterm").copy(raw, written.append)
    assert written == ["if admin:[2J\n\tpass\nend 👩‍💻"]
    assert result.hidden_characters == 5
    assert "5 hidden characters were removed" in result.message("Code")


@pytest.mark.parametrize(
    ("route", "confirmed", "expected"),
    [
        (CopyRoute.TMUX, True, "Answer copied: here."),
        (CopyRoute.TERMINAL, False, "Answer sent to the terminal: here."),
        (CopyRoute.FILE, True, "Answer saved: here."),
    ],
)
def test_copied_is_said_only_where_it_is_certain(route: CopyRoute, confirmed: bool, expected: str) -> None:
    from tui.runtime.clipboard import CopyResult

    assert CopyResult(route, confirmed, "here.").message("Answer") == expected


async def test_what_nobody_sees_is_not_copied_and_marks_have_an_end(tmp_path: Path) -> None:
    written: list[str] = []
    hidden = "\u00ad\u3164\u2063\U000e0041\U000e01ef\u115f\u034f"
    raw = f"sudo{hidden} rm e" + "\u20dd" * 100 + " می\u200cخواهم ❤️"
    result = await clipboard(tmp_path, TERM="xterm").copy(raw, written.append)
    assert written == ["sudo rm e" + "\u20dd" * 8 + " می\u200cخواهم ❤️"]
    assert result.hidden_characters == len(hidden)
