"""The test of cached token counts."""

from __future__ import annotations

from tui.core.abilities import Ability, AbilityCost, Finding
from tui.net.probe.deep.ability import AbilityTest
from tui.net.probe.deep.talk import Talk
from tui.texts import abilities as texts
from tui.wire.abilities import cached
from tui.wire.abilities.reply import not_tried


async def _run(talk: Talk) -> Finding:
    window = talk.context.findings.context_window
    if not cached.fits(window):
        return not_tried(texts.SMALL_CONTEXT.format(tokens=window))
    first = await talk.chat(cached.messages(), 1)
    if not first.is_ok:
        return cached.judge([first])
    return cached.judge([first, await talk.chat(cached.messages(), 1)])


USAGE_DETAILS = AbilityTest(Ability.USAGE_DETAILS, AbilityCost(2, 2, 0, 2 * cached.INPUT_TOKENS), _run)
