"""What every action on providers shares."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from functools import wraps

from tui.cli.output import Output
from tui.core.safe_text import safe_line
from tui.runtime.runtime import Runtime, open_runtime


def provider_action(
    act: Callable[[argparse.Namespace, Runtime, Output], int],
) -> Callable[[argparse.Namespace, Output], int]:
    """Give an action its runtime, and tell at the end what the provider files said."""

    @wraps(act)
    def run(arguments: argparse.Namespace, output: Output) -> int:
        runtime = open_runtime(os.environ)
        code = act(arguments, runtime, output)
        for notice in runtime.directory.notices:
            output.aside(f"note: {safe_line(notice)}")
        return code

    return run
