"""``lmdeck demo``: the demo endpoint in the foreground, for practice."""

from __future__ import annotations

import argparse

from tui.cli.argument_parser import not_empty
from tui.cli.command import INTERRUPTED
from tui.cli.output import Output
from tui.demo.faults import known_faults
from tui.demo.foreground import run_demo
from tui.texts import command_help as texts


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add the option for simulated failures, and list these below the options."""
    parser.add_argument("--fault", type=not_empty, metavar="CAUSE", help=texts.DEMO_FAULT)
    faults = known_faults()
    width = max(len(fault.cause) for fault in faults)
    causes = "\n".join(f"  {fault.cause:<{width}}  {fault.summary}" for fault in faults)
    parser.epilog = texts.EXAMPLES_HEAD.format(examples=texts.DEMO_EXAMPLES.format(causes=causes))


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Serve until Ctrl+C, and return the exit code."""
    run_demo(
        host="127.0.0.1", port=arguments.port, rate=arguments.rate, fault=arguments.fault, say=output.line
    )
    return INTERRUPTED
