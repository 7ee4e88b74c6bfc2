"""What every action on saved conversations shares."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from functools import wraps

from tui.cli.output import Output
from tui.runtime.runtime import Runtime, open_runtime


def history_action(
    act: Callable[[argparse.Namespace, Runtime, Output], int],
) -> Callable[[argparse.Namespace, Output], int]:
    """Give an action its runtime, and tell at the end what was done without an optional file."""

    @wraps(act)
    def run(arguments: argparse.Namespace, output: Output) -> int:
        runtime = open_runtime(os.environ)
        code = act(arguments, runtime, output)
        output.notes(runtime.optional.notices)
        return code

    return run
