"""Measures where the time of a request went, from two readings of its server's ``/metrics``.

The histograms used here count a request when it ends (according to the sources of vLLM, SGLang and TGI): if
one increases by 1 between a reading before a request and one after it, it measures exactly this request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.core.phases import ESTIMATED, NO_FIGURES, REPORTED, SEVERAL, Learned, Phase
from tui.texts import time
from tui.wire import dialects
from tui.wire.prometheus import samples

_LABEL = lazy_pattern(r'(\w+)="((?:[^"\\]|\\.)*)"')
_STARTED = "process_start_time_seconds"
_SMALLEST_SHARE = 1e-9
"""Relative to a sum: smaller differences are rounding errors."""

_INTERRUPTED = ("prompt", "answer")
"""Phases in which a server includes the time while a request was preempted."""

Labels = frozenset[tuple[str, str]]
Series = Mapping[Labels, float]


@dataclass(frozen=True, slots=True)
class Counters:
    """The sums and counts of one reading, by sample name and labels."""

    series: Mapping[str, Series]

    def has(self, histogram: str) -> bool:
        """Return whether it contains a histogram."""
        return f"{histogram}_count" in self.series

    @property
    def is_empty(self) -> bool:
        """Whether it contains nothing about requests."""
        return not any(self.has(_name_of(selector)) for names in _durations().values() for selector in names)


@cache
def _durations() -> Mapping[str, tuple[str, ...]]:
    """Return the histograms of all servers by the phase that they measure."""
    found: dict[str, tuple[str, ...]] = {}
    for row in dialects.DIALECTS:
        for part, names in row.durations.items():
            found[part] = (*found.get(part, ()), *names)
    return found


def _preemptions() -> tuple[str, ...]:
    return tuple(name for row in dialects.DIALECTS for name in row.preemptions)


def _name_of(selector: str) -> str:
    return selector.partition("{")[0]


def read_counters(text: str) -> Counters:
    """Parse the counters of ``/metrics``, skipping unreadable lines; never raises.

    Names must match completely: ``…_created``, ``…_bucket`` and ``…_by_reason`` are different samples.
    """
    histograms = {_name_of(selector) for names in _durations().values() for selector in names}
    wanted = frozenset(
        {_STARTED, *_preemptions(), *(f"{name}_{end}" for name in histograms for end in ("sum", "count"))}
    )
    series: dict[str, dict[Labels, float]] = {}
    for name, labels, value in samples(text, wanted):
        series.setdefault(name, {})[frozenset(_LABEL.findall(labels))] = value
    return Counters(series)


def learned_between(before: Counters, after: Counters, model: str) -> Learned:
    """Return the phases of the only request between two readings, as far as known."""
    if _are_of_several(before, after):
        return Learned(unknown=SEVERAL)
    found = {
        part: phase
        for part, selectors in _durations().items()
        if (phase := _part(part, selectors, before, after, model)) is not None
    }
    if not found:
        return Learned(unknown=NO_FIGURES)
    return Learned(queue=found.get("queue"), prompt=found.get("prompt"), answer=found.get("answer"))


def _are_of_several(before: Counters, after: Counters) -> bool:
    """Return whether the readings are from different servers: counters never decrease, and labels stay."""
    if before.series.get(_STARTED) != after.series.get(_STARTED):
        return True
    for name, known in before.series.items():
        now = after.series.get(name, {})
        if any(labels not in now or now[labels] < value for labels, value in known.items()):
            return True
    return False


def _part(
    part: str, selectors: tuple[str, ...], before: Counters, after: Counters, model: str
) -> Phase | None:
    selector = next((each for each in selectors if after.has(_name_of(each))), None)
    if selector is None:
        return None
    name = _name_of(selector)
    labels = frozenset(_LABEL.findall(selector.removeprefix(name)))
    total, counted = (_growth(f"{name}_{end}", labels, before, after, model) for end in ("sum", "count"))
    if total is None or counted is None:
        return None
    (grown, whole), (times, _) = total, counted
    if times < 1 or grown < _SMALLEST_SHARE * whole:
        return None
    origin = selector
    if times > 1:
        others = round(times) - 1
        origin = (time.SHARED_WITH_ONE if others == 1 else time.SHARED_WITH).format(
            name=selector, count=others
        )
    if part in _INTERRUPTED and (count := _preempted(before, after, model)):
        origin = (time.PREEMPTED_ONE if count == 1 else time.PREEMPTED).format(name=origin, count=count)
    return Phase(part, grown / times * 1000, REPORTED if times == 1 else ESTIMATED, origin)


def _preempted(before: Counters, after: Counters, model: str) -> int:
    """Return how many requests were preempted between two readings; 0 if unknown."""
    name = next((name for name in _preemptions() if name in after.series), None)
    growth = None if name is None else _growth(name, frozenset(), before, after, model)
    return 0 if growth is None else round(growth[0])


def _growth(
    name: str, labels: Labels, before: Counters, after: Counters, model: str
) -> tuple[float, float] | None:
    """Return the total increase of a model's series, and its current sum; ``None`` if not comparable."""
    now = dict(_chosen(after.series.get(name, {}), labels, model))
    was = dict(_chosen(before.series.get(name, {}), labels, model))
    began_empty = not was and _STARTED in after.series  # the first request creates the series
    if not now or (now.keys() != was.keys() and not began_empty):
        return None
    whole = sum(now.values())
    return whole - sum(was.values()), whole


def _chosen(series: Series, labels: Labels, model: str) -> Iterator[tuple[Labels, float]]:
    """Yield the series with some labels: those of the model if any names it, otherwise all."""
    fitting = {each: value for each, value in series.items() if labels <= each}
    of_model = {each: value for each, value in fitting.items() if ("model_name", model) in each}
    yield from (of_model or fitting).items()
