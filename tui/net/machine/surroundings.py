"""Where the program runs: in a container, in WSL, over SSH."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path

from tui.core.diagnosis import Surroundings
from tui.core.lazy_pattern import lazy_pattern

_CONTAINER_GROUP = lazy_pattern(r"docker|kubepods|containerd|libpod|podman|lxc")


def read_surroundings(root: Path, environment: Mapping[str, str], proxy: str | None = None) -> Surroundings:
    """Return the environment of the program; ``proxy`` is passed through."""
    return Surroundings(
        proxy=proxy,
        container=_is_container(root, environment),
        wsl=_is_wsl(root, environment),
        ssh=any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")),
        hostname=socket.gethostname(),
    )


def _is_container(root: Path, environment: Mapping[str, str]) -> bool:
    if (root / ".dockerenv").exists() or (root / "run/.containerenv").exists():
        return True
    if environment.get("container") or environment.get("KUBERNETES_SERVICE_HOST"):
        return True
    return _CONTAINER_GROUP.search(_read(root / "proc/1/cgroup")) is not None


def _is_wsl(root: Path, environment: Mapping[str, str]) -> bool:
    release = _read(root / "proc/sys/kernel/osrelease").lower()
    return bool(environment.get("WSL_DISTRO_NAME")) or "microsoft" in release


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""  # not Linux, or not readable
