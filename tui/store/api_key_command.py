"""Runs the command of a ``cmd:`` key: no shell, no terminal, a reduced environment, 10 seconds.

The first line of its output is the key. Its stderr is never shown: tools print secrets there.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence

from tui.core.lazy_dataclass import dataclass
from tui.texts import store as texts

TIME_LIMIT_SECONDS = 10.0
OUTPUT_LIMIT = 64 * 1024

PASSED_ON = frozenset(
    (
        *("HOME", "USER", "LOGNAME", "PATH", "SHELL", "LANG", "LANGUAGE", "TMPDIR", "TZ"),
        *("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"),
        *("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS"),
        *("SSH_AUTH_SOCK", "KRB5CCNAME", "GNUPGHOME", "GPG_AGENT_INFO"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"),
        *("http_proxy", "https_proxy", "no_proxy", "all_proxy"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    )
)
"""What password tools need to find their files, their agent, the desktop prompt, and their server."""
PASSED_ON_PREFIXES = (
    "LC_",
    "PASSWORD_STORE_",
    "OP_",
    "BW_",
    "VAULT_",
    "AWS_",
    "GOOGLE_",
    "CLOUDSDK_",
    "AZURE_",
)
"""The settings of such tools: pass, 1Password, Bitwarden, Vault and cloud secret managers."""


class CommandFailedError(Exception):
    """The command returned no key. ``reason`` is the end of a sentence, ``advice`` a sentence."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


@dataclass(slots=True)
class _Output:
    data: bytes = b""
    is_complete: bool = False


def command_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a key command, which contains no other keys."""
    return {
        name: value
        for name, value in environment.items()
        if name in PASSED_ON or name.startswith(PASSED_ON_PREFIXES)
    }


def first_line_of(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    time_limit_seconds: float = TIME_LIMIT_SECONDS,
) -> str:
    """Run a command and return its first line of output. Blocks.

    ``~/`` at the start of an argument is the home folder; nothing else is expanded.

    Raises:
        CommandFailedError: it cannot be run, fails, prints nothing or too much, or takes too long.
    """
    home = environment.get("HOME", "")
    expanded = [f"{home}/{part[2:]}" if part.startswith("~/") and home else part for part in arguments]
    process = _start(expanded, command_environment(environment), home or "/")
    try:
        output = _collect(process, time.monotonic() + time_limit_seconds)
    finally:
        _end(process)
    if not output.is_complete:
        raise CommandFailedError(
            texts.COMMAND_SLOW.format(seconds=time_limit_seconds),
            texts.COMMAND_MAY_ASK,
        )
    return _line(process.returncode, output.data)


def _start(arguments: list[str], environment: dict[str, str], folder: str) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 (the user's own command, and no shell)
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=folder if os.path.isdir(folder) else "/",  # noqa: PTH112
            # Without our terminal: a prompt of the tool would overwrite the screen.
            start_new_session=True,
        )
    except FileNotFoundError:
        raise CommandFailedError(texts.COMMAND_UNKNOWN, texts.INSTALL_COMMAND) from None
    except PermissionError:
        raise CommandFailedError(texts.COMMAND_FORBIDDEN, texts.MAKE_EXECUTABLE) from None
    except (OSError, ValueError):
        raise CommandFailedError(texts.COMMAND_BROKEN, texts.TRY_COMMAND) from None


def _collect(process: subprocess.Popen[bytes], deadline: float) -> _Output:
    """Read until the command has ended, without waiting for a child that keeps the pipe open."""
    output = _Output()
    if process.stdout is None:
        return output
    descriptor = process.stdout.fileno()
    os.set_blocking(descriptor, False)
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            has_ended = process.poll() is not None
            selector.select(0 if has_ended else 0.05)
            at_end = _drain(descriptor, output)
            if has_ended or len(output.data) > OUTPUT_LIMIT:
                output.is_complete = True
                return output
            if at_end:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, deadline - time.monotonic()))
                    output.is_complete = True
                return output
    return output


def _drain(descriptor: int, output: _Output) -> bool:
    """Read the available output; return whether it was the end."""
    while len(output.data) <= OUTPUT_LIMIT:
        try:
            piece = os.read(descriptor, 65536)
        except BlockingIOError:
            return False
        if not piece:
            return True
        output.data += piece
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the command and its children if it is still running."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _line(return_code: int | None, data: bytes) -> str:
    if len(data) > OUTPUT_LIMIT:
        raise CommandFailedError(texts.COMMAND_LONG, texts.KEY_ALONE)
    if return_code:
        killed = texts.COMMAND_KILLED.format(signal=-return_code)
        how = killed if return_code < 0 else texts.COMMAND_FAILED.format(status=return_code)
        raise CommandFailedError(how, texts.SEE_COMMAND)
    lines = data.decode("utf-8", "replace").splitlines()
    if not lines or not lines[0].strip():
        raise CommandFailedError(texts.COMMAND_SILENT, texts.KEY_FIRST)
    return lines[0]
