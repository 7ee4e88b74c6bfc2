"""A fake ``/proc`` as files."""

from __future__ import annotations

import ipaddress
import shutil
import socket
from pathlib import Path


class FakeMachine:
    """Writes the parts of ``/proc`` that are read, below a temporary root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._sockets: list[tuple[str, int, int, int]] = []
        (root / "proc/net").mkdir(parents=True)
        (root / "proc/uptime").write_text("1000.00 2000.00\n")
        self._write_sockets()

    def listen(self, address: str, port: int, inode: int, uid: int = 1000) -> None:
        self._sockets.append((address, port, inode, uid))
        self._write_sockets()

    def run(
        self,
        pid: int,
        *arguments: str,
        name: str = "python3",
        parent: int = 1,
        uid: int = 1000,
        started_at: float = 900,
        sockets: tuple[int, ...] | None = (),
        environment: dict[str, str] | None = None,
        network: int | None = None,
    ) -> None:
        """Add a process; ``sockets=None`` hides its files, as another user's are; ``network`` is the number
        of its own network, as in a container."""
        folder = self.root / "proc" / str(pid)
        folder.mkdir()
        (folder / "cmdline").write_bytes("\0".join([*arguments, ""]).encode())
        (folder / "status").write_text(f"Name:\t{name}\nPPid:\t{parent}\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n")
        ticks = int(started_at * 100)
        (folder / "stat").write_text(f"{pid} ({name}) S {parent} " + "0 " * 17 + f"{ticks} 0 0\n")
        if environment is not None:
            pairs = "".join(f"{key}={value}\0" for key, value in environment.items())
            (folder / "environ").write_bytes(pairs.encode())
        if network is not None:
            (folder / "ns").mkdir()
            (folder / "ns/net").symlink_to(f"net:[{network}]")
        if sockets is not None:
            (folder / "fd").mkdir()
            for number, inode in enumerate(sockets):
                (folder / "fd" / str(number + 3)).symlink_to(f"socket:[{inode}]")

    def end(self, pid: int) -> None:
        """Take a process away."""
        shutil.rmtree(self.root / "proc" / str(pid))

    def open(self, pid: int, port: int, inode: int) -> None:
        """Let a process listen on a port of 127.0.0.1."""
        self.listen("127.0.0.1", port, inode)
        (self.root / "proc" / str(pid) / "fd" / str(inode)).symlink_to(f"socket:[{inode}]")

    def _write_sockets(self) -> None:
        lines: dict[str, list[str]] = {"tcp": [], "tcp6": []}
        for number, (address, port, inode, uid) in enumerate(self._sockets):
            packed = ipaddress.ip_address(address).packed
            name = "tcp" if len(packed) == 4 else "tcp6"
            words = [packed[start : start + 4] for start in range(0, len(packed), 4)]
            text = "".join(f"{socket.ntohl(int.from_bytes(word)):08X}" for word in words)
            rest = f"00000000:0000 0A 00000000:00000000 00:00000000 00000000 {uid} 0 {inode} 1 0 100 0 0 10 0"
            lines[name].append(f" {number}: {text}:{port:04X} {rest}")
        for name, found in lines.items():
            (self.root / "proc/net" / name).write_text("\n".join(["  sl  local_address", *found, ""]))
