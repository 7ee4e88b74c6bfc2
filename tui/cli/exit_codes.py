"""Exit codes: determined by what happened, independently of the output format."""

from __future__ import annotations

from tui.cli.command import DONE, FAILED, INTERRUPTED, WRONG_USAGE
from tui.core.causes import causes_of
from tui.core.diagnosis import CONFIGURED
from tui.core.failure import Failure, LmdeckError
from tui.core.losses import loss_of
from tui.core.turn import Turn, TurnState

_DISK_FAULTS = frozenset({"store-full", "store-read-only", "store-locked", "store-failed"})
_PROGRAM_FAULTS = frozenset({"internal", "interrupted", "engine-failed", "nothing-matches"})
_CONFIGURATION = causes_of("The program itself") - _PROGRAM_FAULTS - _DISK_FAULTS


def code_of_failure(failure: Failure | None) -> int:
    """Return 0 without a failure, 2 for wrong usage or configuration, else 1.

    A wrong URL or key that only a server's response reveals is a failed request, with the same code as for a
    check (``DiagnosisReport.exit_code``).
    """
    if failure is None:
        return DONE
    if failure.cause in _CONFIGURATION:
        return WRONG_USAGE
    is_seen_before = failure.status is None and failure.cause.startswith(CONFIGURED)
    return WRONG_USAGE if is_seen_before else FAILED


def code_of_error(error: LmdeckError) -> int:
    """Return the exit code of a command that ends with a failure, printed as text or JSON."""
    return max(error.exit_code, code_of_failure(error.failure))


def code_of_turn(turn: Turn) -> int:
    """Return the exit code for a finished turn; an answer with a lost part has failed."""
    if turn.state is TurnState.STOPPED:
        return INTERRUPTED
    return code_of_failure(turn.failure or loss_of(turn))
