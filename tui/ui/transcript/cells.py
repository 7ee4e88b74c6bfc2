"""The width of texts in cells, and their form for which all terminals agree on it.

Terminals disagree on joined emoji, variation selectors, skin tones and flags: some draw a family of four in
two cells, some in eight. ``settle_cells`` reduces such sequences to characters whose width is certain, so
that lines always match the terminal. Copying uses the original text.
"""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len, get_character_cell_size

from tui.core.lazy_pattern import lazy_pattern

__all__ = ["cell_len", "cut_cells", "expand_tabs", "settle_cells", "split_cells"]

TAB_SIZE = 4
_UNSETTLED = lazy_pattern("[\u200c\u200d\ufe00-\ufe0f\u20e3\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]")
_JOINER = lazy_pattern("(?<=[^\u0300-\u1fff])\u200d|\u200d(?=[^\u0300-\u1fff])")
_SELECTOR = lazy_pattern("[\ufe00-\ufe0f\u20e3]")
_SKIN_TONE = lazy_pattern("(?<=[\u261d-\u27bf\U0001f000-\U0001faff])[\U0001f3fb-\U0001f3ff]")
_FLAG_LETTER = lazy_pattern("[\U0001f1e6-\U0001f1ff]")


def settle_cells(text: str) -> str:
    """Return the text without sequences of ambiguous width; flags become their two letters.

    Joiners stay in scripts that need them for shaping, where they take no cell anywhere.
    """
    if text.isascii() or _UNSETTLED.search(text) is None:
        return text
    text = _SELECTOR.sub("", _JOINER.sub("", text))
    text = _SKIN_TONE.sub("", text)
    return _FLAG_LETTER.sub(lambda match: chr(ord(match[0]) - 0x1F1E6 + ord("A")), text)


def expand_tabs(text: str, column: int = 0) -> str:
    """Expand tabs to spaces, counting cells from ``column``."""
    if "\t" not in text:
        return text
    pieces: list[str] = []
    for index, piece in enumerate(text.split("\t")):
        if index:
            gap = TAB_SIZE - column % TAB_SIZE
            pieces.append(" " * gap)
            column += gap
        pieces.append(piece)
        column += cell_len(piece)
    return "".join(pieces)


def split_cells(text: str, cells: int) -> tuple[str, str]:
    """Split a text so that the head takes at most ``cells``, without splitting wide or combined characters.

    The head is never empty unless the text is, so that a loop always terminates.
    """
    if len(text) <= cells and text.isascii():
        return text, ""
    used = 0
    for index, character in enumerate(text):
        width = 1 if character.isascii() else get_character_cell_size(character)
        if used + width > cells and index > 0:
            return text[:index], text[index:]
        used += width
    return text, ""


@lru_cache(maxsize=1024)
def cut_cells(text: str, cells: int) -> str:
    """Return the text cut to ``cells``, with ``…`` if it was cut."""
    if cell_len(text) <= cells:
        return text
    return split_cells(text, cells - 1)[0] + "…" if cells > 1 else "…"[:cells]
