"""The test of the system prompt."""

from __future__ import annotations

from tui.core.abilities import Finding
from tui.texts import abilities as texts
from tui.wire.abilities import prompts, words
from tui.wire.abilities.refusal import judge_chat, judge_empty
from tui.wire.abilities.reply import Reply, ignored, not_finished, shown, yes

MAX_TOKENS = 12
Messages = list[dict[str, object]]


def messages() -> Messages:
    """Return a question to which the system prompt dictates a different answer."""
    return [{"role": "system", "content": prompts.SYSTEM}, *plain_messages()]


def plain_messages() -> Messages:
    """Return only the question, to count its prompt tokens."""
    return [{"role": "user", "content": prompts.CAPITAL}]


def lacks_word(reply: Reply) -> bool:
    """Return whether an answer does not contain the word, or not yet."""
    if judge_chat(reply, words.SYSTEM) is not None or prompts.WORD in reply.content.lower():
        return False
    return reply.is_cut or judge_empty(reply) is None


def judge(reply: Reply) -> Finding:
    """Judge a reply to ``messages``."""
    finding = judge_chat(reply, words.SYSTEM)
    if finding is not None:
        return finding
    if prompts.WORD in reply.content.lower():
        return yes(texts.FOLLOWS)
    if reply.is_cut:
        return not_finished()
    return judge_empty(reply) or ignored(texts.NOT_FOLLOWED.format(text=shown(reply.content)))
