"""Makes this process one that file permissions bind, also where the tests run as root.

Root keeps its number and its own files and loses what lets it pass over permissions (its
capabilities, for itself and for every program that it starts). So the interpreter and the checkout
stay readable wherever they are, and a folder of mode 0000 is closed.
"""

from __future__ import annotations

import ctypes
import os
import tempfile
from pathlib import Path

_DROP_FROM_BOUNDS = 24
_VERSION_3 = 0x20080522
_CAPABILITIES = 64


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("process", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def become_ordinary() -> None:
    """Give up root's privileges for good; nothing happens for a user who has none.

    Raises:
        AssertionError: permissions do not bind this process afterwards.
    """
    if os.geteuid() == 0:
        library = ctypes.CDLL(None, use_errno=True)
        for number in range(_CAPABILITIES):
            if library.prctl(_DROP_FROM_BOUNDS, number, 0, 0, 0) != 0:
                break  # there are no more of them, or this root may not: then it still loses its own
        library.capset(ctypes.byref(_Header(_VERSION_3, 0)), (_Sets * 2)())
    with tempfile.TemporaryDirectory() as name:
        closed = Path(name) / "closed"
        closed.mkdir(0o000)
        try:
            next(closed.iterdir(), None)
        except PermissionError:
            return
        finally:
            closed.chmod(0o700)
    raise AssertionError("permissions do not bind this process")
