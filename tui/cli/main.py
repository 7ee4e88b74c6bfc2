"""The entry point: reads the command line, runs one command, returns its exit code.

0 done · 1 a check failed or no answer came · 2 wrong usage or configuration · 130 interrupted.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui.cli.parser import build_parser

if TYPE_CHECKING:
    import argparse

    from tui.cli.output import Output

EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141

COMMANDS = {
    None: "screens",
    "chat": "screens",
    "ask": "ask",
    "check": "check",
    "discover": "discover",
    "providers": "providers",
    "demo": "demo",
    "engine": "engine",
    "paths": "paths",
    "forget": "forget",
}
"""The module in ``tui.cli.commands`` of each command, imported only when it is called."""

Command = Callable[["argparse.Namespace", "Output"], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run lmdeck and return its exit code."""
    _forbid_core_dumps()
    parsed = build_parser().parse_args(arguments)
    from tui.cli.output import Output
    from tui.core.failure import LmdeckError

    output = Output()
    run: Command = importlib.import_module(f"tui.cli.commands.{COMMANDS[parsed.command]}").run
    try:
        return run(parsed, output)
    except LmdeckError as error:
        output.failure(error.failure)
        return error.exit_code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return EXIT_BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the last resort: a traceback could show values
        from tui.runtime.crash import report_crash
        from tui.runtime.runtime import open_runtime

        output.aside(report_crash(open_runtime(os.environ), error))
        return 1


def _forbid_core_dumps() -> None:
    """A core dump would hold the API keys."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _silence_stdout() -> None:
    """Nobody reads stdout any more: keep the interpreter from complaining of it at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
