"""The program with real files and sockets, for tests of what the documents promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.real_deck import RealDeck


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No colour switch of the person who runs the tests may change a screen."""
    for name in ("NO_COLOR", "TEXTUAL_ANIMATIONS", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def deck(tmp_path: Path) -> RealDeck:
    """A home without any file yet."""
    return RealDeck(tmp_path / "home")
