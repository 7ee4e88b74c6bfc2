"""The fixtures of the command tests."""

from __future__ import annotations

from tests.cli.conftest import call, home, program

__all__ = ["call", "home", "program"]
