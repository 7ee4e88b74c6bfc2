"""Access to a system's processes and sockets: ``/proc`` on Linux, psutil elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from tui.net.machine.proc_files import ProcFiles
from tui.net.machine.processes import Process
from tui.net.machine.sockets import Held


class System(Protocol):
    """Processes and sockets at the moment of each call. What cannot be seen is left out: nothing raises."""

    @property
    def temporary_ports(self) -> range:
        """The ephemeral ports of the system: no server's API by default."""

    def commands(self) -> dict[int, tuple[str, ...]]:
        """Return the command line of every process by its id; threads of the kernel have none."""

    def listeners(self, likely: Collection[int], port: int | None) -> tuple[Held, ...]:
        """Return the listening sockets by port, each with its oldest holder.

        With a port, holders of others are looked for among the ``likely`` processes alone.
        """

    def process(self, pid: int) -> Process | None:
        """Return one process, or ``None`` where it has ended or cannot be seen."""

    def environment(self, pid: int, names: Collection[str]) -> dict[str, str]:
        """Return some variables of a process's environment: no others are kept; none of another user's."""

    def is_in_other_network(self, pid: int) -> bool:
        """Return whether a process has a network of its own, as in a container: its ports are not ours."""


def system_below(root: Path) -> System:
    """Return the system below a root; psutil speaks for this machine where it has no ``/proc``.

    On Linux psutil reads the same files, several times as slowly and command lines of any length.
    """
    if root != Path("/") or (root / "proc/net").is_dir():
        return ProcFiles(root)
    from tui.net.machine.psutil_system import PsutilSystem

    return PsutilSystem()
