"""The test of images."""

from __future__ import annotations

from tui.core.abilities import Ability, AbilityCost, Finding
from tui.net.probe.deep.ability import AbilityTest
from tui.net.probe.deep.talk import Talk
from tui.wire.abilities import vision
from tui.wire.abilities.reply import LONGER, Reply


async def _run(talk: Talk) -> Finding:
    replies: list[Reply] = []
    for left, right, word in vision.PICTURES:
        messages = vision.messages(left, right)
        reply = await talk.chat_to_end(messages, vision.MAX_TOKENS, is_enough=vision.names_colour)
        finding = vision.judge_reply(reply)
        if finding is not None:
            return finding
        replies.append(reply)
        if not vision.is_right(reply, word):
            return vision.judge_colours(replies, await talk.chat(vision.plain_messages(), 1))
    return vision.judge_colours(replies, None)


VISION = AbilityTest(Ability.VISION, AbilityCost(2, 2 * vision.MAX_TOKENS, 2 * LONGER + 1, 600), _run)
