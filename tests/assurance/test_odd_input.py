"""Whatever is typed, pasted or set as locale, the program neither crashes nor hangs."""

from __future__ import annotations

import random
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assurance.kit import by_length, chat, crash_reports, deck, publish
from tests.support.fault_server import FaultServer, stream_answer
from tests.support.stream_samples import delta
from tests.support.terminal import TerminalProgram, lmdeck

REPOSITORY = Path(__file__).parents[2]
SEEDS = by_length((1,), tuple(range(1, 41)))
BYTES = by_length(1_500, 4_000)
LOCALES: dict[str, dict[str, str]] = {
    "C": {"LANG": "C", "LC_ALL": "C"},
    "POSIX": {"LANG": "POSIX", "LC_ALL": "POSIX"},
    "Turkish": {"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"},
    "Latin-1": {"LANG": "de_DE.ISO-8859-1", "LC_ALL": "de_DE.ISO-8859-1", "PYTHONUTF8": "0"},
    "C without Python's help": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "ASCII": {"LANG": "C", "PYTHONIOENCODING": "ascii"},
    "none": {"LANG": ""},
    "nonsense": {"LANG": "xx_YY.nonsense", "LC_ALL": "xx_YY.nonsense"},
}
FRAGMENTS = (
    b"\xe9", b"\xff", b"\xc3", b"\xf0\x9f", b"\x1b", b"\x1b[", b"\x1bO", b"\x1b]", b"\x1bP", b"\x1b_",
    b"\x1b[<0;", b"\x1b[200~", b"\x1b[201~", b"\x1b[M\xff\xff\xff", b"\x1b[<99999;99999;99999M",
    b"\x1b[999999999999A", b"\x00", b"\x1b[97;5u", b"\x1b[1;1R", b"\x9b2J", b"\xed\xa0\x80", b"\r",
    b"\n", b"\t", b"\x7f", b"\x08", b"\x1b[I", b"\x1b[O", b"\x1b[A", b"\x1b[B", b"\x1bOP", b"\x1b[15~",
    b"\x1b[27u", b"\x1b[57358u", "你好🙂é".encode(), b"hello", b"[/x]",
)  # fmt: skip
LEAVES = b"\x11\x1a\x1c\x0c\x03\x0f"
"""Keys that leave the chat: Ctrl+Q and the like; the fuzz is not about them."""


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with FaultServer(stream_answer(delta("Hello "), delta("wörld ✓ 你好"))) as running:
        yield running


def noise(seed: int, length: int) -> bytes:
    """Return bytes of every kind, without the keys that leave."""
    chance = random.Random(seed)
    found = b""
    while len(found) < length:
        if chance.random() < 0.5:
            found += chance.choice(FRAGMENTS)
        else:
            found += bytes(code for code in chance.randbytes(chance.randrange(8)) if code not in LEAVES)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_any_bytes_can_be_typed(tmp_path: Path, server: FaultServer, seed: int) -> None:
    with chat(deck(tmp_path, server.base_url)) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send_bytes(noise(seed, BYTES))
        terminal.send_bytes(b"\x1b\\\x1b[201~\x18")
        leave(terminal)
        code = terminal.wait()
        terminal.drain()
    assert crash_reports(tmp_path) == [], "".join(crash_reports(tmp_path))
    assert code == 0, terminal.text
    publish("input", f"{len(SEEDS)} × {BYTES:,} random bytes typed: 0 crashes") if seed == SEEDS[-1] else None


def test_no_sequence_breaks_the_key_parser() -> None:
    """Without a terminal, and so many more: half sequences, numbers without end, sub-parameters."""
    from tui.ui.textual_compat.key_parser import KeyParser
    from tui.ui.textual_compat.terminal_input import Pasted, TerminalInput

    rounds = by_length(2_000, 200_000)
    for seed in range(rounds):
        chance = random.Random(seed)
        terminal, parser = TerminalInput(), KeyParser()
        for _ in range(6):
            if chance.random() < 0.5:
                text = noise(chance.randrange(10**9), 12).decode("utf-8", "replace")
            else:
                numbers = "".join(chance.choice("<>?;:0123456789 ") for _ in range(chance.randrange(14)))
                text = f"\x1b[{numbers}{chance.choice('~uMmRABCDHFZIOPStc$y')}"
            pieces = [*terminal.feed(text), *(terminal.expire() if chance.random() < 0.3 else [])]
            for piece in pieces:
                if not isinstance(piece, Pasted):
                    list(parser.read(piece))
    publish("input", f"{6 * rounds:,} random sequences through the key parser: 0 exceptions")


def leave(terminal: TerminalProgram) -> None:
    """Quit, whatever is on screen by now: what the noise opened is closed first."""
    pause = threading.Event()
    for _ in range(60):
        if terminal.poll() is not None:
            return
        terminal.send("y" if "Quit lmdeck?" in terminal.text else "ctrl+q")
        pause.wait(0.5)
        if terminal.poll() is None and "Quit lmdeck?" not in terminal.text:
            terminal.send("escape")
            pause.wait(0.3)
    raise AssertionError(f"it cannot be left:\n{terminal.text}")


def test_a_megabyte_can_be_pasted_and_escape_still_works(tmp_path: Path, server: FaultServer) -> None:
    with chat(deck(tmp_path, server.base_url)) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send_bytes(b"\x1b[200~" + b"paste \xe9\xff [/x]\n" * 70_000 + b"END\x1b[201~")
        terminal.wait_for("END|pasted|lines")
        leave(terminal)
        assert terminal.wait() == 0
    assert crash_reports(tmp_path) == []
    publish("input", "a paste of 1 MB: taken whole, 0 crashes")


@pytest.mark.parametrize("name", LOCALES)
def test_any_locale(tmp_path: Path, server: FaultServer, name: str) -> None:
    environment = deck(tmp_path, server.base_url, display_name="ıİ é 你好")
    environment.pop("LANG")
    environment |= LOCALES[name]
    for arguments in (("providers", "list"), ("ask", "ıİ é 你好"), ("check", "main")):
        done = subprocess.run(
            lmdeck(*arguments), env=environment, cwd=REPOSITORY, capture_output=True, check=False, timeout=60
        )
        assert done.returncode == 0, done
        assert b"Traceback" not in done.stderr
    with chat(environment) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send_bytes("ıİ é".encode() + b"\xe9")
        terminal.send("enter")
        terminal.wait_for("TTFT [0-9]")
        leave(terminal)
        assert terminal.wait() == 0
    assert crash_reports(tmp_path) == []
    publish("input", f"{len(LOCALES)} locales, screens and commands: 0 crashes") if name == "none" else None
