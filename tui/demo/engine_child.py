"""The engine's own process: runs llama.cpp's server as long as the parent holds a pipe open.

Run as a file in an isolated interpreter, never imported by the program, so it imports nothing from it. It
reads one line of JSON settings from standard input and writes one line to standard output: the address, or
the error. All other output, including that of native code, goes to standard error.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
from typing import Any

_PR_SET_PDEATHSIG = 1
_PROMPT_CACHE_MEBIBYTES = 256
_WARNINGS = 2


def main() -> None:
    """Serve until the parent has ended."""
    report = os.dup(1)
    os.dup2(2, 1)
    settings = json.loads(sys.stdin.buffer.readline())
    _die_with_parent(settings["parent"])
    threading.Thread(target=_watch_parent, daemon=True).start()
    try:
        server = _serve(settings)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        _say(report, {"error": f"{type(error).__name__}: {error}"})
        return
    _say(report, {"address": server.listening_address})
    threading.Event().wait()


def _serve(settings: dict[str, Any]) -> Any:
    """Load the model and listen; returns once requests are answered."""
    sys.path.append(settings["package_directory"])
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = settings["model_path"]
    parameters.model_alias = {settings["model_alias"]}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0  # the system selects a free one, which nobody can use in between
    parameters.api_keys = [settings["key"]]
    parameters.n_ctx = settings["context_tokens"]
    parameters.cpuparams.n_threads = settings["threads"]
    parameters.cache_ram_mib = _PROMPT_CACHE_MEBIBYTES
    parameters.endpoint_metrics = True
    parameters.endpoint_slots = True
    parameters.ui = False
    parameters.offline = True
    parameters.verbosity = _WARNINGS
    if settings["chat_template"] is not None:
        parameters.use_jinja = True
        parameters.chat_template = settings["chat_template"]
    return xllamacpp.Server(parameters)


def _die_with_parent(parent: int) -> None:
    """Let Linux end this process together with its parent, even while native code is busy."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the call
        os._exit(0)


def _watch_parent() -> None:
    """End this process when the pipe from the parent closes, as it does however the parent ends."""
    while os.read(0, 1):
        pass
    os._exit(0)


def _say(report: int, message: dict[str, str]) -> None:
    """Write the line that the parent waits for."""
    os.write(report, json.dumps(message).encode() + b"\n")
    os.close(report)


if __name__ == "__main__":
    main()
