"""Bytes that are rarely needed: compressed, and read only as a whole or from the end."""

from __future__ import annotations

import zlib

_PACK_BYTES = 256 * 1024
"""Smaller amounts are not compressed, such as a short conversation."""
TAIL_BYTES = 256


class PackedBytes:
    """A growing sequence of bytes."""

    def __init__(self, data: bytes = b"") -> None:
        self.size = 0
        self._packed: list[bytes] = []
        self._loose = bytearray()
        self._tail = b""
        self.add(data)

    def add(self, data: bytes) -> None:
        """Add bytes at the end."""
        self.size += len(data)
        self._loose += data
        self._tail = (self._tail + data[-TAIL_BYTES:])[-TAIL_BYTES:]
        if len(self._loose) >= _PACK_BYTES:
            self._packed.append(zlib.compress(bytes(self._loose), 1))
            self._loose.clear()

    @property
    def tail(self) -> bytes:
        """The last 256 bytes, or fewer if there are not as many."""
        return self._tail

    def whole(self) -> bytes:
        """Return all bytes."""
        return b"".join((*map(zlib.decompress, self._packed), bytes(self._loose)))
