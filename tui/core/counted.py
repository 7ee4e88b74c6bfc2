"""A number in a sentence chooses between two forms: ``{count:turn|turns}`` is *1 turn* or *2 turns*."""

from __future__ import annotations

_ONE = ("1", "~1", "+1")


class Counted:
    """The value for a text with a singular and a plural form, instead of a number."""

    def __init__(self, number: int | str) -> None:
        """A text is a number as it is shown, such as *~1*."""
        self._shown = f"{number:,}" if isinstance(number, int) else number

    def __format__(self, spec: str) -> str:
        """Return the number and the form that belongs to it; without forms, the number alone."""
        one, has_forms, many = spec.partition("|")
        return f"{self._shown} {one if self._shown in _ONE else many}" if has_forms else self._shown
