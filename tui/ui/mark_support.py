"""Which terminals cannot show the marks of the screens."""

from __future__ import annotations

from collections.abc import Mapping


def is_linux_console(environment: Mapping[str, str]) -> bool:
    """Return whether the terminal is the Linux console, whose fonts have few glyphs."""
    return environment.get("TERM") == "linux"


def lacks_marks(environment: Mapping[str, str], encoding: str) -> bool:
    """Return whether a terminal cannot show every mark. ``encoding`` is that of its stream."""
    is_unicode = encoding.lower().replace("-", "").startswith("utf") and not _is_c_locale(environment)
    return is_linux_console(environment) or not is_unicode


def _is_c_locale(environment: Mapping[str, str]) -> bool:
    """Return whether the user asked for plain ASCII. Python sets ``LC_CTYPE`` to ``C.UTF-8`` then."""
    ctype = environment.get("LC_CTYPE", "")
    asked = environment.get("LC_ALL") or ("" if ctype == "C.UTF-8" else ctype) or environment.get("LANG", "")
    return asked in ("C", "POSIX")
