"""Recognises model servers by their command lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tui.core.lazy_pattern import lazy_pattern
from tui.core.outside import ip_address, read_whole
from tui.wire.dialects import DIALECTS
from tui.wire.servers import KnownServer

_INTERPRETERS = lazy_pattern(
    r"(python|pypy|node|bash|sh|zsh|dash|uv|uvx|env|nice|nohup|sudo|tini|dumb-init|torchrun|pipx|numactl)[\d.]*"
)
_GENERIC_SCRIPTS = ("server", "main", "start", "app")
_RUN_WORDS = ("run", "exec", "--")
_PORT_OPTIONS = ("--port", "-p", "--http-port", "--api-port", "--server-port")
_ADDRESS_OPTIONS = ("--address", "--bind", "--listen")
"""Options whose value may end with a port."""
_MODEL_OPTIONS = ("--model", "--model-path", "-m", "--model-id", "--served-model-name", "--hf-repo", "-hf")


_OTHERS = (
    KnownServer("llamafile", r".*\.llamafile|llamafiler?", 8080, ("LLAMA_ARG_PORT",)),
    KnownServer("llama-cpp-python", r"llama_cpp\.server|llama-cpp-python", 8000, ("PORT",)),
    KnownServer("llama-swap", r"llama-swap", 8080),
    KnownServer("TEI", r"text-embeddings-router", 3000, ("PORT",)),
    KnownServer("Triton", r"tritonserver", 8000),
    KnownServer("transformers", r"transformers(-cli)? serve", 8000),
    KnownServer("KoboldCpp", r"koboldcpp.*", 5001),
    KnownServer("Tabby", r"tabby serve", 8080),
    KnownServer("TabbyAPI", r"tabbyapi.*", 5000),
    KnownServer("text-generation-webui", r"text-generation-webui.*", 5000, ("OPENEDAI_PORT",)),
    KnownServer("LMDeploy", r"lmdeploy serve|lmdeploy\.serve.*", 23333),
    KnownServer("MLX", r"mlx_lm[._]server|mlx_vlm[._]server|mlx-openai-server( launch)?", 8080),
    KnownServer("Aphrodite", r"aphrodite( run|\.endpoints\..*)", 2242),
    KnownServer("mistral.rs", r"mistralrs(-server)?( serve)?", 1234),
    KnownServer("FastChat", r"fastchat\.serve\..*", 8000),
    KnownServer("OpenLLM", r"openllm (start|serve)", 3000),
    KnownServer("Jan", r"cortex(-server)?|jan-server", 1337),
    KnownServer("Infinity", r"infinity_emb( v2)?", 7997, ("INFINITY_PORT",)),
)
"""Servers without their own dialect."""
KNOWN_SERVERS = (*(program for row in DIALECTS for program in row.programs), *_OTHERS)

_BEGINNINGS = tuple(
    {
        begin
        for known in KNOWN_SERVERS
        for pattern in re.sub(r"\(.*?\)", "", known.program).split("|")
        for begin in re.findall(r"^[a-z]+?(?=[a-z][?*]|[^a-z]|$)", pattern)
    }
)
"""Every match of a pattern in ``KNOWN_SERVERS`` begins with one of these, apart from the following ending."""
_ENDINGS = (".llamafile",)


def recognise(command: Sequence[str]) -> KnownServer | None:
    """Return the model server of a command line; not a shell, editor or search that only mentions one."""
    arguments = _without_interpreter(command)
    if not arguments:
        return None
    path, _, program = arguments[0].replace("\\", "/").rpartition("/")
    stem = program.removesuffix(".exe").removesuffix(".py")
    second = next((argument for argument in arguments[1:] if not argument.startswith("-")), "")
    names = {stem.lower(), f"{stem} {second}".lower()}
    if stem in _GENERIC_SCRIPTS:
        names.add(path.rpartition("/")[2].lower())
    likely = [name for name in names if name.startswith(_BEGINNINGS) or name.endswith(_ENDINGS)]
    if not likely:
        return None  # the usual case: avoids compiling a pattern
    return next(
        (known for known in KNOWN_SERVERS if any(re.fullmatch(known.program, name) for name in likely)), None
    )


def port_argument(arguments: Sequence[str]) -> int | None:
    """Return the port in a command line."""
    port = read_port(_option(arguments, _PORT_OPTIONS))
    return port if port is not None else read_port(_option(arguments, _ADDRESS_OPTIONS), is_address=True)


def port_variable(known: KnownServer, environment: Mapping[str, str]) -> int | None:
    """Return the port in a server's environment."""
    found = (read_port(environment.get(name), is_address=True) for name in known.variables)
    return next((port for port in found if port is not None), None)


def read_port(text: str | None, *, is_address: bool = False) -> int | None:
    """Return the port in ``PORT``, ``host:port`` or ``http://host:port``; ``None`` for anything else."""
    if text is None or (is_address and ip_address(text) is not None):
        return None
    if is_address:
        text = text.rstrip("/").rpartition(":")[2]
    return read_whole(text, largest=65_535) or None


def model_argument(arguments: Sequence[str]) -> str | None:
    """Return the model in a command line."""
    named = _option(arguments, _MODEL_OPTIONS)
    if named is None and "serve" in arguments:
        following = arguments[list(arguments).index("serve") + 1 :]
        named = next((argument for argument in following[:1] if not argument.startswith("-")), None)
    return named


def _option(arguments: Sequence[str], names: Sequence[str]) -> str | None:
    """Return the value of an option; the last one counts, as in the programs."""
    found: str | None = None
    for position, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name in names and equals:
            found = value
        elif argument in names and position + 1 < len(arguments) and not _is_module_flag(arguments, position):
            found = arguments[position + 1]
    return found


def _is_module_flag(arguments: Sequence[str], position: int) -> bool:
    """Return whether an argument is ``-m`` of ``python -m module``, not a model."""
    return (
        arguments[position] == "-m"
        and position > 0
        and _INTERPRETERS.fullmatch(arguments[position - 1].rpartition("/")[2]) is not None
    )


def _without_interpreter(arguments: Sequence[str]) -> Sequence[str]:
    """Remove what only starts the program: ``/usr/bin/python3 -u -m``, ``uv run``, ``sudo``, ``env A=b``."""
    position = 0
    while position < len(arguments) and _INTERPRETERS.fullmatch(arguments[position].rpartition("/")[2]):
        position += 1
        while position < len(arguments) and _is_passed_over(arguments[position]):
            if arguments[position] == "-c":
                return ()
            position += 1
    return arguments[position:]


def _is_passed_over(argument: str) -> bool:
    is_assignment = re.fullmatch(r"[A-Za-z_]\w*=.*", argument) is not None
    return argument.startswith("-") or argument in _RUN_WORDS or is_assignment
