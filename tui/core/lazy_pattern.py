"""Regular expressions that are compiled on first use: over a hundred of them are loaded at startup."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _LazyPattern:
    """A lazy ``re.Pattern``.

    Each method is bound on first use, so later calls are as fast as the original.
    """

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, found)
        return found


def lazy_pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a lazy ``re.compile``.

    Only its methods work; the functions of ``re`` do not accept it.
    """
    return cast("re.Pattern[AnyStr]", _LazyPattern(source, flags))
