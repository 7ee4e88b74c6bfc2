"""Texts that would command a terminal if anything of them reached it raw, and how to find out.

Every payload carries a marker that nothing else on screen contains, so that a raw occurrence of its
bytes is a leak beyond doubt.
"""

from __future__ import annotations

MARK = "qZ7x"

PAYLOADS: dict[str, str] = {
    "osc52-bel": f"\x1b]52;c;{MARK}\x07",
    "osc52-st": f"\x1b]52;c;{MARK}\x1b\\",
    "osc0-title": f"\x1b]0;{MARK}\x07",
    "osc2-title": f"\x1b]2;{MARK}\x1b\\",
    "osc8-link": f"\x1b]8;;http://{MARK}.test\x1b\\{MARK}\x1b]8;;\x1b\\",
    "osc11-query": f"\x1b]11;?\x1b\\{MARK}",
    "osc-unterminated": f"\x1b]0;{MARK}",
    "clear-screen": f"\x1b[2J{MARK}",
    "clear-scrollback": f"\x1b[3J{MARK}",
    "move-cursor": f"\x1b[5;5H{MARK}",
    "cursor-report": f"\x1b[6n{MARK}",
    "device-attributes": f"\x1b[c{MARK}",
    "xtversion": f"\x1b[>q{MARK}",
    "leave-alternate-screen": f"\x1b[?1049l{MARK}",
    "mouse-off": f"\x1b[?1003l{MARK}",
    "window-title-report": f"\x1b[21t{MARK}",
    "red": f"\x1b[31m{MARK}",
    "reset": f"\x1bc{MARK}",
    "dcs": f"\x1bP$q{MARK}\x1b\\",
    "apc": f"\x1b_{MARK}\x1b\\",
    "charset": f"\x1b(0{MARK}",
    "c1-csi": f"\x9b2J{MARK}",
    "c1-osc": f"\x9d0;{MARK}\x9c",
    "c0": f"\x00\x05\x08\x0b\x0c\x0e\x0f\x7f{MARK}",
    "bell": f"\x07{MARK}",
    "carriage-return": f"overwritten\r{MARK}",
    "bidi": f"\u202e\u2066{MARK}\u2069",
    "variation-selectors": f"a\U000e0100\U000e01ef\ufe00{MARK}",
    "invisible-operators": f"\u2061\u2064\u206a\u2060\u180e\u00ad{MARK}",
    "fillers": f"\u3164\u115f\u1160\uffa0\u17b4\u034f{MARK}",
    "joiners-in-latin": f"x\u200c\u200dy\u200d\u200c{MARK}",
    "zero-width-and-tags": f"\u200b\U000e0041\U000e0042{MARK}",
}
"""By name."""


def leaks(raw: bytes, payload: str) -> list[bytes]:
    """Return the parts of a payload that stand raw in a terminal's bytes."""
    found = []
    for needle in _needles(payload):
        if needle in raw:
            found.append(needle)
    return found


def _needles(payload: str) -> list[bytes]:
    """The payload's bytes from each character that commands a terminal up to the marker's end."""
    needles = []
    for index, character in enumerate(payload):
        if not _is_command(character):
            continue
        rest = payload[index:]
        end = rest.find(MARK)
        piece = rest[: end + len(MARK)] if end >= 0 else rest
        if len(piece) > 1:
            needles.append(piece.encode("utf-8", "surrogatepass"))
    return needles


def _is_command(character: str) -> bool:
    code = ord(character)
    return (
        code < 0x20
        or 0x7F <= code < 0xA0
        or 0x202A <= code <= 0x202E
        or 0x2066 <= code <= 0x2069
        or 0x200B <= code <= 0x200F
        or 0x2060 <= code <= 0x206F
        or 0xE0000 <= code <= 0xE0FFF
        or character in "\u00ad\u034f\u115f\u1160\u17b4\u180e\u3164\uffa0\ufe00"
    )
