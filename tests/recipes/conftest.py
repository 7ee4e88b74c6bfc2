"""The fixtures for tests of commands."""

from __future__ import annotations

from tests.cli.conftest import call, home, program

__all__ = ["call", "home", "program"]
