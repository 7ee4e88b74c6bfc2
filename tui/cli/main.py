"""The entry point: parses the command line, runs one command, returns its exit code.

0 success · 1 a check failed, no answer or no match · 2 wrong usage or configuration · 4 a budget is used up ·
130 interrupted (by SIGINT; 128 + n by signal n).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tui.cli.argument_parser import WrongUsage, forget_stale_size
from tui.cli.command import load
from tui.cli.parser import build_parser
from tui.cli.streams import BROKEN_PIPE, fill_closed_streams, report_failed_output, silence

if sys.platform != "win32":
    import resource


def main(arguments: Sequence[str] | None = None) -> int:
    """Run lmdeck and return its exit code: 128 + n if it was ended by signal n."""
    _forbid_core_dumps()
    fill_closed_streams()
    if "_ARGCOMPLETE" in os.environ:
        load("tui.cli.completion:complete")()
    forget_stale_size(os.environ, sys.stdout)
    typed = sys.argv[1:] if arguments is None else arguments
    try:
        parsed = build_parser(typed).parse_args(typed)
    except WrongUsage as wrong:
        if not _asks_for_json(typed):
            raise
        from tui.cli.running import refuse_command_line

        return refuse_command_line(wrong)
    except BrokenPipeError:
        silence()
        return BROKEN_PIPE
    except OSError as error:  # from printing the help or the version
        report_failed_output(error.strerror or type(error).__name__, ())
        return 1
    from tui.cli.running import run_command

    return run_command(parsed, is_process=arguments is None)


def _asks_for_json(typed: Sequence[str]) -> bool:
    """Return whether an invalid command line contains ``--json``, possibly abbreviated."""
    options = typed[: typed.index("--")] if "--" in typed else typed
    return any(len(word) > len("--") and "--json".startswith(word) for word in options)


def _forbid_core_dumps() -> None:
    """Disable core dumps, which would contain the API keys."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
