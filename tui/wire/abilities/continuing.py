"""The test of continuing an answer: the last message is an unfinished assistant message.

llama.cpp continues by default and returns prefix and rest; vLLM needs two flags and returns only the rest.
"""

from __future__ import annotations

from tui.core.abilities import Finding, Outcome
from tui.texts import abilities as texts
from tui.wire.abilities import prompts, words
from tui.wire.abilities.refusal import judge_chat, judge_empty
from tui.wire.abilities.reply import Reply, ignored, shown, yes

MAX_TOKENS = 6
Messages = list[dict[str, object]]


def messages() -> Messages:
    """Return a conversation that ends in the middle of an answer."""
    return [
        {"role": "user", "content": prompts.WEEKDAYS},
        {"role": "assistant", "content": prompts.BEGUN},
    ]


def flags() -> dict[str, object]:
    """Return the fields that ask vLLM and SGLang to continue."""
    return {"continue_final_message": True, "add_generation_prompt": False}


def has_text(reply: Reply) -> bool:
    """Return whether there is any text; a few tokens are enough for a verdict."""
    return bool(reply.content.strip())


def judge(reply: Reply) -> Finding:
    """Judge whether a reply continues the answer, with or without repeating the prefix."""
    finding = judge_chat(reply, words.CONTINUE)
    if finding is not None:
        return finding
    content = reply.content
    repeats = content.startswith(prompts.BEGUN)
    rest = content.removeprefix(prompts.BEGUN)
    if rest.lstrip().startswith(prompts.REST):
        return yes((texts.REPEATED if repeats else texts.CONTINUED).format(text=shown(rest)))
    return judge_empty(reply) or ignored(texts.BEGUN_ANEW.format(text=shown(content)))


def join(alone: Finding, flagged: Finding) -> Finding:
    """Combine the results of the requests without and with the flags."""
    if flagged.outcome is Outcome.YES:
        return yes(texts.WITH_FLAG.format(evidence=flagged.evidence))
    return alone
