"""Merges consecutive pieces of a text in a journal into one line, which is read many times faster."""

from __future__ import annotations

from tui.core.lazy_pattern import lazy_pattern
from tui.store.records import DELTA_START, decode_line

_PREFIX = lazy_pattern(rb'\{"record":"delta","turn":"[^"\\]*","kind":"(?:answer|reasoning)","text":"')
_END = b'"}'
_DOUBTFUL = b'\\"}'
"""The end of a line that may have been cut after a quotation mark in its text."""


def merged_lines(data: bytes) -> bytes:
    """Return the journal with such pieces merged, as far as they are in lmdeck's own format."""
    lines: list[bytes] = []
    run: list[bytes] = []
    prefix = b""
    for line in data.split(b"\n"):
        if prefix and line.startswith(prefix) and line.endswith(_END) and not line.endswith(_DOUBTFUL):
            run.append(line)
            continue
        lines += _merged(run, prefix)
        run, prefix = [line], b""
        if line.startswith(DELTA_START) and line.endswith(_END) and not line.endswith(_DOUBTFUL):
            match = _PREFIX.match(line)
            prefix = b"" if match is None else match[0]
    return b"\n".join([*lines, *_merged(run, prefix)])


def _merged(run: list[bytes], prefix: bytes) -> list[bytes]:
    """Return one line for several, unless one of them contains more than its text, or is damaged."""
    if len(run) < 2:
        return run
    start, end = len(prefix), -len(_END)
    text = b"".join([line[start:end] for line in run])
    bare = text.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in text else text
    merged = b"".join((prefix, text, _END))
    return run if b'"' in bare or decode_line(merged) is None else [merged]
