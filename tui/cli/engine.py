"""``lmdeck engine``: installs the built-in model, or shows whether it is installed."""

from __future__ import annotations

import argparse

from tui.cli.output import Output
from tui.demo.engine_files import INSTALL_COMMAND, MODEL_ALIAS, find_engine
from tui.demo.engine_install import install_engine
from tui.texts import cli as texts


def install(_: argparse.Namespace, output: Output) -> int:
    """Install the built-in model."""
    return install_engine(output.line, progress=output.progress)


def status(_: argparse.Namespace, output: Output) -> int:
    """Print whether it is installed; return 1 if it is not."""
    if find_engine() is not None:
        output.line(texts.ENGINE_INSTALLED.format(model=MODEL_ALIAS))
        return 0
    output.line(texts.ENGINE_MISSING.format(command=INSTALL_COMMAND))
    return 1
