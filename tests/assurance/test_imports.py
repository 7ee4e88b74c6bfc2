"""Importing the program opens no socket and resolves no name, for all modules in any order."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

from tests.assurance.kit import publish

IMPORT_ALL = textwrap.dedent(
    """
    import importlib, pkgutil, sys

    def deny(event, arguments):
        if event.startswith("socket."):
            raise RuntimeError(f"{event} {arguments[1:]} at import")

    sys.addaudithook(deny)
    import tui

    names = [module.name for module in pkgutil.walk_packages(tui.__path__, "tui.")]
    names = [name for name in names if not name.endswith("__main__")]
    for name in names:
        importlib.import_module(name)
    import socket

    try:
        socket.socket()
    except RuntimeError:
        print(len(names))
    """
)


def test_no_module_opens_a_socket_when_it_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 200, "the hook was not at work, or modules are missing"
    publish("markup", f"{done.stdout.strip()} modules imported under a hook that denies sockets: 0 opened")
