"""The catalogue of failures: for each cause one sentence on what is wrong and one on what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui.core.failure import Failure


@dataclass(frozen=True, slots=True)
class Cause:
    """An entry of the catalogue. ``{names}`` in the sentences are facts; a fact that is missing
    falls back to the plain sentence."""

    identifier: str
    title: str
    advice: str
    is_warning: bool = False
    """The endpoint still works: the diagnosis reports it without failing."""


CATALOGUE: dict[str, Cause] = {}


def explain(
    cause: str,
    *,
    status: int | None = None,
    server_message: str | None = None,
    chain: tuple[str, ...] = (),
    **facts: str,
) -> Failure:
    """Return the failure for a cause, its sentences filled with the facts at hand.

    Raises:
        KeyError: the cause is not in the catalogue (a defect of the program).
    """
    raise NotImplementedError


def fill(template: str, facts: Mapping[str, str]) -> str:
    """Fill a sentence; see ``explain``."""
    raise NotImplementedError
