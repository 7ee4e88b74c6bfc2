"""``lmdeck engine``: install the model that runs on this machine, or say whether it is there."""

from __future__ import annotations

import argparse

from tui.cli.output import Output
from tui.demo.engine_files import INSTALL_COMMAND, find_engine
from tui.demo.engine_install import install_engine


def install(_: argparse.Namespace, output: Output) -> int:
    """Install it."""
    return install_engine(output.line)


def status(_: argparse.Namespace, output: Output) -> int:
    """Say whether it is installed; 1 where it is not."""
    if find_engine() is not None:
        output.line("The engine is installed: SmolLM2 on this machine.")
        return 0
    output.line(f"The engine is not installed. Install it with: {INSTALL_COMMAND}")
    return 1
