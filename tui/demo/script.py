"""Selects the text of a demo model's answer, and splits it into tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tui.core.lazy_dataclass import dataclass
from tui.demo import said
from tui.demo.bench_script import bench_script
from tui.demo.tokens import tokenise

REASONER = "demo-reasoner"
PLAIN = "demo-plain"
HOSTILE = "demo-hostile"
EMBEDDER = "demo-embedding"
"""Creates embeddings, never chats."""
MODELS = (REASONER, PLAIN, HOSTILE)
"""The chat models, the default first. ``bench-…`` names are answered, but not listed."""

_QUOTED_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Script:
    """A complete reply, split into tokens."""

    reasoning: tuple[str, ...]
    answer: tuple[str, ...]
    rate: float | None = None
    """Tokens per second from the model's name; ``None`` uses the server's rate."""
    marker: str = ""
    """The last word of a benchmark's answer, from its prompt."""


def script_for(model: str, messages: Sequence[Mapping[str, object]], *, thinks: bool = True) -> Script | None:
    """Return a model's answer to a conversation, or ``None`` for an unknown model.

    If the conversation ends with the beginning of the answer (a request to continue), return the rest.
    """
    prompts = [text_of(message) for message in messages if message.get("role") == "user"]
    prompt = prompts[-1] if prompts else ""
    if (bench := bench_script(model, prompt)) is not None:
        return Script(bench.reasoning, bench.answer, bench.rate, bench.marker)
    if model not in MODELS:
        return None
    reasoning, answer = _texts(model, prompt, len(prompts))
    quote = _quoted(prompt)
    reasoning, answer = reasoning.replace("{quote}", quote), answer.replace("{quote}", quote)
    begun = text_of(messages[-1]) if messages and messages[-1].get("role") == "assistant" else ""
    if begun and answer.startswith(begun):
        return Script((), tokenise(answer[len(begun) :]))
    return Script(tokenise(reasoning) if thinks else (), tokenise(answer))


def text_of(message: Mapping[str, object]) -> str:
    """Return the text of a message, whose content is a string or a list of parts."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    return ""


def _texts(model: str, prompt: str, turn: int) -> tuple[str, str]:
    """Select reasoning and answer by model, then by a word of the prompt, then by turn."""
    if model == PLAIN:
        return said.text("plain")
    if model == HOSTILE:
        return said.HOSTILE_REASONING, said.HOSTILE_ANSWER
    words = set(re.findall(r"\w+", prompt.lower()))
    by_turn = _BY_TURN[(max(turn, 1) - 1) % len(_BY_TURN)]
    return said.text(next((name for name, keywords in _BY_KEYWORD.items() if words & keywords), by_turn))


def _quoted(prompt: str) -> str:
    """Return the beginning of a prompt as inline code, whatever it contains."""
    line = " ".join(prompt.split()).replace("`", "'")
    line = "".join(character if character.isprintable() else "·" for character in line)
    shortened = line if len(line) <= _QUOTED_CHARACTERS else f"{line[: _QUOTED_CHARACTERS - 1]}…"
    return f"`{shortened}`" if shortened else "nothing"


_BY_KEYWORD = {
    "code": {"code", "python", "function", "program"},
    "compare": {"compare", "comparison", "table", "versus"},
    "short": {"hello", "hi", "hey", "ping"},
}
_BY_TURN = ("tour", "compare", "code")
