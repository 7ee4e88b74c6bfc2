"""Fixtures for tests of diagnosis and discovery."""

from __future__ import annotations

import pytest

from tests.ui.diagnosis.diagnosis_runtime import DiagnosingRuntime


@pytest.fixture
def runtime() -> DiagnosingRuntime:
    """A runtime with the example providers."""
    return DiagnosingRuntime()
