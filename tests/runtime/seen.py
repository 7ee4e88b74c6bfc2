"""An observer of exchanges."""

from __future__ import annotations

from tui.core.observed import ExchangeRecord


class Seen:
    """Keeps every record."""

    def __init__(self) -> None:
        self.records: list[ExchangeRecord] = []

    def finished(self, record: ExchangeRecord) -> None:
        self.records.append(record)

    @property
    def only(self) -> ExchangeRecord:
        (record,) = self.records
        return record
