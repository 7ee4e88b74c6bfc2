"""Stores the results of ability tests on disk."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from tui.core.abilities import Ability, Outcome
from tui.core.ability_memory import AbilityRecord, Remembered
from tui.core.diagnosis import DiagnosisReport
from tui.core.provider import Provider
from tui.runtime.past_checks import history_key
from tui.store.endpoint_memory import EndpointMemory

_WITHOUT_IMAGES = (Outcome.NO, Outcome.IGNORED)


class AbilityKeeper:
    """Stores the results of one check, each as soon as it is known: a check may be interrupted, or killed."""

    def __init__(self, memory: EndpointMemory, provider: Provider) -> None:
        self._memory = memory
        self._key = history_key(provider)
        self._guard = threading.Lock()
        self._before: AbilityRecord | None = None
        """The results before the check; changes are relative to them."""
        self._count = 0

    def keep(self, report: DiagnosisReport) -> None:
        """Store the results so far. Blocking; thread-safe, in any order."""
        with self._guard:
            if self._key is None or not report.model or len(report.abilities) <= self._count:
                return
            self._count = len(report.abilities)
            if self._before is None:
                self._before = AbilityRecord.from_json(self._memory.abilities(self._key, report.model))
            at = datetime.now(UTC).isoformat(timespec="seconds")
            record = self._before.plus(report.build, report.model_build, report.abilities, at)
            self._memory.add_abilities(self._key, report.model, record.to_json())


def known_abilities(
    memory: EndpointMemory, provider: Provider, model: str, build: str | None = None
) -> tuple[Remembered, ...]:
    """Return the valid test results of a model, in order. May read a file."""
    key = history_key(provider)
    if key is None:
        return ()
    return AbilityRecord.from_json(memory.abilities(key, model)).fresh(datetime.now(UTC), build)


def kept_abilities(memory: EndpointMemory, provider: Provider, model: str) -> tuple[Remembered, ...]:
    """Return all stored test results of a model, of any age and build, in order. May read a file."""
    key = history_key(provider)
    known = AbilityRecord.from_json(memory.abilities(key, model)).known if key is not None else {}
    return tuple(known[ability] for ability in Ability if ability in known)


def is_without_images(memory: EndpointMemory, provider: Provider, model: str) -> bool:
    """Return whether a model is known to reject images.

    Because it rejected one in a chat, or according to the last test. An answer to an image in a chat
    overrides any test. May read a file.
    """
    learned = memory.get_json(history_key(provider) or "", model) or {}
    if learned.get("refuses_images") is True:
        return True
    if learned.get("accepts_images") is True:
        return False
    tested = (one.result for one in known_abilities(memory, provider, model))
    return any(one.ability is Ability.VISION and one.outcome in _WITHOUT_IMAGES for one in tested)
