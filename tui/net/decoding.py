"""Undoes the compression of a reply, although none was asked for: some gateways do it anyway.

Bounded: a small piece that grows without end is given out in blocks, and refused as a whole when
it has grown past a limit and a ratio that no text reaches.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from tui.texts import bodies

_BLOCK = 65536
_RATIO = 200
"""Text from models shrinks three to twentyfold; a repeated event perhaps a hundredfold."""
_FREE_BYTES = 10_000_000
"""Whatever its ratio, so much may come out."""


class BadEncoding(Exception):  # noqa: N818 - it names what was found
    """The bytes are not compressed in the way that the headers say, or in a way that we cannot undo."""


class GrowsTooMuch(Exception):  # noqa: N818 - it names what was found
    """A decompression bomb."""


class Decoder:
    """Undoes one ``Content-Encoding``: ``gzip``, ``deflate`` or none."""

    def __init__(self, encoding: str) -> None:
        """Prepare for an encoding, as the header names it.

        Raises:
            BadEncoding: it is none of those that can be undone.
        """
        name = encoding.strip().lower()
        self._inflater: zlib._Decompress | None = None
        self._came = self._gave = 0
        if name in ("", "identity"):
            return
        if name not in ("gzip", "x-gzip", "deflate"):
            raise BadEncoding(bodies.UNREQUESTED_ENCODING.format(name=name))
        self._inflater = zlib.decompressobj(wbits=47)  # gzip or zlib, told by the first bytes

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the plain bytes, in blocks of at most 64 KB.

        Raises:
            BadEncoding: the bytes are not what the header says.
            GrowsTooMuch: see the module.
        """
        if self._inflater is None:
            yield data
            return
        self._came += len(data)
        while data:
            try:
                plain = self._inflater.decompress(data, _BLOCK)
            except zlib.error as error:
                raise BadEncoding(str(error)) from error
            data = self._inflater.unconsumed_tail
            self._gave += len(plain)
            if self._gave > _FREE_BYTES and self._gave > _RATIO * self._came:
                raise GrowsTooMuch(bodies.INFLATED.format(size=self._came, inflated=self._gave))
            if plain:
                yield plain

    @property
    def is_cut(self) -> bool:
        """Whether the compressed bytes ended before their own end mark."""
        return self._inflater is not None and self._came > 0 and not self._inflater.eof
