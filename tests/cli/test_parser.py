"""The command line's own rules."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
