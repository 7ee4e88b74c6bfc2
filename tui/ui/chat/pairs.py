"""Pairs of provider and model for selection: their order, and the matches of a search text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tui.core.loose_search import find_loosely
from tui.core.provider import Provider


class Pair(NamedTuple):
    """A provider and one of its models."""

    provider: Provider
    model: str
    is_typed: bool = False
    """Not in any list, but typed by the user."""


class Pairs:
    """All known pairs: recently used first, then the default provider's, then others."""

    def __init__(self, providers: Sequence[Provider], current: Pair | None) -> None:
        default_first = sorted(providers, key=lambda provider: not provider.is_default)
        self.providers = tuple(default_first)
        self._current = current
        self._models: dict[str, tuple[str, ...]] = {}
        self._recent: tuple[tuple[str, str], ...] = ()
        self._all: list[Pair] = []
        self._texts: list[str] = []
        self._is_arranged = False

    def offer(self, provider: Provider, models: Iterable[str]) -> None:
        """Add the models of a provider's server."""
        self._models[provider.name] = tuple(models)
        self._is_arranged = False

    def used(self, recent: Iterable[tuple[str, str]]) -> None:
        """Set the pairs of names that were used, most recent first."""
        self._recent = tuple(dict.fromkeys(recent))
        self._is_arranged = False

    def _arrange(self) -> None:
        """Sort the pairs, on demand."""
        if self._is_arranged:
            return
        self._is_arranged = True
        places = {pair: place for place, pair in enumerate(self._recent)}
        if self._current is not None:
            places[self._current.provider.name, self._current.model] = -1
        known = [(provider, model) for provider in self.providers for model in self._models_of(provider)]
        never = len(places)
        ordered = sorted(
            known,
            key=lambda pair: (places.get((pair[0].name, pair[1]), never), pair[1] != pair[0].model),
        )
        self._all = [Pair(provider, model) for provider, model in ordered]
        self._texts = [_text(each) for each in self._all]

    def _models_of(self, provider: Provider) -> Iterable[str]:
        current = self._current
        own = current.model if current is not None and current.provider.name == provider.name else ""
        return dict.fromkeys(filter(None, (provider.model, own, *self._models.get(provider.name, ()))))

    def matching(self, typed: str) -> list[Pair]:
        """Return the pairs that match a text, best first, and finally the one that it spells out."""
        self._arrange()
        pairs = [self._all[place] for place in find_loosely(typed, self._texts)]
        if not typed.strip():
            return pairs
        named = self._named(typed.strip())
        return pairs if named is None or named._replace(is_typed=False) in pairs else [*pairs, named]

    def _named(self, typed: str) -> Pair | None:
        """Return the pair that a text spells out: provider and model, or a model of the current provider."""
        first, _, rest = typed.partition(" ")
        for provider in self.providers:
            if rest.strip() and first.casefold() in (provider.name.casefold(), provider.label.casefold()):
                return Pair(provider, rest.strip(), is_typed=True)
        current = self._current.provider if self._current is not None else None
        return None if current is None or rest else Pair(current, first, is_typed=True)


def _text(pair: Pair) -> str:
    """Return the text that is searched for a pair."""
    return f"{pair.provider.label}\n{pair.provider.name}\n{pair.model}".casefold()
