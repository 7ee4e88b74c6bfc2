"""Detects network disks, which other machines also write to, so that appending is not atomic."""

from __future__ import annotations

import os
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset(
    ("9p", "afs", "beegfs", "ceph", "cifs", "glusterfs", "gpfs", "lustre", "nfs", "nfs4", "smb3", "smbfs")
)


def is_network_disk(folder: Path) -> bool:
    """Return whether a folder is on a network disk; false if unknown."""
    try:
        mounts = _MOUNTS.read_text("utf-8", "replace")
    except OSError:
        return False
    kind = file_system_of(os.path.realpath(folder), mounts)
    return kind in _NETWORK or kind.startswith("fuse.")


def file_system_of(path: str, mounts: str) -> str:
    """Return the file system type of a path, from the text of ``/proc/self/mountinfo``.

    Format as in proc(5): the mount point is the fifth field, the type the first after a hyphen.
    """
    longest, kind = "", ""
    for line in mounts.splitlines():
        before, _, behind = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not behind:
            continue
        point = fields[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        if is_below(path, point) and len(point) >= len(longest):  # a later mount hides an earlier one
            longest, kind = point, behind.split(" ")[0]
    return kind


def is_below(path: str, folder: str) -> bool:
    """Return whether a path is a folder or inside it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")
