"""The holder of a lease file: host, process and start, and whether that process still runs."""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import asdict
from functools import cache
from pathlib import Path

from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.texts import files as texts


@dataclass(frozen=True, slots=True)
class Owner:
    """The holder of a lease. ``machine`` distinguishes boots and process namespaces on one host."""

    host: str
    machine: str
    process: int
    token: str

    def encode(self) -> bytes:
        """Return the content of a lease file."""
        return json.dumps(asdict(self)).encode()

    @property
    def is_this_process(self) -> bool:
        """Whether it is the current process."""
        return (self.host, self.machine) == machine_identity() and self.process == os.getpid()

    @property
    def is_dead(self) -> bool:
        """Whether its process is known to be dead; unknown for other machines."""
        if (self.host, self.machine) != machine_identity():
            return False
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        except (PermissionError, OverflowError):
            return False
        return False


def holder_words(owner: Owner | None) -> str:
    """Return who holds a lease, for display."""
    if owner is None or not owner.host:
        return texts.OTHER_LMDECK
    if owner.is_this_process:
        return texts.THIS_LMDECK
    return texts.OTHER_PROCESS.format(process=owner.process, host=safe_line(owner.host, 30))


def new_owner() -> Owner:
    """Return the current process as an owner, with a unique token."""
    host, machine = machine_identity()
    return Owner(host, machine, os.getpid(), secrets.token_hex(8))


def decode_owner(data: bytes) -> Owner | None:
    """Parse a lease file; return ``None`` if it has no owner (its writer died too early)."""
    try:
        value = json.loads(data)
        return Owner(str(value["host"]), str(value["machine"]), int(value["process"]), str(value["token"]))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


@cache
def machine_identity() -> tuple[str, str]:
    """Return the host name, and its boot and process namespace, in which process ids are unique."""
    return socket.gethostname(), f"{_boot_identity()}/{_process_namespace()}"


def _boot_identity() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:  # not Linux
        return ""


def _process_namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:  # not Linux
        return ""
