"""Detects invisible characters and where they are legitimate, by Unicode properties instead of a list.

Invisible characters can hide a second text. They are made visible everywhere except where a script or an
emoji needs them: one at a time, after a character that they apply to.
"""

from __future__ import annotations

from functools import cache, lru_cache
from unicodedata import category

from tui.core.lazy_pattern import lazy_pattern

IGNORABLE = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
"""Default_Ignorable_Code_Point, as in DerivedCoreProperties.txt since Unicode 6.3 or earlier."""

_EMOJI = "\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_SHAPED = (
    "\u0600-\u061b\u061d-\u109f\u1700-\u17b3\u17b6-\u180a\u1810-\u1cff\ua800-\uabff"
    "\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00011fff\U0001e800-\U0001e95f"
)
"""Scripts whose letters change their shape or join, from Arabic to the scripts of India and Java."""
_MEANT = {
    "\u200c": lazy_pattern(f"[{_SHAPED}]"),
    "\u200d": lazy_pattern(f"[{_SHAPED}{_EMOJI}\ufe0f]"),
    "\ufe0e": lazy_pattern(f"[#*0-9{_EMOJI}]"),
    "\ufe0f": lazy_pattern(f"[#*0-9{_EMOJI}]"),
    **dict.fromkeys("\u180b\u180c\u180d\u180f", lazy_pattern("[\u1820-\u18aa]")),
}
"""Legitimate invisible characters and what they may follow: joiners, emoji variants, Mongolian forms."""
MAY_BE_MEANT = frozenset(_MEANT)
_VOWELS_AND_FINALS = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))
"""Hangul vowels and finals: terminals draw them onto the preceding consonant, although they are not marks."""
_MARKS_FROM, _ASTRAL_FROM, _MARKS_END = 0x300, 0x10000, 0x1F000


def is_ignorable(code: int) -> bool:
    """Return whether a character is invisible in every context."""
    return any(first <= code <= last for first, last in IGNORABLE)


@lru_cache(maxsize=8192)
def is_meant(character: str, before: str) -> bool:
    """Return whether an invisible character is legitimate after another one; ``before`` may be empty."""
    behind = _MEANT.get(character)
    return behind is not None and bool(behind.fullmatch(before))


@lru_cache(maxsize=8192)
def is_mark(character: str) -> bool:
    """Return whether a character is drawn onto the preceding one, even if legitimately."""
    code = ord(character)
    if category(character)[0] == "M":
        return _MARKS_FROM <= code < _MARKS_END
    return character in MAY_BE_MEANT or any(first <= code <= last for first, last in _VOWELS_AND_FINALS)


@cache
def mark_codes(*, is_astral: bool) -> frozenset[int]:
    """Return all combining marks of 16 bits, or also those above. Takes about 10 ms each."""
    begin, end = (_ASTRAL_FROM, _MARKS_END) if is_astral else (_MARKS_FROM, _ASTRAL_FROM)
    marks = {code for code in range(begin, end) if category(chr(code))[0] == "M"}
    if is_astral:
        return mark_codes(is_astral=False) | marks
    parts = {code for first, last in _VOWELS_AND_FINALS for code in range(first, last + 1)}
    return frozenset(marks | parts | set(map(ord, MAY_BE_MEANT)))
