"""Fixtures for tests of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fake_machine import FakeMachine


@pytest.fixture
def fake(tmp_path: Path) -> FakeMachine:
    return FakeMachine(tmp_path)
