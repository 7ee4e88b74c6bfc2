"""Type, width and height of an image, read from its first bytes."""

from __future__ import annotations

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The JPEG segments that contain the size."""
_JPEG_BARE = frozenset((0x01, *range(0xD0, 0xD9)))
"""The JPEG segments without a length."""


def image_type(data: bytes) -> str | None:
    """Return the media type of a PNG, JPEG, WebP or GIF from its first bytes; ``None`` for anything else."""
    if data.startswith(_PNG):
        return "image/png"
    if data.startswith(_JPEG):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def image_pixels(data: bytes) -> tuple[int, int] | None:
    """Return width and height; ``None`` if they cannot be read. Never raises."""
    found: tuple[int, int] | None = None
    if data.startswith(_PNG) and len(data) >= 24:
        found = _big(data[16:20]), _big(data[20:24])
    elif data.startswith((b"GIF87a", b"GIF89a")) and len(data) >= 10:
        found = _little(data[6:8]), _little(data[8:10])
    elif data.startswith(_JPEG):
        found = _of_jpeg(data)
    elif image_type(data) == "image/webp" and len(data) >= 30:
        found = _of_webp(data)
    return found if found and all(found) else None


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _of_jpeg(data: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        kind = data[place + 1]
        if kind == 0xFF:
            place += 1
        elif kind in _JPEG_FRAMES:
            return _big(data[place + 7 : place + 9]), _big(data[place + 5 : place + 7])
        else:
            place += 2 if kind in _JPEG_BARE else 2 + max(2, _big(data[place + 2 : place + 4]))
    return None


def _of_webp(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8X":
        return _little(data[24:27]) + 1, _little(data[27:30]) + 1
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = _little(data[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        return _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
    return None
