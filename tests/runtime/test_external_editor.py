"""Editing text in the user's editor: through a private file, whose content is treated as data."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.runtime.external_editor import Edited, ExternalEditor
from tui.store.edited_file import EditedFile


class Desk:
    """A folder for temporary files, and editors made of shell commands (``$1`` is the file)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temporary = folder / "run"
        self.temporary.mkdir()
        self.environment = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(self.temporary)}

    def script(self, text: str, name: str = "editor") -> Path:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    def editor(self, text: str) -> ExternalEditor:
        path = shlex.quote(str(self.script(text)))
        return ExternalEditor({**self.environment, "EDITOR": path})

    @property
    def left(self) -> list[Path]:
        return sorted(path for path in self.temporary.rglob("*") if path.is_file())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_the_file_is_private_and_gone_afterwards(desk: Desk) -> None:
    seen = desk.folder / "seen"
    look = f'stat -c %a "$1" "$(dirname "$1")" > {seen}; echo "$1" >> {seen}; cat "$1" >> {seen}'
    editor = desk.editor(f"{look}; printf 'new\\ntext\\n' > \"$1\"")
    assert await editor.edit("old text") == Edited("new\ntext")
    file_mode, folder_mode, path, *text = seen.read_text().splitlines()
    assert (file_mode, folder_mode, text) == ("600", "700", ["old text"])
    assert path.endswith(".md") and path.startswith(str(desk.temporary))
    assert list(desk.temporary.iterdir()) == []


async def test_what_an_editor_puts_beside_the_file_is_removed_too(desk: Desk) -> None:
    editor = desk.editor('cp "$1" "$1~"; printf other > "$1.new"; mv "$1.new" "$1"')
    assert await editor.edit("draft") == Edited("other")
    assert list(desk.temporary.iterdir()) == []


async def test_visual_comes_first_and_may_have_arguments_and_blanks(desk: Desk) -> None:
    folder = desk.folder / "my editors"
    folder.mkdir()
    path = desk.script('[ "$1" = --wait ] && printf visual > "$2"', "my editors/ed it")
    values = {"VISUAL": f"{shlex.quote(str(path))} --wait", "EDITOR": "false"}
    assert await ExternalEditor({**desk.environment, **values}).edit("") == Edited("visual")
    other = {"VISUAL": " ", "EDITOR": str(desk.script('printf editor > "$1"'))}
    assert await ExternalEditor({**desk.environment, **other}).edit("") == Edited("editor")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "No editor is set"),
        ({"EDITOR": "no-such-editor-4711 -w"}, "no-such-editor-4711 was not found. Correct $EDITOR"),
        ({"VISUAL": "vi 'open"}, "$VISUAL is not a command"),
        ({"EDITOR": "/"}, "/ was not found"),
    ],
)
async def test_what_is_no_editor_is_said_before_the_terminal_is_lent(
    desk: Desk, values: dict[str, str], said: str
) -> None:
    edited = await ExternalEditor({**desk.environment, **values}).edit("draft", _never)
    assert edited.text is None
    assert said in edited.problem
    assert desk.left == []


@contextmanager
def _never() -> Iterator[None]:
    yield from ()
    pytest.fail("the terminal was lent")


async def test_an_editor_that_fails_changes_nothing(desk: Desk) -> None:
    edited = await desk.editor("exit 3").edit("draft")
    assert edited.text is None
    assert "exited with status 3. Your text is unchanged." in edited.problem
    assert desk.left == []


@pytest.mark.parametrize(("end", "said"), [("exit 1", "status 1"), ("kill -9 $$", "signal 9")])
async def test_what_a_failing_editor_had_saved_is_kept_until_the_end(desk: Desk, end: str, said: str) -> None:
    editor = desk.editor(f'printf "saved words" > "$1"; {end}')
    edited = await editor.edit("draft")
    assert edited.text is None
    assert said in edited.problem
    [kept] = desk.left
    assert str(kept) in edited.problem
    assert kept.read_text() == "saved words"
    editor.close()
    assert list(desk.temporary.iterdir()) == []


async def test_an_editor_that_returns_at_once_may_still_be_open(desk: Desk) -> None:
    editor = desk.editor("exit 0")
    edited = await editor.edit("draft")
    assert edited.text is None
    assert "closed at once" in edited.problem
    assert "wait option to $EDITOR" in edited.problem
    assert len(desk.left) == 1
    editor.close()
    assert list(desk.temporary.iterdir()) == []


async def test_an_emptied_file_is_an_empty_text(desk: Desk) -> None:
    assert await desk.editor(': > "$1"').edit("draft") == Edited("")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (r"\357\273\277bom\n", "bom"),
        (r"a\r\nb\rc\r\n", "a\nb\nc"),
        (r"two\n\n", "two\n"),
        (r"\033]0;title\007\033[2J", "\x1b]0;title\x07\x1b[2J"),
        (r"env:HOME {{input}} /quit [bold]", "env:HOME {{input}} /quit [bold]"),
        (r"nul\000here", "nul\0here"),
    ],
)
async def test_a_text_comes_back_as_data(desk: Desk, content: str, text: str) -> None:
    assert await desk.editor(f"printf '{content}' > \"$1\"").edit("draft") == Edited(text)


async def test_what_is_no_text_is_kept_and_said(desk: Desk) -> None:
    editor = desk.editor("printf '\\377\\376' > \"$1\"")
    edited = await editor.edit("draft")
    assert edited.text is None
    assert "it is not UTF-8" in edited.problem
    assert str(desk.left[0]) in edited.problem
    editor.close()


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ('rm "$1"; mkfifo "$1"', "not a regular file"),
        ('rm "$1"; mkdir "$1"', "regular file"),
        ('truncate -s 17M "$1"', "too large"),
    ],
)
async def test_what_is_no_file_is_said(desk: Desk, act: str, said: str) -> None:
    editor = desk.editor(act)
    edited = await asyncio.wait_for(editor.edit("draft"), 30)
    assert edited.text is None
    assert said in edited.problem
    editor.close()
    assert list(desk.temporary.iterdir()) == []


async def test_the_program_runs_while_the_editor_is_open(desk: Desk) -> None:
    gate = desk.folder / "gate"
    os.mkfifo(gate)
    editor = desk.editor(f'read answer < {gate}; printf %s "$answer" > "$1"')
    editing = asyncio.create_task(editor.edit("draft"))
    await asyncio.to_thread(gate.write_text, "typed\n")
    assert await asyncio.wait_for(editing, 30) == Edited("typed")


async def test_the_keyboard_interrupts_the_editor_alone(desk: Desk) -> None:
    before = signal.getsignal(signal.SIGINT)
    editor = desk.editor('kill -INT $PPID; printf done > "$1"')
    assert await editor.edit("draft") == Edited("done")
    assert signal.getsignal(signal.SIGINT) is before


async def test_an_editor_ends_with_the_program(desk: Desk) -> None:
    gate = desk.folder / "gate"
    os.mkfifo(gate)
    editor = desk.editor(f"echo $$ > {gate}; exec sleep 600")
    editing = asyncio.create_task(editor.edit("draft"))
    pid = int(await asyncio.to_thread(gate.read_text))
    editing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await editing
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert desk.left == []


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_any_text_survives_the_file(tmp_path_factory: pytest.TempPathFactory, old: str, new: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    file = EditedFile(old, {"XDG_RUNTIME_DIR": str(folder)})
    try:
        assert file.read() is None
        saved = f"{new}\n"
        file.path.write_bytes(saved.encode())
        wanted = saved.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
        assert file.read() == (None if saved == f"{old}\n" or wanted == old else wanted)
    finally:
        file.remove()
