"""A branch of the client factory has its own connections, and shares the TLS contexts."""

from __future__ import annotations

import threading

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tui.core.chat import Endpoint
from tui.core.provider import TlsSettings
from tui.net.client import ClientFactory
from tui.net.fetch import fetch
from tui.net.tls import PinningSSLContext, build_context


async def test_closing_a_branch_leaves_the_others_their_connections() -> None:
    with FaultServer(FakeApi()) as server:
        endpoint, url = Endpoint(server.base_url), f"{server.base_url}/models"
        factory = ClientFactory({})
        branch = factory.branch()
        first = await fetch(factory, endpoint, url)
        of_branch = await fetch(branch, endpoint, url)
        await branch.aclose()
        again = await fetch(factory, endpoint, url)
        await factory.aclose()
    assert not first.trace.is_reused
    assert not of_branch.trace.is_reused
    assert again.trace.is_reused


async def test_all_branches_have_one_judge_of_certificates() -> None:
    factory = ClientFactory({})
    branches = [factory.branch() for _ in range(3)]
    for branch in branches:
        await branch.prepare(Endpoint("http://127.0.0.1:1/v1"))
        await branch.prepare(Endpoint("http://127.0.0.1:1/v1", tls=TlsSettings(insecure=True)))
    assert len(factory._contexts) == 2
    assert all(branch._contexts is factory._contexts for branch in branches)


def test_the_authorities_are_loaded_once_by_whoever_comes_first() -> None:
    context = build_context(TlsSettings(), {})
    assert isinstance(context, PinningSSLContext)
    loads: list[int] = []
    context.load_authorities = lambda: loads.append(1)
    threads = [threading.Thread(target=context.complete) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == [1]
