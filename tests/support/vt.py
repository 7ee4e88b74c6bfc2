"""Splits a terminal's output into the kinds of sequences in it."""

from __future__ import annotations

import re

_SEQUENCE = re.compile(
    rb"\x1b\](?P<osc>[0-9]*)[^\x07\x1b]*(?:\x07|\x1b\\)"
    rb"|\x1b(?P<string>[PX^_])[^\x1b]*\x1b\\"
    rb"|\x1b\[(?P<private>[<=>?]?)[0-9;:]*(?P<middle>[ -/]*)(?P<final>[@-~])"
    rb"|\x1b(?P<escape>[ -/]*[0-~])"
    rb"|(?P<control>[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f])"
    rb"|(?P<c1>\xc2[\x80-\x9f])"
    rb"|(?P<lone>\x1b)"
)


def sequence_kinds(raw: bytes) -> set[str]:
    """Return the kinds of control sequences in the bytes, such as ``CSI m``, ``CSI ? h`` or ``OSC 52``."""
    return {_kind(match) for match in _SEQUENCE.finditer(raw)}


def _kind(match: re.Match[bytes]) -> str:
    groups = match.groupdict()
    if groups["osc"] is not None:
        return f"OSC {groups['osc'].decode()}"
    if groups["string"] is not None:
        return f"ESC {groups['string'].decode()}"
    if groups["final"] is not None:
        parts = (groups["private"], groups["middle"], groups["final"])
        return "CSI " + " ".join(part.decode() for part in parts if part)
    if groups["escape"] is not None:
        return f"ESC {groups['escape'].decode()}"
    if groups["control"] is not None:
        return f"C0 {groups['control'][0]:02x}"
    return "C1" if groups["c1"] is not None else "lone ESC"
