"""A snapshot of sockets and processes: which process listens on which port, and which model servers run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.net.machine.known_servers import model_argument, port_argument, port_variable, recognise
from tui.net.machine.processes import Process
from tui.net.machine.sockets import Listener
from tui.net.machine.system import System, system_below
from tui.texts import network
from tui.wire.servers import KnownServer

_COMMAND_LIMIT = 160


@dataclass(frozen=True, slots=True)
class PortOwner:
    """A listening port and its process, if visible."""

    listener: Listener
    process: Process | None
    server: str | None = None
    """The kind of model server."""

    def describe(self) -> str:
        """Return the port on one line."""
        who = self.server or (self.process.name if self.process is not None else network.OF_OTHER_USER)
        where = network.LISTENS_AT.format(who=who, port=self.listener.port, address=self.listener.address)
        return where if self.process is None else f"{where}: {describe_process(self.process)}"


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A running model server."""

    label: str
    process: Process
    ports: tuple[int, ...]
    """The possible ports of its API, without sockets of its workers and ephemeral ports. Empty while it
    starts, or if its sockets are not visible."""
    expected_port: int
    """The port set by its command line or its environment, or the default of its kind."""
    model: str | None = None
    is_elsewhere: bool = False
    """It has its own network, such as a container's, so that its ports are not reachable under their
    numbers."""

    @property
    def is_starting(self) -> bool:
        """Whether it runs, but the port of its API is not open yet."""
        return not self.ports and not self.is_elsewhere

    def is_starting_for(self, port: int) -> bool:
        """Return whether it is starting and expected to listen on a port."""
        return self.is_starting and self.expected_port == port

    def describe(self) -> str:
        """Return the server on one line."""
        model = f" with {safe_line(self.model, 60)}" if self.model else ""
        pid = f"pid {self.process.pid}"
        if self.is_elsewhere:
            return network.OWN_NETWORK.format(who=self.label + model, pid=pid)
        if self.ports:
            ports = ", ".join(str(port) for port in self.ports)
            return network.LISTENS.format(who=self.label + model, pid=pid, ports=ports)
        since, port = _since(self.process), self.expected_port
        return network.NO_PORT_YET.format(who=self.label + model, pid=pid, since=since, port=port)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Sockets and processes at one moment."""

    owners: tuple[PortOwner, ...]
    servers: tuple[RunningServer, ...]

    def on_port(self, port: int) -> tuple[PortOwner, ...]:
        """Return the owners of a port."""
        return tuple(owner for owner in self.owners if owner.listener.port == port)

    def starting_for(self, port: int) -> RunningServer | None:
        """Return the server that is starting and expected to listen on a port."""
        return next((server for server in self.servers if server.is_starting_for(port)), None)


def take_snapshot(system: System, port: int | None = None) -> Snapshot:
    """Return all listening sockets and running model servers.

    With a port, all processes are searched only for its owner, and only model servers for the owners of other
    ports.
    """
    commands = system.commands()
    known = {pid: server for pid, command in commands.items() if (server := recognise(command)) is not None}
    table = _ProcessTable(system)
    owners = tuple(_owner(listener, pid, table) for listener, pid in system.listeners(known, port))
    return Snapshot(owners, _running_servers(system, known, owners, table))


def snapshot_below(root: Path, port: int | None = None) -> Snapshot:
    """Return the same for the system below a root path."""
    return take_snapshot(system_below(root), port)


class _ProcessTable:
    """Processes, each read on first use."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._read: dict[int, Process | None] = {}

    def get(self, pid: int) -> Process | None:
        """Return a process, if it still exists."""
        if pid not in self._read:
            self._read[pid] = self._system.process(pid) if pid > 0 else None
        return self._read[pid]

    def ancestors(self, pid: int) -> list[int]:
        """Return the ancestors of a process, nearest first."""
        found: list[int] = []
        process = self.get(pid)
        while process is not None and process.parent not in (0, *found):
            found.append(process.parent)
            process = self.get(process.parent)
        return found


def describe_process(process: Process) -> str:
    """Return a process on one line: id, user, age and command line without secrets."""
    command = safe_line(process.command_line, _COMMAND_LIMIT)
    return f"pid {process.pid}, user {safe_line(process.user, 40)}{_since(process)}: {command}"


def duration_text(seconds: float) -> str:
    """Return an age for display: ``45 s``, ``12 min``, ``3 h``, ``5 days``."""
    for limit, size, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.0f} days"


def _since(process: Process) -> str:
    return "" if process.uptime_seconds is None else f", up {duration_text(process.uptime_seconds)}"


def _owner(listener: Listener, pid: int | None, table: _ProcessTable) -> PortOwner:
    process = table.get(pid) if pid is not None else None
    known = recognise(process.arguments) if process is not None else None
    return PortOwner(listener, process, known.label if known else None)


def _running_servers(
    system: System, known: Mapping[int, KnownServer], owners: tuple[PortOwner, ...], table: _ProcessTable
) -> tuple[RunningServer, ...]:
    """Return the model servers without duplicates; workers are excluded, even if their server has ended."""
    ports: dict[int, set[int]] = {}
    for owner in owners:
        if owner.process is not None:
            ports.setdefault(owner.process.pid, set()).add(owner.listener.port)
    temporary = system.temporary_ports
    found: list[RunningServer] = []
    for head, members in _families(known, table).items():
        process = table.get(head)
        if process is None:
            continue  # it has just ended
        stated = _stated_port(system, process, known[head])
        expected = stated or known[head].port
        held = {port for member in members for port in ports.get(member, ())}
        if expected in held or _is_held_below(head, expected, owners, table):
            listening: tuple[int, ...] = (expected,)
        elif stated is not None:
            listening = ()  # its ports so far are internal
        else:  # a file may configure another port
            listening = tuple(sorted(port for port in ports.get(head, ()) if port not in temporary))
        model = model_argument(process.arguments)
        is_elsewhere = system.is_in_other_network(head)
        found.append(RunningServer(known[head].label, process, listening, expected, model, is_elsewhere))
    return tuple(found)


def _families(known: Mapping[int, KnownServer], table: _ProcessTable) -> dict[int, set[int]]:
    """Return the outermost process of each server, with its known descendants."""
    families: dict[int, set[int]] = {}
    for pid in sorted(known):
        heads = [each for each in (pid, *table.ancestors(pid)) if each in known and not known[each].is_worker]
        if heads:
            families.setdefault(heads[-1], set()).add(pid)
    return families


def _stated_port(system: System, process: Process, known: KnownServer) -> int | None:
    """Return the configured port of a server: its command line overrides its environment."""
    port = port_argument(process.arguments)
    if port is None and known.variables:
        port = port_variable(known, system.environment(process.pid, known.variables))
    return port


def _is_held_below(head: int, port: int, owners: tuple[PortOwner, ...], table: _ProcessTable) -> bool:
    """Return whether a port belongs to a descendant of a server, or to an invisible process.

    Another user's sockets have no owner; a server of that user that expects such a port is assumed to own it.
    """
    return any(
        owner.process is None or head in table.ancestors(owner.process.pid)
        for owner in owners
        if owner.listener.port == port
    )
