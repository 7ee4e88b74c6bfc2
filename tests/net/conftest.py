"""Fixtures of the network's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.chatting import Chatter
from tui.net.client import ClientFactory


@pytest.fixture
async def factory() -> AsyncIterator[ClientFactory]:
    made = ClientFactory({})
    made.warm()
    yield made
    await made.aclose()


@pytest.fixture
def chat(factory: ClientFactory) -> Chatter:
    return Chatter(factory)
