"""Fixtures of the tests of diagnosis and discovery."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from diagnosis_runtime import DiagnosingRuntime


@pytest.fixture
def runtime() -> DiagnosingRuntime:
    """A runtime with the example providers."""
    return DiagnosingRuntime()
