"""The progress line of a command: on a terminal, until the next line; nowhere else."""

from __future__ import annotations

import io
from pathlib import Path

import tomli_w

from tests.support.commands import Call
from tests.support.terminal import TerminalProgram, lmdeck, private_environment
from tui.cli.output import Output


def two_providers(home: Path) -> dict[str, str]:
    environment = private_environment(home)
    folder = home / "config" / "lmdeck"
    folder.mkdir(parents=True)
    record = {"provider_url": "http://127.0.0.1:9/v1", "compatible_provider": "m"}
    (folder / "providers.toml").write_text(tomli_w.dumps({"providers": {"one": record, "two": record}}))
    return environment


def test_check_all_counts_what_is_checked_on_a_terminal(tmp_path: Path) -> None:
    with TerminalProgram(lmdeck("check", "--all", "--quick"), two_providers(tmp_path)) as terminal:
        assert terminal.wait() == 1
        terminal.drain()
        raw = terminal.raw.decode()
        total = raw.partition("Checked 0 of ")[2][0]
        assert f"Checked 1 of {total}…" in raw
        assert f"Checked {total} of {total}" not in raw
        assert "Checked" not in terminal.text  # gone with the last row
        assert "one" in terminal.text


def test_what_is_piped_has_no_progress(program: Call) -> None:
    assert program("providers", "add", "one", "--url", "http://127.0.0.1:9/v1", "--model", "m").code == 0
    done = program("check", "--all", "--quick")
    assert "Checked" not in done.out + done.err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_progress_line_is_replaced_by_the_next_one_and_by_output() -> None:
    stream = Terminal()
    output = Output(stream, stream, {"NO_COLOR": "1", "TERM": "xterm"})
    output.progress("1 of 2")
    output.progress("2 of 2\x1b[2J")
    output.line("done")
    assert stream.getvalue() == "1 of 2\r\x1b[K2 of 2␛[2J\r\x1b[Kdone\n"
    dumb = Terminal()
    Output(dumb, dumb, {"TERM": "dumb"}).progress("1 of 2")
    assert dumb.getvalue() == ""
