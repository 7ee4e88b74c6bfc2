"""Plural forms in texts: ``{count:turn|turns}`` becomes *1 turn* or *2 turns*."""

from __future__ import annotations

_ONE = ("1", "~1", "+1")


class Counted:
    """A number for a text with a singular and a plural form."""

    def __init__(self, number: int | str) -> None:
        """Store the number, or its text as shown, such as *~1*."""
        self._shown = f"{number:,}" if isinstance(number, int) else number

    def __format__(self, spec: str) -> str:
        """Return the number with the matching form; without forms, only the number."""
        one, has_forms, many = spec.partition("|")
        return f"{self._shown} {one if self._shown in _ONE else many}" if has_forms else self._shown
