"""How a request controls thinking: one setting, many forms.

From the servers' request models (vLLM 0.33, SGLang 0.5.23, llama.cpp, Ollama, TensorRT-LLM, xinference) and
the documentation of services. Which server accepts which: ``wire.dialects``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Thinking

_EFFORTS = frozenset({Thinking.MINIMAL, Thinking.LOW, Thinking.MEDIUM, Thinking.HIGH})


@dataclass(frozen=True, slots=True)
class ThinkingForm:
    """A form, named after the top-level field that carries the setting."""

    field: str
    fields: Callable[[Thinking, str, str], dict[str, object]]
    """Returns the fields to send, given the setting, its name as an effort, and the model."""
    shown: str = ""
    """How it is written in docs/dialects.md, if not by the field's name."""


def effort_of(thinking: Thinking, efforts: Mapping[str, str]) -> str:
    """Return the reasoning effort for a setting; ``efforts`` maps unsupported ones to replacements."""
    word = {Thinking.OFF: "none", Thinking.ON: "medium"}.get(thinking, thinking.value)
    return efforts.get(word, word)


def _with_effort(thinking: Thinking, effort: str) -> dict[str, object]:
    return {"reasoning_effort": effort} if thinking in _EFFORTS else {}


def _template(thinking: Thinking, effort: str, model: str) -> dict[str, object]:
    # Qwen's templates use one of the names, those of DeepSeek and Kimi the other; both ignore the rest.
    is_on = thinking is not Thinking.OFF
    switch = {"enable_thinking": is_on, "thinking": is_on}
    return {"chat_template_kwargs": switch} | _with_effort(thinking, effort)


def _object(thinking: Thinking, effort: str, model: str) -> dict[str, object]:
    return {"reasoning": {"enabled": True} if thinking is Thinking.ON else {"effort": effort}}


def _type(thinking: Thinking, effort: str, model: str) -> dict[str, object]:
    return {"thinking": {"type": "disabled" if thinking is Thinking.OFF else "enabled"}}


def _kimi(thinking: Thinking, effort: str, model: str) -> dict[str, object]:
    """Kimi K3 cannot be switched off and only accepts an effort; other models accept none."""
    return _with_effort(thinking, effort) if "k3" in model else _type(thinking, effort, model)


def _mistral(thinking: Thinking, effort: str, model: str) -> dict[str, object]:
    """Mistral's form: magistral models have a prompt mode, newer ones an effort of high or none."""
    if thinking is Thinking.OFF:
        return {}
    return {"prompt_mode": "reasoning"} if model.startswith("magistral") else {"reasoning_effort": "high"}


EFFORT = ThinkingForm("reasoning_effort", lambda thinking, effort, model: {"reasoning_effort": effort})
TEMPLATE = ThinkingForm("chat_template_kwargs", _template)
SWITCH = ThinkingForm(
    "enable_thinking", lambda thinking, effort, model: {"enable_thinking": thinking is not Thinking.OFF}
)
TYPE = ThinkingForm(
    "thinking",
    lambda thinking, effort, model: _type(thinking, effort, model) | _with_effort(thinking, effort),
    "thinking: {type}",
)
KIMI = ThinkingForm("thinking", _kimi, "thinking: {type}")
OBJECT = ThinkingForm("reasoning", _object, "reasoning: {effort}")
PROMPT_MODE = ThinkingForm("prompt_mode", _mistral)
