"""The rules of the command line itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.support.commands import Call
from tui import __version__
from tui.cli.parser import build_parser


def test_the_version_loads_neither_network_nor_validation() -> None:
    code = (
        "import sys, tui.cli.main as main\n"
        "try:\n    main.main(['--version'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'httpx', 'pydantic', 'textual', 'rich', 'ssl', 'asyncio'} & set(sys.modules)\n"
        "sys.exit(f'loaded {sorted(heavy)}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"lmdeck {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "--max-tokens", "0"],
        ["ask", "--temperature", "-1"],
        ["ask", "--temperature", "nan"],
        ["ask", "hi", "-p", "x", "--url", "http://h/v1"],
        ["demo", "--port", "65536"],
        ["providers"],
        ["no-such-command"],
    ],
)
def test_wrong_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err


def test_the_key_has_no_flag() -> None:
    """A key on the command line would be in the process list."""
    help_text = build_parser().format_help()
    assert "--key " not in help_text
    assert "--api-key" not in help_text


HOSTILE = {
    "control sequence": b"\x1b[2J\x1b]0;title\x07",
    "c1": "\x9b2J".encode(),
    "bidi": "\u202ecod.exe\u2066".encode(),
    "invisible": "\u200b\U000e0041\u2060".encode(),
    "no utf-8": b"\xff\xfe\xe9",
    "lines": b"x\nlmdeck: error: all is well\r\n",
    "long": b"x" * 100_000,
    "percent": b"%s%(prog)s%d",
    "empty": b"",
}
PLACES: dict[str, tuple[bytes, ...]] = {
    "command": (b"%",),
    "flag": (b"--%",),
    "flag of a command": (b"providers", b"show", b"x", b"--%"),
    "flag with a value": (b"--bad=%",),
    "abbreviated flag": (b"ask", b"hi", b"--m=%"),
    "short flag": (b"check", b"x", b"-%"),
    "one argument more": (b"ask", b"hi", b"%"),
    "action": (b"providers", b"%"),
    "choice": (b"forget", b"%"),
    "choice of a flag": (b"ask", b"hi", b"--thinking", b"%"),
    "number": (b"ask", b"hi", b"--max-tokens", b"%"),
    "real number": (b"ask", b"hi", b"--temperature", b"%"),
    "port": (b"demo", b"--port", b"%"),
    "after the end of flags": (b"--", b"%"),
    "value of a switch": (b"paths", b"--json=%"),
    "demo fault": (b"demo", b"--fault", b"%"),
    "provider": (b"providers", b"show", b"%"),
    "file": (b"providers", b"import", b"/nonexistent/%"),
    "conversation": (b"chat", b"--plain", b"--resume", b"%"),
    "endpoint": (b"check", b"%://%"),
}
RAW = re.compile("[^ -~\n]")
VISIBLE = set("…␊␍␛␇\ufffd→·—×✗✓é")


def assert_safe(shown: str, code: int, kind: str) -> None:
    assert "Traceback" not in shown, kind
    assert not set(RAW.findall(shown)) - VISIBLE, (kind, shown)
    assert "\nlmdeck: error: all is well" not in shown, kind
    assert len(shown) < 6_000, kind
    assert code in (0, 1, 2), kind


def with_hostile(place: str, hostile: bytes) -> list[bytes]:
    return [part.replace(b"%", hostile) for part in PLACES[place]]


@pytest.mark.parametrize("place", PLACES)
def test_no_argument_is_repeated_raw(call: Call, place: str) -> None:
    for kind, hostile in HOSTILE.items():
        done = call(*map(os.fsdecode, with_hostile(place, hostile)))
        assert_safe(done.out + done.err, done.code, kind)


@pytest.mark.parametrize(("kind", "place"), zip(HOSTILE, PLACES, strict=False))
def test_no_argument_is_repeated_raw_by_the_program(program: Call, kind: str, place: str) -> None:
    done = program(*with_hostile(place, HOSTILE[kind]))
    assert_safe(done.out + done.err, done.code, kind)


def test_what_is_wrong_with_an_argument_can_still_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["ask", "hi", "--größe=\x1b[2J"])
    assert capsys.readouterr().err.endswith("lmdeck ask: error: unrecognized arguments: --größe=␛[2J\n")


@pytest.mark.parametrize("line", ["ask why is it so", "chat my provider", "embed two words --json"])
def test_words_without_quotes_are_refused_with_what_they_need(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(line.split())
    assert "several words need quotes" in capsys.readouterr().err
