"""Decompresses replies: some gateways compress them although compression was not requested.

Bounded: a small piece that expands endlessly is returned in blocks, and rejected once it exceeds a size and a
ratio that no text reaches.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from tui.texts import bodies

_BLOCK = 65536
_RATIO = 200
"""Text from models shrinks three to twentyfold; a repeated event perhaps a hundredfold."""
_FREE_BYTES = 10_000_000
"""The decompressed size that is accepted at any ratio."""


_GZIP = b"\x1f\x8b"


class BadEncoding(Exception):  # noqa: N818 - it names what was found
    """The bytes are not compressed as the headers say, or in an unsupported way."""

    def __init__(self, reason: str, unknown: str | None = None) -> None:
        super().__init__(reason)
        self.unknown = unknown
        """The name of the compression, if it is unsupported."""


class GrowsTooMuch(Exception):  # noqa: N818 - it names what was found
    """A decompression bomb."""


class Decoder:
    """Decodes one ``Content-Encoding``: ``gzip``, in one or more members (RFC 1952), ``deflate`` or none."""

    def __init__(self, encoding: str) -> None:
        """Create a decoder for an encoding, as named in the header.

        Raises:
            BadEncoding: it is not supported.
        """
        names = [
            name for name in encoding.lower().replace(" ", "").split(",") if name not in ("", "identity")
        ]
        self._inflater: zlib._Decompress | None = None
        self._behind = b""
        self._came = self._gave = 0
        if not names:
            return
        if len(names) > 1 or names[0] not in ("gzip", "x-gzip", "deflate"):
            name = ", ".join(names)
            raise BadEncoding(bodies.UNREQUESTED_ENCODING.format(name=name), name)
        self._inflater = _inflater()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the decompressed bytes, in blocks of at most 64 KB.

        Raises:
            BadEncoding: the bytes are not what the header says.
            GrowsTooMuch: the limit is exceeded.
        """
        if self._inflater is None:
            yield data
            return
        self._came += len(data)
        while data:
            if self._inflater.eof:
                data = self._behind + data
                if len(data) < len(_GZIP):
                    self._behind = data
                    return
                if not data.startswith(_GZIP):  # padding
                    self._behind = data[: len(_GZIP)]
                    return
                self._behind = b""
                self._inflater = _inflater()
            try:
                plain = self._inflater.decompress(data, _BLOCK)
            except zlib.error as error:
                raise BadEncoding(str(error)) from error
            data = self._inflater.unused_data or self._inflater.unconsumed_tail
            self._gave += len(plain)
            if self._gave > _FREE_BYTES and self._gave > _RATIO * self._came:
                raise GrowsTooMuch(bodies.INFLATED.format(size=self._came, inflated=self._gave))
            if plain:
                yield plain

    @property
    def is_cut(self) -> bool:
        """Whether the compressed bytes ended before their end mark."""
        if self._inflater is None or not self._came:
            return False
        return not self._inflater.eof or self._behind == _GZIP[:1]


def _inflater() -> zlib._Decompress:
    return zlib.decompressobj(wbits=47)  # gzip or zlib, detected by the first bytes
