"""Access to a system's processes and sockets: ``/proc`` on Linux, psutil elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from tui.net.machine.proc_files import ProcFiles
from tui.net.machine.processes import Process
from tui.net.machine.sockets import Held


class System(Protocol):
    """Processes and sockets at the moment of each call. What is not visible is left out; nothing raises."""

    @property
    def temporary_ports(self) -> range:
        """The ephemeral ports of the system, which no server's API uses by default."""

    def commands(self) -> dict[int, tuple[str, ...]]:
        """Return the command lines of all processes by id; kernel threads have none."""

    def listeners(self, likely: Collection[int], port: int | None) -> tuple[Held, ...]:
        """Return the listening sockets by port, each with its oldest process.

        With a port, the processes of other ports are only searched for among ``likely``.
        """

    def process(self, pid: int) -> Process | None:
        """Return one process, or ``None`` if it has ended or is not visible."""

    def environment(self, pid: int, names: Collection[str]) -> dict[str, str]:
        """Return some environment variables of a process, and no others; none of another user's processes."""

    def is_in_other_network(self, pid: int) -> bool:
        """Return whether a process has its own network, as in a container, with other ports than ours."""


def system_below(root: Path) -> System:
    """Return the system below a root path, or psutil's view of this machine without ``/proc``.

    On Linux, psutil would read the same files, but several times slower and with command lines of any length.
    """
    if root != Path("/") or (root / "proc/net").is_dir():
        return ProcFiles(root)
    from tui.net.machine.psutil_system import PsutilSystem

    return PsutilSystem()
