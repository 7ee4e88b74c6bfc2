"""Model servers by their command lines: data, and the one rule that reads it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tui.core.outside import read_whole

_INTERPRETERS = re.compile(
    r"(python|pypy|node|bash|sh|zsh|dash|uv|uvx|env|nice|nohup|sudo|tini|dumb-init|torchrun|pipx|numactl)[\d.]*"
)
_GENERIC_SCRIPTS = ("server", "main", "start", "app")
_RUN_WORDS = ("run", "exec", "--")
_PORT_OPTIONS = ("--port", "-p", "--http-port", "--api-port", "--server-port")
_MODEL_OPTIONS = ("--model", "--model-path", "-m", "--model-id", "--served-model-name", "--hf-repo", "-hf")


@dataclass(frozen=True, slots=True)
class KnownServer:
    """A model server and what its program is called."""

    label: str
    program: str
    """A pattern of the program's file name or Python module, with the word after it, in small letters."""
    port: int
    """Where it listens unless told otherwise."""


KNOWN_SERVERS: tuple[KnownServer, ...] = (
    KnownServer("vLLM", r"vllm serve|vllm\.entrypoints\..*|vllm::.*", 8000),
    KnownServer("SGLang", r"sglang serve|sglang\.launch_server|sglang::.*", 30000),
    KnownServer("llama.cpp", r"llama-server|llama_cpp\.server|llamafile|llama-cpp-python", 8080),
    KnownServer("Ollama", r"ollama serve", 11434),
    KnownServer("LM Studio", r"lm[- ]?studio|llmster", 1234),
    KnownServer("TGI", r"text-generation-(launcher|router|server|benchmark)", 3000),
    KnownServer("LocalAI", r"local-?ai", 8080),
    KnownServer("TensorRT-LLM", r"trtllm-serve|tensorrt_llm\.commands\.serve", 8000),
    KnownServer("Triton", r"tritonserver", 8000),
    KnownServer("LiteLLM", r"litellm", 4000),
    KnownServer("Xinference", r"xinference(-local|-supervisor)?", 9997),
    KnownServer("KoboldCpp", r"koboldcpp.*", 5001),
    KnownServer("Tabby", r"tabby serve", 8080),
    KnownServer("TabbyAPI", r"tabbyapi.*", 5000),
    KnownServer("text-generation-webui", r"text-generation-webui.*", 5000),
    KnownServer("LMDeploy", r"lmdeploy serve|lmdeploy\.serve.*", 23333),
    KnownServer("MLX", r"mlx_lm[._]server", 8080),
    KnownServer("Aphrodite", r"aphrodite( run|\.endpoints\..*)", 2242),
    KnownServer("mistral.rs", r"mistralrs(-server)?", 1234),
    KnownServer("FastChat", r"fastchat\.serve\..*", 8000),
    KnownServer("OpenLLM", r"openllm (start|serve)", 3000),
    KnownServer("Jan", r"cortex(-server)?|jan-server", 1337),
)

_BEGINNINGS = (
    "aphrodite", "cortex", "fastchat", "jan", "koboldcpp", "litellm", "llama", "llmster", "lm", "local",
    "mistralrs", "mlx", "ollama", "openllm", "sglang", "tabby", "tensorrt", "text-generation", "triton",
    "trtllm", "vllm", "xinference",
)  # fmt: skip
"""One of these begins whatever a pattern of ``KNOWN_SERVERS`` matches."""


def recognise(command: Sequence[str]) -> KnownServer | None:
    """Return which model server a command line is; a shell, editor or search that only names one is none."""
    arguments = _without_interpreter(command)
    if not arguments:
        return None
    path, _, program = arguments[0].replace("\\", "/").rpartition("/")
    stem = program.removesuffix(".exe").removesuffix(".py")
    second = next((argument for argument in arguments[1:] if not argument.startswith("-")), "")
    names = {stem.lower(), f"{stem} {second}".lower()}
    if stem in _GENERIC_SCRIPTS:
        names.add(path.rpartition("/")[2].lower())
    likely = [name for name in names if name.startswith(_BEGINNINGS)]
    if not likely:
        return None  # as nearly every process is: no pattern is worth making for it
    return next(
        (known for known in KNOWN_SERVERS if any(re.fullmatch(known.program, name) for name in likely)), None
    )


def port_argument(arguments: Sequence[str]) -> int | None:
    """Return the port that a command line names."""
    return read_whole(_option(arguments, _PORT_OPTIONS) or "", largest=65_535) or None


def model_argument(arguments: Sequence[str]) -> str | None:
    """Return the model that a command line names."""
    named = _option(arguments, _MODEL_OPTIONS)
    if named is None and "serve" in arguments:
        following = arguments[list(arguments).index("serve") + 1 :]
        named = next((argument for argument in following[:1] if not argument.startswith("-")), None)
    return named


def _option(arguments: Sequence[str], names: Sequence[str]) -> str | None:
    for position, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name in names and equals:
            return value
        if argument in names and position + 1 < len(arguments) and not _is_module_flag(arguments, position):
            return arguments[position + 1]
    return None


def _is_module_flag(arguments: Sequence[str], position: int) -> bool:
    """``python -m module`` is no model."""
    return (
        arguments[position] == "-m"
        and position > 0
        and _INTERPRETERS.fullmatch(arguments[position - 1].rpartition("/")[2]) is not None
    )


def _without_interpreter(arguments: Sequence[str]) -> Sequence[str]:
    """Drop what only starts the program: ``/usr/bin/python3 -u -m``, ``uv run``, ``sudo``, ``env A=b``."""
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
