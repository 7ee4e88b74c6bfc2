"""Determines whether and how past reasoning is sent with the next prompt.

Most servers ignore it; Mistral rejects the field; DeepSeek and Moonshot require it in tool loops.
"""

from __future__ import annotations

from collections.abc import Mapping

from tui.core.chat import Message, Role
from tui.core.provider import ReasoningReplay
from tui.wire.content import content_of
from tui.wire.server_quirks import ServerQuirks
from tui.wire.servers import Dialect


def replays_reasoning(policy: ReasoningReplay, quirks: ServerQuirks, server: Dialect) -> bool:
    """Return whether past reasoning is sent: the user's policy, unless the server requires or rejects it."""
    if policy is ReasoningReplay.NEVER or quirks.sends_reasoning is False or server.replay is None:
        return False
    return policy is ReasoningReplay.ALWAYS or quirks.sends_reasoning is True


def past_message(
    message: Message,
    with_reasoning: bool,
    server: Dialect,
    attachments: Mapping[str, bytes],
    *,
    has_images: bool = True,
) -> dict[str, object]:
    """Return one message as sent."""
    sent: dict[str, object] = {
        "role": message.role.value,
        "content": content_of(message.content, attachments, has_images=has_images),
    }
    if not with_reasoning or not message.reasoning or message.role is not Role.ASSISTANT:
        return sent
    if server.replay == "content":
        thinking = {"type": "thinking", "thinking": [{"type": "text", "text": message.reasoning}]}
        sent["content"] = [thinking, {"type": "text", "text": message.content.text}]
    elif server.replay is not None:
        sent[server.replay] = message.reasoning
    return sent
