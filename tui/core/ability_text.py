"""The results of ability tests as text rows, shared by the command and the ticket."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from types import MappingProxyType

from tui.core.abilities import Ability, AbilityResult, Outcome
from tui.core.safe_text import safe_line
from tui.texts import abilities as texts

LABELS: Mapping[Ability, str] = MappingProxyType({ability: texts.LABELS[ability] for ability in Ability})
LABEL_WIDTH = max(map(len, LABELS.values()))
MARKS: Mapping[Outcome, str] = MappingProxyType(
    {Outcome.YES: "✓", Outcome.NO: "✗", Outcome.IGNORED: "!", Outcome.BROKEN: "!", Outcome.NOT_TRIED: "·"}
)
ASCII_MARKS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.YES: "ok",
        Outcome.NO: "xx",
        Outcome.IGNORED: "!!",
        Outcome.BROKEN: "!!",
        Outcome.NOT_TRIED: "--",
    }
)
_WORD_WIDTH = max(map(len, Outcome))


def ability_head(result: AbilityResult, *, ascii_only: bool = False) -> str:
    """Return the beginning of a row (mark, name, outcome), padded to the same width for every result."""
    mark = (ASCII_MARKS if ascii_only else MARKS)[result.outcome]
    return f"{mark} {LABELS[result.ability]:<{LABEL_WIDTH}}  {result.outcome:<{_WORD_WIDTH}}  "


def evidence_text(result: AbilityResult, model: str | None) -> str:
    """Return the evidence, with the upstream provider and the model that answered, if it is not ``model``.

    A gateway may send each request to a different one.
    """
    evidence = safe_line(result.evidence)
    other = safe_line(result.model, 60) if model and result.model != model else ""
    provider = safe_line(result.provider, 60)
    both = texts.SERVED_AT.format(model=other, provider=provider)
    served = both if other and provider else other or provider
    return texts.ANSWERED_BY.format(evidence=evidence, served=served) if served else evidence


def ability_rows(
    result: AbilityResult, model: str | None, *, width: int = 80, ascii_only: bool = False
) -> list[str]:
    """Return the lines of one result; long evidence is wrapped and indented."""
    head = ability_head(result, ascii_only=ascii_only)
    return textwrap.wrap(
        evidence_text(result, model),
        max(60, width),
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_on_hyphens=False,
    ) or [head.rstrip()]
