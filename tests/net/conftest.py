"""Fixtures for tests of the network."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support import certificates
from tests.support.chatting import Chatter
from tui.net.client import ClientFactory


@pytest.fixture
async def factory() -> AsyncIterator[ClientFactory]:
    # A single authority, which signed nothing: the system's hundreds take longer to load than a test.
    made = ClientFactory({"SSL_CERT_FILE": str(certificates.CLIENT)})
    made.warm()
    yield made
    await made.aclose()


@pytest.fixture
def chat(factory: ClientFactory) -> Chatter:
    return Chatter(factory)
