"""A program whose files were replaced by an upgrade explains why it cannot continue."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.support.prose import ROOT
from tests.support.terminal import TerminalProgram, private_environment

PROGRAM = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from tui.cli.main import main
sys.exit(main())
"""


@pytest.mark.usefixtures("defects")
@pytest.mark.parametrize("is_replaced", [True, False])
def test_a_crash_after_an_upgrade_says_what_to_do(tmp_path: Path, is_replaced: bool) -> None:
    site = tmp_path / "site-packages"
    shutil.copytree(ROOT / "tui", site / "tui", ignore=shutil.ignore_patterns("__pycache__"))
    if not is_replaced:
        (site / "tui" / "ui" / "costs" / "screen.py").write_text("raise ImportError('broken from the start')")
    environment = private_environment(tmp_path / "home")
    with TerminalProgram([sys.executable, "-c", PROGRAM, str(site)], environment) as terminal:
        terminal.wait_for("Add ")
        if is_replaced:
            shutil.rmtree(site / "tui" / "ui" / "costs")
            (site / "tui" / "__init__.py").write_text('__version__ = "9.9"\n')
        terminal.send("$")
        assert terminal.wait() != 0
        terminal.drain()
        said = " ".join(terminal.text.split())
    assert "lmdeck crashed" in said
    assert ("Its program files were changed after it started" in said) is is_replaced
