"""The stored results of ability tests, for one model of one endpoint, valid for a week.

Temporary failures are never stored. A result is discarded once the server's build or the model behind a name
changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime, timedelta

from tui.core.abilities import Ability, AbilityResult, Outcome
from tui.core.lazy_dataclass import dataclass
from tui.core.outside import read_local_moment

LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Remembered:
    """One result and its time."""

    result: AbilityResult
    at: str
    """ISO 8601 with time zone."""
    before: Outcome | None = None
    """The previous outcome, of any build, if it was different."""

    def is_fresh(self, now: datetime) -> bool:
        """Return whether it is less than a week old.

        A time in the future comes from a wrong clock and is not fresh.
        """
        moment = read_local_moment(self.at)
        return moment is not None and timedelta(0) <= now - moment <= LASTS


@dataclass(frozen=True, slots=True)
class AbilityRecord:
    """The stored results for one model of an endpoint."""

    build: str = ""
    """The server with its version and build; empty if unknown."""
    model_build: str = ""
    """What the server reports about the model behind the name."""
    known: Mapping[Ability, Remembered] = field(default_factory=dict)

    def plus(self, build: str, model_build: str, results: Iterable[AbilityResult], at: str) -> AbilityRecord:
        """Return the record with new results added; results of another build are discarded."""
        is_same = (build, model_build) == (self.build, self.model_build)
        known = dict(self.known) if is_same else {}
        known |= {
            result.ability: Remembered(result, at, self._before(result))
            for result in results
            if result.is_tried
        }
        return AbilityRecord(build, model_build, known)

    def _before(self, result: AbilityResult) -> Outcome | None:
        last = self.known.get(result.ability)
        return None if last is None or last.result.outcome is result.outcome else last.result.outcome

    def fresh(self, now: datetime, build: str | None = None) -> tuple[Remembered, ...]:
        """Return the results that are still valid, in the order of the abilities.

        Args:
            build: the current build of the server, if known.
        """
        if build is not None and build != self.build:
            return ()
        return tuple(
            self.known[ability]
            for ability in Ability
            if ability in self.known and self.known[ability].is_fresh(now)
        )

    def to_json(self) -> dict[str, object]:
        """Return a JSON object for storage."""
        results = {
            str(ability): {
                "result": str(one.result.outcome),
                "evidence": one.result.evidence,
                "model": one.result.model,
                **({"provider": one.result.provider} if one.result.provider else {}),
                "at": one.at,
                **({} if one.before is None else {"before": str(one.before)}),
            }
            for ability, one in self.known.items()
        }
        return {"build": self.build, "model_build": self.model_build, "results": results}

    @classmethod
    def from_json(cls, value: Mapping[str, object] | None) -> AbilityRecord:
        """Read a stored object; invalid parts are ignored."""
        build, model_build, results = map((value or {}).get, ("build", "model_build", "results"))
        known = {}
        for name, one in results.items() if isinstance(results, dict) else ():
            read = _read(name, one)
            if read is not None:
                known[read.result.ability] = read
        return cls(_text(build), _text(model_build), known)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _read(name: object, value: object) -> Remembered | None:
    if not isinstance(value, dict) or name not in tuple(Ability):
        return None
    if value.get("result") not in tuple(Outcome):
        return None
    texts = [value.get(field) for field in ("evidence", "model", "at")]
    if not all(isinstance(text, str) for text in texts):
        return None
    evidence, model, at = map(str, texts)
    provider = _text(value.get("provider"))
    result = AbilityResult(
        Ability(str(name)), Outcome(value["result"]), evidence, model=model, provider=provider
    )
    before = _text(value.get("before"))
    return Remembered(result, at, Outcome(before) if before in tuple(Outcome) else None)
