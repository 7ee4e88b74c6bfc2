"""The test of the system prompt."""

from __future__ import annotations

from tui.core.abilities import Ability, AbilityCost, Finding
from tui.net.probe.deep.ability import AbilityTest
from tui.net.probe.deep.talk import Talk
from tui.texts import abilities as texts
from tui.wire.abilities import system
from tui.wire.abilities.reply import LONGER, has_same_prompt, ignored


async def _run(talk: Talk) -> Finding:
    reply = await talk.chat(system.messages(), system.MAX_TOKENS)
    if reply.wants_more_tokens:
        reply = await talk.chat(system.messages(), LONGER)
    if not system.lacks_word(reply):
        return system.judge(reply)
    if has_same_prompt(reply, await talk.chat(system.plain_messages(), 1)):
        return ignored(texts.SYSTEM_DROPPED)
    return system.judge(await talk.chat(system.messages(), LONGER) if reply.is_cut else reply)


SYSTEM = AbilityTest(Ability.SYSTEM, AbilityCost(1, system.MAX_TOKENS, LONGER + 1, 40), _run)
