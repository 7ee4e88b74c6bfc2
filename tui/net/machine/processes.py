"""The processes of this machine, as far as ``/proc`` shows them to everybody."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tui.core.outside import read_decimal, read_whole

_SECRET_WORDS = frozenset(
    {
        "key",
        "keys",
        "apikey",
        "apikeys",
        "token",
        "secret",
        "password",
        "passwd",
        "credentials",
        "auth",
        "bearer",
    }
)
_SECRET_VALUE = re.compile(r"(sk-|hf_|gsk_|ghp_|xox[bp]-)[\w-]{8,}|Bearer\s+\S+", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")
_SOCKET = re.compile(r"socket:\[(\d+)\]")
MASK = "•••"
_LONGEST_COMMAND = 256 * 1024
"""Bytes of a command line that are read: other users write as long ones as they like."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process. Texts are raw: other users choose them."""

    pid: int
    name: str
    parent: int
    uid: int
    arguments: tuple[str, ...]
    uptime_seconds: float | None = None

    @property
    def user(self) -> str:
        """The name of its user, or the number where there is no name."""
        import pwd

        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)

    @property
    def command_line(self) -> str:
        """The command line, without what looks like a secret."""
        return " ".join(mask_secrets(self.arguments)) or self.name


def read_commands(root: Path) -> dict[int, tuple[str, ...]]:
    """Return the command line of every process by its id; threads of the kernel have none."""
    found: dict[int, tuple[str, ...]] = {}
    for pid in _process_ids(root):
        arguments = _read_arguments(root, pid)
        if arguments:
            found[pid] = arguments
    return found


def read_process(root: Path, pid: int) -> Process | None:
    """Return one process, or ``None`` where it has ended or cannot be seen."""
    folder = root / "proc" / str(pid)
    arguments = _read_arguments(root, pid)
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
        _age(stat, _read_uptime(root)),
    )


def read_environment(root: Path, pid: int, names: Collection[str]) -> dict[str, str]:
    """Return some variables of a process's environment: no others are kept; none of another user's."""
    try:
        text = (root / "proc" / str(pid) / "environ").read_bytes().decode("utf-8", "replace")
    except OSError:
        return {}  # it has ended, or belongs to another user
    pairs = (entry.partition("=") for entry in text.split("\0"))
    return {name: value for name, _, value in pairs if name in names}


def is_in_other_network(root: Path, pid: int) -> bool:
    """Return whether a process has a network of its own, as in a container: its ports are not ours."""
    theirs, ours = (_network_of(root, who) for who in (str(pid), "self"))
    return theirs is not None and ours is not None and theirs != ours


def _network_of(root: Path, who: str) -> str | None:
    try:
        return os.readlink(f"{root}/proc/{who}/ns/net")  # noqa: PTH115 - its text names the network
    except OSError:
        return None  # another user's process, or a system without namespaces


def find_owners(root: Path, inodes: Collection[int], pids: Iterable[int] | None = None) -> dict[int, int]:
    """Return the process that holds each socket, by inode: the oldest one, where it was handed on.

    Looks at the given processes, by default at all. Without privileges only the sockets of one's own
    processes are found.
    """
    wanted = set(inodes)
    owners: dict[int, int] = {}
    if pids is None:
        pids = _process_ids(root) if wanted else ()
    for pid in sorted(pids):
        if len(owners) == len(wanted):
            break
        for inode in _sockets_of(f"{root}/proc/{pid}/fd"):
            if inode in wanted:
                owners.setdefault(inode, pid)
    return owners


def mask_secrets(arguments: Collection[str]) -> list[str]:
    """Return a command line with the values of options that carry secrets replaced."""
    shown: list[str] = []
    hide_next = False
    for argument in arguments:
        name, equals, _ = argument.partition("=")
        if hide_next and not argument.startswith("-"):
            shown.append(MASK)
            hide_next = False
            continue
        hide_next = False
        if _names_secret(name) and (equals or name.startswith("-")):
            shown.append(f"{name}={MASK}" if equals else argument)
            hide_next = not equals
        else:
            shown.append(_USER_INFO.sub(f"{MASK}@", _SECRET_VALUE.sub(MASK, argument)))
    return shown


def _names_secret(name: str) -> bool:
    return not _SECRET_WORDS.isdisjoint(re.split(r"[-_]+", name.lower()))


def _read_arguments(root: Path, pid: int) -> tuple[str, ...] | None:
    try:
        with open(f"{root}/proc/{pid}/cmdline", "rb", buffering=0) as file:  # noqa: PTH123 - of every process
            text = file.read(_LONGEST_COMMAND).decode("utf-8", "replace")
    except OSError:
        return None  # it has ended, or hides from other users
    return tuple(argument for argument in text.split("\0") if argument)


def _process_ids(root: Path) -> list[int]:
    try:
        names = os.listdir(root / "proc")  # noqa: PTH208
    except OSError:
        return []  # no /proc on this system
    return [pid for name in names if (pid := read_whole(name)) is not None]


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


def _read_uptime(root: Path) -> float | None:
    try:
        words = (root / "proc/uptime").read_text(errors="replace").split()
    except OSError:
        return None
    return read_decimal(words[0]) if words else None


def _age(stat: str, machine_uptime: float | None) -> float | None:
    """Return the age of a process: field 22 of its ``stat`` is its start in ticks (proc(5))."""
    fields = stat.rpartition(")")[2].split()
    started = read_whole(fields[19]) if len(fields) >= 20 else None
    if machine_uptime is None or started is None:
        return None
    return max(0.0, machine_uptime - started / os.sysconf("SC_CLK_TCK"))


def _number(text: str) -> int:
    return read_whole(text.strip()) or 0
