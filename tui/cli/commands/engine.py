"""``lmdeck engine``: install the model that runs on this machine, or say whether it is there."""

from __future__ import annotations

import argparse

from tui.cli.output import Output


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Run one action and return the exit code."""
    if arguments.action == "install":
        from tui.demo.engine_install import install_engine

        return install_engine(output.line)
    from tui.demo.engine import INSTALL_COMMAND, find_engine

    if find_engine() is not None:
        output.line("The engine is installed: SmolLM2 on this machine.")
        return 0
    output.line(f"The engine is not installed. Install it with: {INSTALL_COMMAND}")
    return 1
