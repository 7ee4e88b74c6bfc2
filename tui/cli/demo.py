"""``lmdeck demo``: the embedded endpoint in the foreground, for practice."""

from __future__ import annotations

import argparse

from tui.cli.command import INTERRUPTED
from tui.cli.output import Output
from tui.demo.foreground import run_demo


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Serve until Ctrl+C, and return its exit code."""
    run_demo(
        host="127.0.0.1", port=arguments.port, rate=arguments.rate, fault=arguments.fault, say=output.line
    )
    return INTERRUPTED
