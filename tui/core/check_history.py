"""The stored result of a check, and the changes since the previous one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from tui.core.diagnosis import DiagnosisReport
from tui.core.lazy_dataclass import dataclass
from tui.texts import checks

SPEED_CHANGE = 0.3
"""Smaller relative changes of the speed are noise."""
_MODELS_KEPT = 50


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """One check of an endpoint, stored for comparison."""

    at: str
    """ISO 8601 with time zone."""
    cause: str | None = None
    server_kind: str | None = None
    server_version: str | None = None
    model: str | None = None
    models: tuple[str, ...] = ()
    context_window: int | None = None
    ttft_ms: float | None = None
    decode_rate: float | None = None

    def to_json(self) -> dict[str, object]:
        """Return a JSON object for storage."""
        return {**asdict(self), "models": list(self.models)}

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> CheckRecord | None:
        """Read a stored object; ``None`` if it is not a valid record."""
        at, models = value.get("at"), value.get("models")
        if not isinstance(at, str):
            return None
        texts = {name: _text(value.get(name)) for name in ("cause", "server_kind", "server_version", "model")}
        names = tuple(str(name) for name in models) if isinstance(models, list) else ()
        window = value.get("context_window")
        return cls(
            at,
            **texts,
            models=names,
            context_window=window if isinstance(window, int) else None,
            ttft_ms=_number(value.get("ttft_ms")),
            decode_rate=_number(value.get("decode_rate")),
        )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def record_of(report: DiagnosisReport, at: str) -> CheckRecord:
    """Return the part of a report that is stored."""
    server, verdict = report.server, report.verdict
    return CheckRecord(
        at=at,
        cause=None if verdict is None else verdict.cause,
        server_kind=None if server is None else server.kind,
        server_version=None if server is None else server.version,
        model=report.model,
        models=report.models[:_MODELS_KEPT],
        context_window=report.context_window,
        ttft_ms=report.timings_ms.get("ttft"),
        decode_rate=report.decode_rate,
    )


def compare_checks(before: CheckRecord, now: CheckRecord) -> tuple[str, ...]:
    """Return the changes between two checks of one endpoint, one per line.

    Values unknown in either check are not compared; a speed change counts from about a third.
    """
    return (*compare_servers(before, now), *_speed_changed(before, now))


def compare_servers(before: CheckRecord, now: CheckRecord) -> tuple[str, ...]:
    """Return the changes to the server and its models, without the speed."""
    return (
        *_changed(checks.SERVER, before.server_kind, now.server_kind),
        *_changed(checks.VERSION, before.server_version, now.server_version),
        *_models_changed(before, now),
        *_changed(checks.CONTEXT_WINDOW, before.context_window, now.context_window),
    )


def _changed(name: str, old: object, new: object) -> tuple[str, ...]:
    if old is None or new is None or old == new:
        return ()
    return (checks.CHANGED.format(name=name, before=_show(old), after=_show(new)),)


def _show(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _models_changed(before: CheckRecord, now: CheckRecord) -> tuple[str, ...]:
    if not before.models or not now.models:
        return ()
    gone = [name for name in before.models if name not in now.models]
    new = [name for name in now.models if name not in before.models]
    changes: list[str] = []
    if gone:
        changes.append(checks.MODELS_GONE.format(names=_first(gone)))
    if new:
        changes.append(checks.MODELS_NEW.format(names=_first(new)))
    return tuple(changes)


def _first(names: list[str]) -> str:
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def _speed_changed(before: CheckRecord, now: CheckRecord) -> tuple[str, ...]:
    if before.model != now.model or not before.decode_rate or not now.decode_rate:
        return ()
    ratio = now.decode_rate / before.decode_rate
    if 1 - SPEED_CHANGE < ratio < 1 / (1 - SPEED_CHANGE):
        return ()
    return (checks.SPEED_CHANGED.format(before=before.decode_rate, after=now.decode_rate),)
