"""The final validation of a key before use; errors never contain the key."""

from __future__ import annotations

from tui.core.api_key_rules import literal_problem
from tui.core.causes import explain
from tui.core.failure import LmdeckError
from tui.core.secret import Secret


def checked_key(text: str, source: str) -> Secret:
    """Return the key without surrounding white space.

    Keys that look like placeholders are accepted, since some servers take any key.

    Raises:
        LmdeckError: it cannot be a key (``key-malformed``).
    """
    key = text.strip()
    problem = literal_problem(key)
    if problem is not None and not problem.is_doubtful:
        raise LmdeckError(explain("key-malformed", reason=problem.reason, key_source=source))
    return Secret(key)
