"""Detects the state of a server's model: loading, failed to load, or its engine has died.

The messages for these three states are similar ("Loading model", "Error loading model"), so they are
distinguished only here. From the sources of llama.cpp, vLLM, SGLang, TGI, Ollama, LocalAI and Triton, the
documentation of LM Studio and Hugging Face, and public bug reports.
"""

from __future__ import annotations

from tui.core.lazy_pattern import lazy_pattern
from tui.wire.error_body import ErrorBody, read_error_body

_POLLED = (425, 429, 500, 503)
"""HTTP statuses for a model that will soon be ready; 200 for an error inside a stream."""

_READ = 2_000
"""Characters that are searched: a message, not a traceback."""

_THING = r"(?:model|weights?|checkpoint|gguf|safetensors|engine|backend|runner|shard|llm)s?\b"
_FAILS = r"(?:fail(?:s|ed|ure|ing)?|unable|unsuccessful|could(?: not|n't)|can(?:not| not|'t)|error|exception)"
_REQUEST_DATA = r"(?:image|audio|video|picture|media|attachment|document|tool|plugin|url)s?\b"
"""Content of a request: an error about loading such content is not about the model."""

_BETWEEN = (
    r"(?: (?:to|of|in|on|at|be|been|being|while|when|during|occurred|happened|dynamically|automatically"
    r"|properly|correctly|the|model|weights))*"
)
_LOADS = r"(?:(?:re|pre)?load(?:ed|ing)?|initiali[sz](?:e|ed|ing|ation))\b"
_LOAD_FAILED = lazy_pattern(
    rf"{_FAILS}{_BETWEEN} {_LOADS}(?!.{{0,30}}{_REQUEST_DATA}).{{0,60}}?{_THING}"
    rf"|{_FAILS} (?:to )?start .{{0,30}}?{_THING}"
    rf"|{_THING}.{{0,120}}?{_FAILS}{_BETWEEN} {_LOADS}"
    rf"|{_THING} (?:could|can)(?: not|n't|not) be {_LOADS}"
    rf"|{_THING} load(?:ing)?(?: has| was)? (?:fail|error|abort)"
    rf"|load(?:ing)? (?:of )?(?:the )?{_THING}.{{0,80}}?\b(?:fail|error|abort)"
    r"|runner process (?:has terminated|no longer running)|timed out waiting for .{0,20}runner"
    r"|no such file.{0,200}?\.(?:gguf|safetensors|bin|pt|pth|json)\b"
    r"|requires more (?:system |gpu |video )?memory"
)
_FAILED_TO_LOAD = lazy_pattern(rf"{_FAILS}{_BETWEEN} load(?:ing)?\b(?!.{{0,30}}{_REQUEST_DATA})|no such file")
"""Sufficient if the server reports an internal error."""
_ENGINE_DIED = lazy_pattern(
    r"engine ?(?:core|loop|process)?\b.{0,30}?(?:encountered an issue|is dead|died|crashed|terminated)"
    r"|enginedeaderror|background loop (?:has errored|is not running|is stopped)"
    r"|(?:scheduler|worker|backend|model) process(?:es)? .{0,20}?(?:died|crashed|exited|terminated)"
    r"|model runner has (?:unexpectedly )?(?:stopped|crashed|died|exited)"
)
_OUT_OF_MEMORY = lazy_pattern(
    r"out of (?:\w+ )?memory|outofmemory|not enough (?:\w+ )?memory|insufficient (?:\w+ )?memory"
    r"|cuda (?:runtime )?error|hip error|cublas|cudnn_status|nccl error"
)
_LOADING = lazy_pattern(
    rf"(?:still|being|is|currently|are) (?:currently |still |being )*(?:loading|warming up)"
    rf"|(?:still|is|currently|are) being (?:loaded|warmed)|\bloading (?:the )?{_THING}"
    rf"|{_THING}.{{0,40}}?\b(?:is|are) (?:still |currently )?(?:starting|initiali[sz]ing|not ready)"
    r"|server is (?:still )?(?:starting|initiali[sz]ing|warming up)|warming up|^loading\W*$"
)


def find_load_state(status: int, body: ErrorBody, wording: str) -> str | None:
    """Return ``loading``, ``load-failed``, ``backend-crashed``, ``server-error`` (no memory), or ``None``.

    Args:
        status: the status of the reply or in its body; below 400 for an error inside a stream.
        wording: the message in lower case.
    """
    if body.is_html:
        return None
    wording = wording[:_READ]
    is_own_fault = status >= 500 or status < 400
    if _ENGINE_DIED.search(wording):
        return "backend-crashed"
    if _LOAD_FAILED.search(wording) or (is_own_fault and _FAILED_TO_LOAD.search(wording)):
        return "load-failed"
    if _OUT_OF_MEMORY.search(wording):
        return "server-error"
    if (status in _POLLED or status < 400) and _is_loading(body, wording):
        return "loading"
    return None


def _is_loading(body: ErrorBody, wording: str) -> bool:
    return "estimated_time" in body.fields or _LOADING.search(wording) is not None


def says_loading(status: int, body: bytes) -> str | None:
    """Return the message of a health route that the model is loading, or ``None``."""
    read = read_error_body(body[:4_000].decode("utf-8", "replace"))
    stated = read.fields.get("status")
    message = read.message or (stated if isinstance(stated, str) else "")
    if status >= 400 and status not in _POLLED:
        return None
    return message if find_load_state(200, read, message.lower()) == "loading" else None
