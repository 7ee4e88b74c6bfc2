"""Parses a server's Prometheus metrics; missing figures stay missing."""

from __future__ import annotations

from collections.abc import Iterator

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.wire import dialects
from tui.wire.numbers import read_number

_SAMPLE = lazy_pattern(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+([^\s]+)")
_MOST_LINES = 200_000


@dataclass(frozen=True, slots=True)
class ServerMetrics:
    """A server's current load and speed. ``None``: not reported."""

    requests_running: float | None = None
    requests_waiting: float | None = None
    tokens_per_second: float | None = None
    """The current generation speed over all requests, from the server's own gauge."""
    time_to_first_token_seconds: float | None = None
    """Mean since the server started."""
    inter_token_seconds: float | None = None
    """Mean since the server started."""

    @property
    def is_empty(self) -> bool:
        """Whether there are no figures."""
        return self == ServerMetrics()


_Samples = dict[str, list[float]]

_SUMS = ("requests_running", "requests_waiting", "tokens_per_second")
"""Gauges, summed over engines and models."""
_MEANS = ("time_to_first_token_seconds", "inter_token_seconds")
"""Histograms: their sum divided by their count."""


def _names(field: str) -> list[str]:
    return [name for row in dialects.DIALECTS for name in row.metrics.get(field, ())]


def read_metrics(text: str) -> ServerMetrics:
    """Parse ``/metrics``, skipping unreadable lines; never raises."""
    samples = _read_samples(text)
    found: dict[str, float] = {}
    for field in _SUMS:
        values = next((samples[name] for name in _names(field) if name in samples), None)
        if values is not None:
            found[field] = sum(values)
    for field in _MEANS:
        for name in _names(field):
            total, count = samples.get(f"{name}_sum"), samples.get(f"{name}_count")
            if total and count and sum(count) > 0:
                found[field] = sum(total) / sum(count)
                break
    return ServerMetrics(**found)


def _wanted() -> frozenset[str]:
    means = (f"{name}_{part}" for field in _MEANS for name in _names(field) for part in ("sum", "count"))
    return frozenset((*means, *(name for field in _SUMS for name in _names(field))))


def _read_samples(text: str) -> _Samples:
    found: _Samples = {}
    wanted = _wanted()
    without_suffix = frozenset(name.removesuffix("_total") for name in wanted)
    for name, _, value in samples(text, wanted | without_suffix):
        # client libraries may omit the suffix
        found.setdefault(name if name in wanted else f"{name}_total", []).append(value)
    return found


def samples(text: str, wanted: frozenset[str]) -> Iterator[tuple[str, str, float]]:
    """Yield name, labels (unchanged) and value of each sample with one of the names.

    Skips unreadable lines; never raises.
    """
    for line in text.split("\n", _MOST_LINES)[:_MOST_LINES]:
        if not wanted.intersection(line.partition("{")[0].split(maxsplit=1)[:1]):
            continue
        match = _SAMPLE.match(line)
        value = None if match is None else read_number(match[3])
        if match is not None and value is not None:
            yield match[1], match[2] or "", value
