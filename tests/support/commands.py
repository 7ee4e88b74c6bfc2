"""Runs commands of lmdeck in separate processes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.terminal import lmdeck


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def cause(self) -> str | None:
        """The cause of the error that the JSON has."""
        found = self.json["error"]
        return None if found is None else str(found["cause"])


Call = Callable[..., Done]
"""Runs a command with its arguments."""


def run_command(
    *arguments: str, environment: Mapping[str, str], stdin: bytes | None = None, seconds: float = 60
) -> Done:
    """Run a command with these bytes on its stdin (``None``: it is no pipe), and wait for its end."""
    done = subprocess.run(
        lmdeck(*arguments),
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        env=environment,
        timeout=seconds,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())
