"""Which parts of the provider list fit on the screen, and its title."""

from __future__ import annotations

from collections.abc import Sequence

from tui.texts import provider_list as texts
from tui.ui.providers.row import Row

WIDE = 120
"""Width in cells from which the details are next to the list."""
MOST_RECENTS = 5
_NOTICES_SHOWN = 3
_BORDER = 2
_HEADER_AND_BAR = 2
_DETAILS = 9
_TALL = 30
_LEAST_WHEN_TALL = 3


def shortened(notices: Sequence[str]) -> tuple[str, ...]:
    """Return the notices that fit in a small window, and the number of others."""
    if len(notices) <= _NOTICES_SHOWN:
        return tuple(notices)
    shown = _NOTICES_SHOWN - 1
    return (*notices[:shown], texts.MORE_NOTICES.format(count=len(notices) - shown))


def recents_room(height: int, *, rows: int, is_wide: bool, notices: int) -> int:
    """Return how many recent chats fit without taking room from the rows."""
    taken = notices + _HEADER_AND_BAR + _BORDER + rows + (0 if is_wide else _DETAILS)
    room = height - taken - _BORDER
    least = _LEAST_WHEN_TALL if height >= _TALL else 0
    return max(least, min(MOST_RECENTS, room))


def list_width(width: int, *, is_wide: bool) -> int:
    """Return the width inside the border of the list, as in the style sheet."""
    beside = min(max(width * 30 // 100, 36), 64) if is_wide else 0
    return width - beside - _BORDER


def counts(rows: Sequence[Row], shown: int, sort_title: str, progress: tuple[int, int] | None) -> str:
    """Return the right part of the title: order, number and states."""
    parts = [texts.SORTED.format(column=sort_title.lower())] if sort_title else []
    if shown == len(rows):
        parts.append(texts.TOTAL.format(total=len(rows)))
    else:
        parts.append(texts.SHOWN.format(shown=shown, total=len(rows)))
    if progress is not None:
        parts.append(texts.CHECKED.format(done=progress[0], total=progress[1]))
        return " · ".join(parts)
    good = sum(row.reach.is_good for row in rows)
    bad = sum(row.reach.needs_attention for row in rows)
    parts += [texts.OK.format(count=good)] if good else []
    if bad:
        parts.append((texts.NEEDS_ATTENTION if bad == 1 else texts.NEED_ATTENTION).format(count=bad))
    return " · ".join(parts)
