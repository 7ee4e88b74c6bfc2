"""Processes and sockets on systems without ``/proc``, such as macOS."""

from __future__ import annotations

import time
from collections.abc import Collection

import psutil

from tui.core.outside import ip_address
from tui.net.machine.processes import LONGEST_COMMAND, Process
from tui.net.machine.sockets import Held, Listener

_UNSEEN = (psutil.Error, OSError)
"""The process has ended, or belongs to another user."""


class PsutilSystem:
    """Queries each process separately: on macOS, listing all sockets requires administrator rights."""

    @property
    def temporary_ports(self) -> range:
        """The ephemeral ports of the system: the range of RFC 6335."""
        return range(49_152, 65_536)

    def commands(self) -> dict[int, tuple[str, ...]]:
        """Return the command lines of the user's own processes by id."""
        read = ((process.pid, _arguments(process)) for process in psutil.process_iter())
        return {pid: arguments for pid, arguments in read if arguments}

    def listeners(self, likely: Collection[int], port: int | None) -> tuple[Held, ...]:
        """Return the listening sockets of the user's own processes by port, each with its oldest process."""
        held: dict[Listener, int] = {}
        for process in psutil.process_iter():
            try:
                connections = process.net_connections("tcp")
            except _UNSEEN:
                continue
            for connection in connections:
                if connection.status == psutil.CONN_LISTEN and connection.laddr:
                    listener = Listener(_plain(connection.laddr.ip), connection.laddr.port)
                    held.setdefault(listener, process.pid)
        return tuple(sorted(held.items(), key=lambda each: (each[0].port, each[0].address)))

    def process(self, pid: int) -> Process | None:
        """Return one process, or ``None`` if it has ended or is not visible."""
        try:
            process = psutil.Process(pid)
            with process.oneshot():
                age = max(0.0, time.time() - process.create_time())
                names = (process.name(), process.ppid(), process.uids().real)
        except _UNSEEN:
            return None
        return Process(pid, *names, _arguments(process), age)

    def environment(self, pid: int, names: Collection[str]) -> dict[str, str]:
        """Return some environment variables of a process, and no others; none of another user's processes."""
        try:
            found = psutil.Process(pid).environ()
        except _UNSEEN:
            return {}
        return {name: value for name, value in found.items() if name in names}

    def is_in_other_network(self, pid: int) -> bool:
        """Return ``False``: containers run in a virtual machine there."""
        return False


def _arguments(process: psutil.Process) -> tuple[str, ...]:
    try:
        text = "\0".join(process.cmdline())[:LONGEST_COMMAND]
    except _UNSEEN:
        return ()
    return tuple(argument for argument in text.split("\0") if argument)


def _plain(address: str) -> str:
    """Return an address without its zone, and an IPv4-mapped one as IPv4."""
    found = ip_address(address)
    return address if found is None else str(getattr(found, "ipv4_mapped", None) or found)
