"""Runs a parsed command, and turns its outcome into an exit code."""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import signal
from typing import TYPE_CHECKING

from tui.cli.command import FAILED, INTERRUPTED, WRONG_USAGE, load
from tui.cli.exit_codes import code_of_error
from tui.cli.output import Output, OutputFailed
from tui.cli.streams import BROKEN_PIPE, report_failed_output, silence, tell
from tui.core.causes import explain, explain_again
from tui.core.failure import Failure, LmdeckError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.cli.argument_parser import WrongUsage
    from tui.cli.command import Run

_SIGNALLED = 128


def run_command(parsed: argparse.Namespace, *, is_process: bool) -> int:
    """Run a command and return its exit code; ``is_process``: the process exits afterwards."""
    output = Output()
    if is_process and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, output.on_interrupt)  # stays ignored if it was
    if parsed.log is not None:
        os.environ["LMDECK_LOG"] = parsed.log
    return _guarded(output, lambda: _run(parsed, output, is_process=is_process))


def refuse_command_line(wrong: WrongUsage) -> int:
    """Print JSON for an invalid command line and return the exit code; the message is on stderr."""
    output = Output()
    failure = explain("usage", reason=wrong.message, command=wrong.command or None)

    def refuse() -> int:
        _print_nothing(wrong.read, output, failure, WRONG_USAGE)
        return WRONG_USAGE

    return _guarded(output, refuse)


def _guarded(output: Output, work: Callable[[], int]) -> int:
    """Run something that prints; return its exit code, or that of a failed stream."""
    try:
        code = work()
    except BrokenPipeError:
        tell(output.untold)
        silence()
        return BROKEN_PIPE
    except OutputFailed as failed:
        if output.ended_by is None:
            report_failed_output(str(failed), output.untold)
            return 1
        code = INTERRUPTED
    finally:
        output.calm()  # a timer that outlives its handler kills the process
    if code == INTERRUPTED and output.ended_by is not None:
        silence()
        return _SIGNALLED + output.ended_by
    return code


def _run(parsed: argparse.Namespace, output: Output, *, is_process: bool) -> int:
    """Run a command; with ``--json`` it always prints an object."""
    is_json = getattr(parsed, "json", False)
    failure = explain("interrupted")  # without any other reason, the user ended it
    try:
        _refuse_contradictions(parsed)
        run = load_undisturbed(parsed) if is_process else load(parsed.run)
        code = run(parsed, output)
    except LmdeckError as error:
        code, failure = code_of_error(error), _with_command(error.failure, parsed)
        if not is_json or output.has_json:
            output.failure(failure)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except (BrokenPipeError, OutputFailed):
        raise
    except Exception as error:  # noqa: BLE001 - the last resort: a traceback could show values
        from tui.runtime.crash import report_last_crash

        reason, report = report_last_crash(os.environ, error)
        output.aside(report)
        code, failure = FAILED, explain("internal", reason=reason)
    if code and is_json and not output.has_json:
        _print_nothing(parsed, output, failure, code)
    return code


def _print_nothing(parsed: argparse.Namespace, output: Output, failure: Failure, code: int) -> None:
    """Print the object of a command without a result, on one line since it may be part of a stream."""
    if code == INTERRUPTED and output.ended_by is not None:
        code = _SIGNALLED + output.ended_by
    value = parsed.nothing
    if isinstance(value, str):
        try:
            value = load(value)(parsed, failure, code)
        except Exception:  # noqa: BLE001 - what makes a command crash may be in its way too
            value = {}
    output.json_line(value, failure)


def _refuse_contradictions(parsed: argparse.Namespace) -> None:
    """Reject options without effect.

    Raises:
        UsageError: there are some.
    """
    reason = next(filter(None, (rule.broken(parsed) for rule in parsed.rules)), "")
    if reason:
        raise UsageError(explain("usage", reason=reason))


def _with_command(failure: Failure, parsed: argparse.Namespace) -> Failure:
    """Return a usage error with the name of the command whose help explains it."""
    command = " ".join(filter(None, (parsed.command, getattr(parsed, "action", None))))
    reason = failure.facts.get("reason")  # without a reason, its advice is better than the help
    if failure.cause != "usage" or not (reason and command):
        return failure
    return explain_again(failure, reason=reason, command=command)


def load_undisturbed(parsed: argparse.Namespace) -> Run:
    """Import a command with the garbage collector off: nothing imported becomes garbage.

    A check of one endpoint keeps the collector off: it mostly imports, and ends before there is much garbage.
    """
    atexit.register(gc.freeze)
    gc.disable()
    run = load(parsed.run)
    gc.freeze()
    if parsed.command != "check" or parsed.all or parsed.watch is not None:
        gc.enable()
    return run
