"""How servers name the abilities that they refuse, and how models write tool calls as text; lower case."""

from __future__ import annotations

from tui.core.lazy_pattern import lazy_pattern

SYSTEM = lazy_pattern(r"\bsystem\b|\brole\b|(?:system|developer)[_ ]?instruction")
TOOLS = lazy_pattern(r"\btools?\b|\btool[-_ ](?:choice|call|use)|\bfunction[ _-]?call")
TOOLS_KNOWN = lazy_pattern(r"--jinja")
"""llama.cpp before templates were enabled by default: ``tools param requires --jinja flag``, with status
500."""
TEXT_CALL = lazy_pattern(
    r"<tool_call>|<\|?tool▁?_?calls?|<｜tool|\[tool_calls\]|<\|python_tag\|>|<function[=_]|to=functions\."
    r"|\"(?:name|function)\"\s*:\s*\"get_time\"|^\s*\[?get_time\("
)
"""A tool call in the syntax of the models' templates, which the server should have parsed."""
RESPONSE_FORMAT = lazy_pattern(
    r"response[_ ]?format|json[_ ]?(?:object|schema|mode)|grammar|guided|structured|schema"
)
LOGPROBS = lazy_pattern(r"log_?probs?|logprob|log prob")
N = lazy_pattern(
    r"\bn\b|\bbest_of\b|(?:number of|multiple) (?:choices|completions|candidates)|candidate_?count"
)
"""Gemini calls choices candidates."""
SEED = lazy_pattern(r"\bseed\b")
STOP = lazy_pattern(r"\bstop\b|stop[_ ]?sequences?")
MAX_TOKENS = lazy_pattern(r"max_?(?:completion_?|new_?|output_?)?tokens|token limit")
VISION = lazy_pattern(
    r"\bimages?\b|image_url|vision|multi-?modal|only supports? text|mmproj|content.{0,20} must be a string"
)
VISION_KNOWN = lazy_pattern(r"mmproj|image input is not supported")
"""llama.cpp's messages with status 500."""
CONTINUE = lazy_pattern(
    r"assistant|last message|final message|prefill|continue_final_message|add_generation_prompt|\brole\b"
)
EMBEDDINGS = lazy_pattern(r"embedding|pooling")
RERANK = lazy_pattern(r"re-?rank|score api|cross-?encoder")
COMPLETIONS = lazy_pattern(r"/completions|\bcompletions?\b|\bprompt\b")
RESPONSES = lazy_pattern(r"/responses|\bresponses\b")
MESSAGES = lazy_pattern(r"/messages|\bmessages\b|anthropic")
ANY = lazy_pattern(r"")
"""For a request with only one additional field: any refusal is about it."""
NOTHING = lazy_pattern(r"(?!)")
"""For a request that contains nothing to refuse."""
