"""This machine, asked about ports and model servers: what a diagnosis of ``localhost`` wants to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tui.core.diagnosis import Surroundings
from tui.core.safe_text import safe_line
from tui.net.machine.gpus import Gpu, read_gpus
from tui.net.machine.known_servers import model_argument, port_argument, recognise
from tui.net.machine.processes import Process, find_owners, read_processes
from tui.net.machine.sockets import Listener, read_listeners
from tui.net.machine.surroundings import read_surroundings

_COMMAND_LIMIT = 160


@dataclass(frozen=True, slots=True)
class PortOwner:
    """A listening port and the process behind it, where that can be seen."""

    listener: Listener
    process: Process | None
    server: str | None = None
    """Which model server it is."""

    def describe(self) -> str:
        """Return the port in one line."""
        who = self.server or (self.process.name if self.process is not None else "a process of another user")
        where = f"{who} listens on port {self.listener.port} ({self.listener.address})"
        return where if self.process is None else f"{where}: {describe_process(self.process)}"


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A model server among the processes."""

    label: str
    process: Process
    ports: tuple[int, ...]
    """Where it listens; empty while it starts (or where its sockets cannot be seen)."""
    expected_port: int
    """Where its command line or its kind says that it will listen."""
    model: str | None = None

    def describe(self) -> str:
        """Return the server in one line."""
        model = f" with {safe_line(self.model, 60)}" if self.model else ""
        pid = f"pid {self.process.pid}"
        if self.ports:
            ports = ", ".join(str(port) for port in self.ports)
            return f"{self.label}{model} ({pid}) listens on port {ports}"
        return (
            f"{self.label}{model} ({pid}) has no port yet{_since(self.process)}: "
            f"it may be starting, for port {self.expected_port}"
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Sockets and processes at one moment."""

    owners: tuple[PortOwner, ...]
    servers: tuple[RunningServer, ...]

    def on_port(self, port: int) -> tuple[PortOwner, ...]:
        """Return who listens on a port."""
        return tuple(owner for owner in self.owners if owner.listener.port == port)


class Machine:
    """Reads this machine when asked; keeps nothing. Every method blocks for some milliseconds."""

    def __init__(self, environment: Mapping[str, str], root: Path = Path("/")) -> None:
        self._environment = environment
        self._root = root

    @property
    def is_visible(self) -> bool:
        """Whether this system shows its sockets."""
        return (self._root / "proc/net/tcp").exists()

    def surroundings(self, proxy: str | None = None) -> Surroundings:
        """Return what is around the program."""
        return read_surroundings(self._root, self._environment, proxy)

    def snapshot(self) -> Snapshot:
        """Return who listens where, and which model servers run."""
        listeners = read_listeners(self._root)
        holders = find_owners(self._root, {listener.inode for listener in listeners}) if listeners else {}
        processes = {process.pid: process for process in read_processes(self._root)}
        owners = tuple(self._owner(listener, holders, processes) for listener in listeners)
        return Snapshot(owners, _running_servers(processes, owners))

    def gpus(self) -> tuple[Gpu, ...]:
        """Return the GPUs, where their library is installed."""
        return read_gpus()

    @staticmethod
    def _owner(listener: Listener, holders: Mapping[int, int], processes: Mapping[int, Process]) -> PortOwner:
        process = processes.get(holders.get(listener.inode, -1))
        known = recognise(process) if process is not None else None
        return PortOwner(listener, process, known.label if known else None)


def describe_process(process: Process) -> str:
    """Return a process in one line: id, user, age and command line without secrets."""
    command = safe_line(process.command_line, _COMMAND_LIMIT)
    return f"pid {process.pid}, user {safe_line(process.user, 40)}{_since(process)}: {command}"


def duration_text(seconds: float) -> str:
    """Return an age as people say it: ``45 s``, ``12 min``, ``3 h``, ``5 days``."""
    for limit, size, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.0f} days"


def _since(process: Process) -> str:
    return "" if process.uptime_seconds is None else f", up {duration_text(process.uptime_seconds)}"


def _running_servers(
    processes: Mapping[int, Process], owners: tuple[PortOwner, ...]
) -> tuple[RunningServer, ...]:
    """Return the model servers, each once: workers of a server that is listed are left out."""
    ports: dict[int, set[int]] = {}
    for owner in owners:
        if owner.process is not None:
            ports.setdefault(owner.process.pid, set()).add(owner.listener.port)
    known = {pid: server for pid, process in processes.items() if (server := recognise(process)) is not None}
    found: list[RunningServer] = []
    for pid, server in sorted(known.items()):
        process = processes[pid]
        if _has_known_ancestor(process, processes, known):
            continue
        family = [other for other in known if other == pid or _descends(processes[other], pid, processes)]
        listening = tuple(sorted({port for member in family for port in ports.get(member, ())}))
        expected = port_argument(process.arguments) or server.port
        if not listening and _has_hidden_owner(expected, owners):
            listening = (expected,)
        model = model_argument(process.arguments)
        found.append(RunningServer(server.label, process, listening, expected, model))
    return tuple(found)


def _has_hidden_owner(port: int, owners: tuple[PortOwner, ...]) -> bool:
    """Another user's sockets show no owner: a server of theirs that expects such a port has it."""
    return any(owner.listener.port == port and owner.process is None for owner in owners)


def _has_known_ancestor(
    process: Process, processes: Mapping[int, Process], known: Mapping[int, object]
) -> bool:
    return any(ancestor in known for ancestor in _ancestors(process, processes))


def _descends(process: Process, pid: int, processes: Mapping[int, Process]) -> bool:
    return pid in _ancestors(process, processes)


def _ancestors(process: Process, processes: Mapping[int, Process]) -> list[int]:
    found: list[int] = []
    parent = process.parent
    while parent in processes and parent not in found:
        found.append(parent)
        parent = processes[parent].parent
    return found
