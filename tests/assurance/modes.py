"""Reads from a program's output in which state it leaves the terminal."""

from __future__ import annotations

import re

_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_KEYBOARD = re.compile(rb"\x1b\[([<>])[0-9;]*u")

EXPECTED_ON = {7, 25}
"""Lines wrap, the cursor is shown."""


def wrong_modes(raw: bytes) -> list[str]:
    """Return what is not as a shell expects it: the alternate screen, a hidden cursor, the mouse, pastes…"""
    state: dict[int, bool] = {}
    for match in _MODE.finditer(raw):
        for number in match[1].split(b";"):
            state[int(number)] = match[2] == b"h"
    found = [
        f"mode {number} is left on" for number, is_on in state.items() if is_on and number not in EXPECTED_ON
    ]
    found += [f"mode {number} is left off" for number in EXPECTED_ON if not state.get(number, True)]
    pushed = sum(1 if match[1] == b">" else -1 for match in _KEYBOARD.finditer(raw))
    return [*found, *(["the keyboard's protocol is left on"] if pushed > 0 else [])]
