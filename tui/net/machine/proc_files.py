"""Processes and sockets of Linux that ``/proc`` shows to every user."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection, Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from tui.core.lazy_pattern import lazy_pattern
from tui.core.outside import read_decimal, read_whole
from tui.net.machine.processes import LONGEST_COMMAND, Process
from tui.net.machine.sockets import Held, Listener

_SOCKET = lazy_pattern(r"socket:\[(\d+)\]")
_LISTEN = "0A"
"""TCP_LISTEN in the kernel's include/net/tcp_states.h."""
_TEMPORARY_PORTS = range(32_768, 61_000)
"""Linux's default."""


class ProcFiles:
    """Reads ``/proc`` below a root path; without one, nothing is known."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "proc"

    @property
    def temporary_ports(self) -> range:
        """The ephemeral ports of the system, which no server's API uses by default."""
        try:
            first, last = (self._folder / "sys/net/ipv4/ip_local_port_range").read_text().split()
            return range(int(first), int(last) + 1)
        except (OSError, ValueError):
            return _TEMPORARY_PORTS

    def commands(self) -> dict[int, tuple[str, ...]]:
        """Return the command lines of all processes by id; kernel threads have none."""
        read = ((pid, self._arguments(pid)) for pid in self._process_ids())
        return {pid: arguments for pid, arguments in read if arguments}

    def listeners(self, likely: Collection[int], port: int | None) -> tuple[Held, ...]:
        """Return the listening sockets by port, each with its oldest process.

        Without privileges, only the sockets of the user's own processes have one. With a port, the processes
        of other ports are only searched for among ``likely``: this makes it fast on a machine with thousands
        of processes.
        """
        found = [each for name in ("tcp", "tcp6") for each in self._listening(name)]
        holders = self._holders({inode for _, inode in found}, likely)
        hidden = {inode for each, inode in found if inode not in holders and port in (None, each.port)}
        holders |= self._holders(hidden, self._process_ids() if hidden else ())
        found.sort(key=lambda each: (each[0].port, each[0].address))
        return tuple((listener, holders.get(inode)) for listener, inode in found)

    def process(self, pid: int) -> Process | None:
        """Return one process, or ``None`` if it has ended or is not visible."""
        folder = self._folder / str(pid)
        arguments = self._arguments(pid)
        if arguments is None:
            return None
        try:
            status = (folder / "status").read_text(errors="replace")
            stat = (folder / "stat").read_text(errors="replace")
        except OSError:
            return None
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        return Process(
            pid,
            fields.get("Name", "").strip(),
            _number(fields.get("PPid", "")),
            _number(fields.get("Uid", "").split("\t")[1] if "\t" in fields.get("Uid", "") else ""),
            arguments,
            _age(stat, self._uptime()),
        )

    def environment(self, pid: int, names: Collection[str]) -> dict[str, str]:
        """Return some environment variables of a process, and no others; none of another user's processes."""
        try:
            text = (self._folder / str(pid) / "environ").read_bytes().decode("utf-8", "replace")
        except OSError:
            return {}  # it has ended, or belongs to another user
        pairs = (entry.partition("=") for entry in text.split("\0"))
        return {name: value for name, _, value in pairs if name in names}

    def is_in_other_network(self, pid: int) -> bool:
        """Return whether a process has its own network, as in a container, with other ports than ours."""
        theirs, ours = (self._network_of(who) for who in (str(pid), "self"))
        return theirs is not None and ours is not None and theirs != ours

    def _network_of(self, who: str) -> str | None:
        try:
            return os.readlink(f"{self._folder}/{who}/ns/net")  # noqa: PTH115 - its text names the network
        except OSError:
            return None  # another user's process, or a system without namespaces

    def _listening(self, name: str) -> Iterator[tuple[Listener, int]]:
        try:
            lines = (self._folder / "net" / name).read_text(errors="replace").splitlines()[1:]
        except OSError:
            return  # no /proc, or IPv6 is disabled
        for line in lines:
            # A busy server has thousands of other sockets.
            if _LISTEN in line and (found := _read_line(line)) is not None:
                yield found

    def _holders(self, inodes: Collection[int], pids: Iterable[int]) -> dict[int, int]:
        """Return the oldest process with each socket, by inode."""
        holders: dict[int, int] = {}
        for pid in sorted(pids):
            if len(holders) == len(inodes):
                break
            for inode in _sockets_of(f"{self._folder}/{pid}/fd"):
                if inode in inodes:
                    holders.setdefault(inode, pid)
        return holders

    def _arguments(self, pid: int) -> tuple[str, ...] | None:
        try:
            with open(f"{self._folder}/{pid}/cmdline", "rb", buffering=0) as file:  # noqa: PTH123 - quick
                text = file.read(LONGEST_COMMAND).decode("utf-8", "replace")
        except OSError:
            return None  # it has ended, or is hidden from other users
        return tuple(argument for argument in text.split("\0") if argument)

    def _process_ids(self) -> list[int]:
        try:
            names = os.listdir(self._folder)  # noqa: PTH208
        except OSError:
            return []  # no /proc on this system
        return [pid for name in names if (pid := read_whole(name)) is not None]

    def _uptime(self) -> float | None:
        try:
            words = (self._folder / "uptime").read_text(errors="replace").split()
        except OSError:
            return None
        return read_decimal(words[0]) if words else None


def _sockets_of(folder: str) -> Iterator[int]:
    try:
        entries = os.listdir(folder)  # noqa: PTH208 - names alone, for every open file of the machine
    except OSError:
        return  # another user's process
    for entry in entries:
        try:
            match = _SOCKET.fullmatch(os.readlink(f"{folder}/{entry}"))  # noqa: PTH115
        except OSError:
            continue  # closed meanwhile
        if match:
            yield read_whole(match[1]) or 0


def _read_line(line: str) -> tuple[Listener, int] | None:
    """Return a socket and its inode; ``None`` if it does not listen or the line is invalid."""
    fields = line.split()
    if len(fields) < 10 or fields[3] != _LISTEN:
        return None
    address, _, port = fields[1].partition(":")
    try:
        return Listener(_read_address(address), int(port, 16)), int(fields[9])
    except ValueError:
        return None


def _read_address(text: str) -> str:
    """Decode an address: 32-bit words in the byte order of the machine."""
    data = bytes.fromhex(text)
    if len(data) not in (4, 16):
        raise ValueError(text)
    words = [data[start : start + 4] for start in range(0, len(data), 4)]
    network = b"".join(socket.htonl(int.from_bytes(word)).to_bytes(4) for word in words)
    if len(network) == 4:
        return str(IPv4Address(network))
    address = IPv6Address(network)
    return str(address.ipv4_mapped or address)


def _age(stat: str, machine_uptime: float | None) -> float | None:
    """Return the age of a process: field 22 of its ``stat`` is its start in ticks (proc(5))."""
    fields = stat.rpartition(")")[2].split()
    started = read_whole(fields[19]) if len(fields) >= 20 else None
    if machine_uptime is None or started is None:
        return None
    return max(0.0, machine_uptime - started / os.sysconf("SC_CLK_TCK"))


def _number(text: str) -> int:
    return read_whole(text.strip()) or 0
