"""What all actions on providers and on saved conversations share."""

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
    """Give an action its runtime, and tell at the end what the provider files said."""
    return _action(act, lambda runtime: runtime.directory.notices)


def history_action(act: _Act) -> _Run:
    """Give an action its runtime, and tell at the end what was done without an optional file."""
    return _action(act, lambda runtime: runtime.optional.notices)


def _action(act: _Act, notices: Callable[[Runtime], Sequence[str]]) -> _Run:
    @wraps(act)
    def run(arguments: argparse.Namespace, output: Output) -> int:
        runtime = open_runtime(os.environ)
        code = act(arguments, runtime, output)
        output.notes(notices(runtime))
        return code

    return run
