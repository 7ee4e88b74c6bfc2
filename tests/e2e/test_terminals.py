"""The program in a dumb terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.terminal import TerminalProgram, lmdeck, private_environment


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_dumb_terminal_is_told_what_works_in_it(tmp_path: Path, term: str) -> None:
    environment = private_environment(tmp_path, TERM=term)
    with TerminalProgram(lmdeck(), environment, columns=80, rows=24) as terminal:
        assert terminal.wait() == 2
        terminal.drain()
        said = " ".join(terminal.text.split())
        assert "cannot show the lmdeck interface" in said
        assert "Use lmdeck chat --plain or lmdeck ask" in said
        assert b"\x1b" not in terminal.raw
