"""How a server is told to think, not to think, or how hard: one setting, many forms.

From the servers' request models (vLLM 0.33, SGLang 0.5.23, llama.cpp, Ollama, TensorRT-LLM,
xinference) and the services' documents. Nothing is sent while the setting is unset.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from tui.core.provider import Thinking
from tui.wire.servers import ServerKind


class ThinkingForm(StrEnum):
    """The forms, named after the field that carries the setting."""

    EFFORT = "reasoning_effort"
    TEMPLATE = "chat_template_kwargs"
    SWITCH = "enable_thinking"
    TYPE = "thinking"
    OBJECT = "reasoning"
    PROMPT_MODE = "prompt_mode"
    NONE = "none"


THINKING_FIELDS = frozenset(form.value for form in ThinkingForm if form is not ThinkingForm.NONE)
"""Every top-level field that any form sends."""

_FORMS: Mapping[ServerKind | None, tuple[ThinkingForm, ...]] = {
    None: (ThinkingForm.EFFORT, ThinkingForm.TEMPLATE),
    ServerKind.VLLM: (ThinkingForm.TEMPLATE, ThinkingForm.EFFORT),
    ServerKind.SGLANG: (ThinkingForm.TEMPLATE, ThinkingForm.EFFORT),
    ServerKind.LLAMA_CPP: (ThinkingForm.TEMPLATE, ThinkingForm.EFFORT),
    ServerKind.INFINI_AI: (ThinkingForm.TEMPLATE,),
    ServerKind.LM_STUDIO: (ThinkingForm.EFFORT,),
    ServerKind.LOCALAI: (ThinkingForm.EFFORT,),
    ServerKind.OLLAMA: (ThinkingForm.EFFORT,),
    ServerKind.TGI: (),
    ServerKind.TENSORRT_LLM: (ThinkingForm.EFFORT, ThinkingForm.TEMPLATE),
    ServerKind.LITELLM: (ThinkingForm.EFFORT, ThinkingForm.TEMPLATE),
    ServerKind.OPENROUTER: (ThinkingForm.OBJECT,),
    ServerKind.DEEPSEEK: (ThinkingForm.TYPE,),
    ServerKind.OPENAI: (ThinkingForm.EFFORT,),
    ServerKind.AZURE: (ThinkingForm.EFFORT,),
    ServerKind.DASHSCOPE: (ThinkingForm.SWITCH,),
    ServerKind.MISTRAL: (ThinkingForm.PROMPT_MODE, ThinkingForm.EFFORT),
    ServerKind.MOONSHOT: (ThinkingForm.TYPE,),
    ServerKind.XINFERENCE: (ThinkingForm.SWITCH,),
}
"""For each server its forms in the order in which they are tried: the next where one is refused."""

_NO_MINIMAL = (ServerKind.OLLAMA, ServerKind.TENSORRT_LLM, ServerKind.DEEPSEEK, ServerKind.MOONSHOT)
_EFFORTS = frozenset({Thinking.MINIMAL, Thinking.LOW, Thinking.MEDIUM, Thinking.HIGH})


def forms_of(server: ServerKind | None) -> tuple[ThinkingForm, ...]:
    """Return the forms that a server is told in, in the order in which they are tried."""
    return _FORMS[server]


def thinking_fields(
    thinking: Thinking | None,
    server: ServerKind | None,
    model: str,
    refused: Collection[str] = (),
) -> dict[str, object]:
    """Return the top-level fields of a request that carry the setting, without those in ``refused``."""
    if thinking is None:
        return {}
    for form in forms_of(server):
        fields = _fields(form, thinking, server, model)
        if form.value not in refused:
            return {name: value for name, value in fields.items() if name not in refused}
    return {}


def _fields(
    form: ThinkingForm, thinking: Thinking, server: ServerKind | None, model: str
) -> dict[str, object]:
    is_on = thinking is not Thinking.OFF
    effort = _effort(thinking, server)
    with_effort: dict[str, object] = {"reasoning_effort": effort} if thinking in _EFFORTS else {}
    if form is ThinkingForm.EFFORT:
        return {"reasoning_effort": effort}
    if form is ThinkingForm.TEMPLATE:
        # Qwen's templates read one of the names, those of DeepSeek and Kimi the other; both ignore the rest.
        return {"chat_template_kwargs": {"enable_thinking": is_on, "thinking": is_on}} | with_effort
    if form is ThinkingForm.SWITCH:
        return {"enable_thinking": is_on}
    if form is ThinkingForm.OBJECT:
        return {"reasoning": {"enabled": True} if thinking is Thinking.ON else {"effort": effort}}
    if form is ThinkingForm.TYPE:
        return _type_fields(is_on, with_effort, server, model)
    return _mistral_fields(thinking, is_on, model)


def _type_fields(
    is_on: bool, with_effort: dict[str, object], server: ServerKind | None, model: str
) -> dict[str, object]:
    if server is ServerKind.MOONSHOT:
        if "k3" in model:  # cannot be switched off; takes an effort only
            return with_effort
        with_effort = {}
    return {"thinking": {"type": "enabled" if is_on else "disabled"}} | with_effort


def _mistral_fields(thinking: Thinking, is_on: bool, model: str) -> dict[str, object]:
    """Return Mistral's form: magistral models know a prompt mode, newer ones an effort of high or none."""
    if model.startswith("magistral"):
        return {"prompt_mode": "reasoning"} if is_on else {}
    if thinking is Thinking.OFF:
        return {}
    return {"reasoning_effort": "high"}


def _effort(thinking: Thinking, server: ServerKind | None) -> str:
    if thinking is Thinking.OFF:
        return "none"
    if thinking is Thinking.ON:
        return "medium"
    if thinking is Thinking.MINIMAL and server in _NO_MINIMAL:
        return "low"
    return thinking.value
