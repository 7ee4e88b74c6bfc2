"""The entry point: reads the command line, runs one command, returns its exit code.

0 done · 1 a check failed or no answer came · 2 wrong usage or configuration · 130 interrupted (by
SIGINT; 128 + n by signal n).
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.cli.argument_parser import forget_stale_size
from tui.cli.command import load
from tui.cli.parser import build_parser

if TYPE_CHECKING:
    import argparse

    from tui.cli.command import Run
    from tui.cli.output import Output

EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141
_SIGNALLED = 128


def main(arguments: Sequence[str] | None = None) -> int:
    """Run lmdeck and return its exit code: 128 + n where signal n ended it early."""
    _forbid_core_dumps()
    _fill_closed_streams()
    forget_stale_size(os.environ, sys.stdout)
    try:
        typed = sys.argv[1:] if arguments is None else arguments
        parsed = build_parser(typed).parse_args(typed)
    except BrokenPipeError:
        _silence()
        return EXIT_BROKEN_PIPE
    except OSError as error:  # of the help or the version
        _tell_failed_output(error.strerror or type(error).__name__, ())
        return 1
    from tui.cli.output import Output, OutputFailed

    output = Output()
    if arguments is None:
        _hear_interrupts(output)
    try:
        if parsed.log is not None:
            os.environ["LMDECK_LOG"] = parsed.log
        code = _run(parsed, output, is_process=arguments is None)
    except BrokenPipeError:
        _tell(output.untold)
        _silence()
        return EXIT_BROKEN_PIPE
    except OutputFailed as failed:
        if output.ended_by is None:
            _tell_failed_output(str(failed), output.untold)
            return 1
        code = EXIT_INTERRUPTED
    if code == EXIT_INTERRUPTED and output.ended_by is not None:
        _silence()
        return _SIGNALLED + output.ended_by
    return code


def _run(parsed: argparse.Namespace, output: Output, *, is_process: bool) -> int:
    from tui.cli.output import OutputFailed
    from tui.core.failure import LmdeckError

    try:
        run = _load_undisturbed(parsed) if is_process else load(parsed.run)
        return run(parsed, output)
    except LmdeckError as error:
        output.failure(error.failure)
        return error.exit_code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except (BrokenPipeError, OutputFailed):
        raise
    except Exception as error:  # noqa: BLE001 - the last resort: a traceback could show values
        from tui.runtime.crash import report_last_crash

        output.aside(report_last_crash(os.environ, error))
        return 1


def _load_undisturbed(parsed: argparse.Namespace) -> Run:
    """Import a command in a process that ends with it: nothing imported is garbage, now or at the end.

    A check of one endpoint keeps the collector off: it is mostly imports, and over before there is
    much garbage.
    """
    atexit.register(gc.freeze)
    gc.disable()
    run = load(parsed.run)
    gc.freeze()
    if parsed.command != "check" or parsed.all_providers or parsed.watch is not None:
        gc.enable()
    return run


def _hear_interrupts(output: Output) -> None:
    """Let Ctrl+C end a command that waits for a reader of its output; one that ignores it goes on so."""
    import signal

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, output.on_interrupt)


def _forbid_core_dumps() -> None:
    """A core dump would hold the API keys."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _fill_closed_streams() -> None:
    """A stream that was closed is nothing; else the next file opened would take its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(descriptor, "r" if number == 0 else "w", encoding="utf-8"))


def _tell_failed_output(reason: str, untold: Sequence[str]) -> None:
    """Say why the result is not complete, and what has changed all the same."""
    _tell([f"The output could not be written: {reason}.", *untold])
    _silence()


def _tell(sentences: Sequence[str]) -> None:
    """Write on stderr; on stdout what nobody would hear else, as stderr is where it failed."""
    from tui.core.safe_text import safe_line

    text = "".join(f"lmdeck: {safe_line(sentence)}\n" for sentence in sentences)
    for stream in (sys.stderr, sys.stdout):
        with contextlib.suppress(OSError):
            stream.write(text)
            stream.flush()
            return


def _silence() -> None:
    """Nobody reads the streams any more: keep the interpreter from complaining of it at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # a stream of Python's own has no descriptor
            os.dup2(null, stream.fileno())


if __name__ == "__main__":
    sys.exit(main())
