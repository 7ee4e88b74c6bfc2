"""The common part of all subcommands for providers and saved conversations."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from functools import wraps

from tui.cli.output import Output
from tui.runtime.runtime import Runtime, open_runtime

_Act = Callable[[argparse.Namespace, Runtime, Output], int]
_Run = Callable[[argparse.Namespace, Output], int]


def provider_action(act: _Act) -> _Run:
    """Give a subcommand its runtime, and print the notices about provider files at the end."""
    return _action(act, lambda runtime: runtime.directory.notices)


def history_action(act: _Act) -> _Run:
    """Give a subcommand its runtime, and print failures of optional files at the end."""
    return _action(act, lambda runtime: runtime.optional.notices)


def _action(act: _Act, notices: Callable[[Runtime], Sequence[str]]) -> _Run:
    @wraps(act)
    def run(arguments: argparse.Namespace, output: Output) -> int:
        runtime = open_runtime(os.environ)
        code = act(arguments, runtime, output)
        output.notes(notices(runtime))
        return code

    return run
