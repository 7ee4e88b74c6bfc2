"""The abilities of an endpoint in a diagnosis: one row each, above the cost of a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from textual.content import Content

from tui.core.abilities import AbilityResult, Outcome
from tui.core.ability_text import ability_head, evidence_text
from tui.core.lazy_dataclass import dataclass
from tui.ui.diagnosis.view import wrapped
from tui.ui.shell.fitted import fitted

COLOURS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.YES: "$text-success",
        Outcome.NO: "$text-error",
        Outcome.IGNORED: "$text-warning",
        Outcome.BROKEN: "$text-warning",
        Outcome.NOT_TRIED: "dim",
    }
)


@dataclass(frozen=True, slots=True)
class AbilitySection:
    """The known abilities of an endpoint."""

    results: Sequence[AbilityResult] = ()
    model: str = ""
    """The tested model."""
    is_new: bool = False
    """Whether they were just tested."""
    note: str = ""
    """The line below the rows, or in place of them: when they were tested, or the cost of a test."""


def ability_line(result: AbilityResult, model: str, width: int, *, is_short: bool = False) -> Content:
    """Return a row: mark and outcome in colour, then the evidence, wrapped or, if ``is_short``, cut."""
    head = ability_head(result)
    evidence, room = evidence_text(result, model), width - len(head)
    first, *more = [fitted(evidence, room)] if is_short else wrapped(evidence, room) or [""]
    colour = COLOURS[result.outcome]
    lines = [Content.assemble((head, colour), first), *(Content(" " * len(head) + line) for line in more)]
    return Content("\n").join(lines)
