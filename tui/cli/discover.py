"""``lmdeck discover``: finds model servers on this machine."""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
from typing import TYPE_CHECKING

from tui.cli.command import DONE, INTERRUPTED
from tui.cli.output import Output
from tui.cli.stopping import stopping_at_signals
from tui.cli.table import table
from tui.core.safe_text import safe_line
from tui.runtime.runtime import open_runtime
from tui.texts import checks
from tui.texts import cli as texts

if TYPE_CHECKING:
    from tui.net.discover import Discovered, Discovery
    from tui.net.machine.snapshot import RunningServer

_SHOWN_MODELS = 3


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Request every port on loopback and print the servers found; return the exit code."""
    return asyncio.run(_discover(arguments, output))


async def _discover(arguments: argparse.Namespace, output: Output) -> int:
    runtime = open_runtime(os.environ)
    task = asyncio.ensure_future(runtime.discover())
    try:
        with stopping_at_signals(task.cancel, output):
            found = await task
    except asyncio.CancelledError:
        return INTERRUPTED
    finally:
        await runtime.aclose()
        output.notes(runtime.optional.notices)
    if arguments.json:
        output.json(discovery_json(found))
    else:
        for line in discovery_lines(found):
            output.line(line)
    return DONE


def discovery_lines(found: Discovery) -> list[str]:
    """Return the results as a table, and the next step."""
    lines: list[str] = []
    if found.servers:
        lines += table(
            ("PORT", "SERVER", "MODELS", "PROCESS", ""), [_row(server) for server in found.servers]
        )
    else:
        lines.append(texts.NO_SERVER)
    for starting in found.starting:
        lines.append(safe_line(starting.describe()))
    asked = f"{found.asked_ports} port{'' if found.asked_ports == 1 else 's'}"
    lines.append((texts.PORTS_ASKED if found.is_complete else texts.USUAL_PORTS_ASKED).format(ports=asked))
    if found.servers:
        lines += ["", texts.CHECK_ONE.format(url=shlex.quote(found.servers[0].url))]
    return lines


def _row(server: Discovered) -> tuple[str, str, str, str, str]:
    process = server.owner.process if server.owner is not None else None
    return (
        str(server.port),
        server.shown_kind,
        models_text(server.models),
        texts.PROCESS.format(name=process.name, pid=process.pid) if process is not None else "—",
        state_text(server),
    )


def models_text(models: tuple[str, ...], most: int = _SHOWN_MODELS) -> str:
    """Return the first models of a list, and how many more there are."""
    if not models:
        return "—"
    more = len(models) - most
    return ", ".join(safe_line(name, 40) for name in models[:most]) + (
        checks.MORE.format(count=more) if more > 0 else ""
    )


def state_text(server: Discovered) -> str:
    """Return why a server is not usable yet; empty if it is."""
    if server.needs_key:
        return texts.NEEDS_KEY
    return server.failure.title if server.failure is not None else ""


def discovery_json(found: Discovery) -> dict[str, object]:
    """Return the object of ``discover --json``."""
    return {
        "servers": [_server_json(server) for server in found.servers],
        "starting": [_starting_json(server) for server in found.starting],
        "asked_ports": found.asked_ports,
        "is_complete": found.is_complete,
    }


def _server_json(server: Discovered) -> dict[str, object]:
    process = server.owner.process if server.owner is not None else None
    return {
        "url": server.url,
        "port": server.port,
        "server": server.kind,
        "version": server.identity.version,
        "models": list(server.models),
        "context_window": server.context_window,
        "needs_key": server.needs_key,
        "cause": server.failure.cause if server.failure is not None else None,
        "process": None
        if process is None
        else {"pid": process.pid, "name": process.name, "user": process.user},
    }


def _starting_json(server: RunningServer) -> dict[str, object]:
    return {
        "server": server.label,
        "pid": server.process.pid,
        "expected_port": server.expected_port,
        "model": server.model,
    }
