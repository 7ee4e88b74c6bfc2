"""Regular expressions that are compiled when they are first used: a start loads over a hundred of them."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _LazyPattern:
    """A future ``re.Pattern``. A method becomes an attribute once it is used, as fast as the original."""

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, found)
        return found


def lazy_pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what ``re.compile`` would, to call its methods; the functions of ``re`` do not accept it."""
    return cast("re.Pattern[AnyStr]", _LazyPattern(source, flags))
