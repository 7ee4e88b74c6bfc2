"""Checks of providers: their input, and the stored results."""

from __future__ import annotations

from dataclasses import replace

from tests.support.fake_api import Embedder, FakeApi, model_list
from tests.support.fault_server import FaultServer
from tui.core.api_key_reference import ApiKeyKind, ApiKeyReference
from tui.core.check_options import CheckOptions
from tui.core.diagnosis import CHAT_CHECKS, CheckId, CheckResult
from tui.core.provider import Category, Provider
from tui.runtime.diagnosing import ProviderCheck
from tui.runtime.past_checks import past_checks
from tui.runtime.runtime import Runtime

QUICK = CheckOptions(is_quick=True)


def provider_at(url: str, **changes: object) -> Provider:
    return replace(Provider("p", provider_url=url, model="m"), **changes)  # type: ignore[arg-type]


async def test_a_check_joins_the_history_of_its_endpoint(runtime: Runtime) -> None:
    api = FakeApi(models=model_list("m", "old"))
    with FaultServer(api) as server:
        provider = provider_at(server.base_url)
        first = ProviderCheck(runtime, provider, options=QUICK)
        assert (await first.run()).changes == ()
        api.models = model_list("m", "new")
        second = ProviderCheck(runtime, provider, options=QUICK)
        report = await second.run()
    assert report.changes == ("no longer served: old", "newly served: new")
    assert len(first.history) == 1
    assert [record.models for record in second.history] == [("m", "old"), ("m", "new")]
    assert past_checks(runtime.endpoint_memory, provider) == second.history
    assert past_checks(runtime.endpoint_memory, provider_at("http://127.0.0.1:1/v1")) == ()


async def test_an_outage_is_no_change_of_the_server(runtime: Runtime) -> None:
    with FaultServer(FakeApi(models=model_list("m"))) as server:
        provider = provider_at(server.base_url)
        await ProviderCheck(runtime, provider, options=QUICK).run()
    assert not (await ProviderCheck(runtime, provider, options=QUICK).run()).ok
    with FaultServer(FakeApi(models=model_list("m", "n"))) as server:
        history = past_checks(runtime.endpoint_memory, provider)
        again = provider_at(server.base_url)
        for record in history:
            runtime.endpoint_memory.add_checks([(server.base_url, record.to_json())])
        report = await ProviderCheck(runtime, again, options=QUICK).run()
    assert report.changes == ("newly served: n",)


async def test_another_model_is_not_compared(runtime: Runtime) -> None:
    with FaultServer(FakeApi(models=model_list("m", "n"))) as server:
        provider = provider_at(server.base_url)
        await ProviderCheck(runtime, provider, options=QUICK).run()
        other = ProviderCheck(runtime, provider, options=replace(QUICK, model="n"))
        assert (await other.run()).model == "n"
        assert other.history[-1].model == "n"


async def test_what_is_not_to_be_remembered_is_not(runtime: Runtime) -> None:
    with FaultServer(FakeApi()) as server:
        provider = provider_at(server.base_url)
        await ProviderCheck(runtime, provider, options=replace(QUICK, is_remembered=False)).run()
    assert past_checks(runtime.endpoint_memory, provider) == ()


async def test_a_key_that_cannot_be_had_is_a_report_and_no_request(runtime: Runtime) -> None:
    key = ApiKeyReference(ApiKeyKind.ENVIRONMENT, "NOT_SET")
    seen: list[CheckResult] = []
    with FaultServer(FakeApi()) as server:
        provider = provider_at(server.base_url, api_key=key)
        check = ProviderCheck(runtime, provider, options=QUICK, on_result=seen.append)
        report = await check.run()
        assert server.requests == []
    assert report.verdict is not None
    assert (report.verdict.id, report.verdict.cause) == (CheckId.ENVIRONMENT, "key-unavailable")
    assert [result.id for result in seen] == list(CHAT_CHECKS)


async def test_a_wrong_url_comes_before_a_missing_key(runtime: Runtime) -> None:
    key = ApiKeyReference(ApiKeyKind.ENVIRONMENT, "NOT_SET")
    report = await ProviderCheck(runtime, provider_at("ftp://127.0.0.1", api_key=key), options=QUICK).run()
    assert report.verdict is not None
    assert report.verdict.cause == "url-bad-scheme"


async def test_the_key_of_a_form_is_used_in_place_of_the_saved_one(runtime: Runtime) -> None:
    with FaultServer(FakeApi(key="Bearer typed-key-0001")) as server:
        provider = provider_at(server.base_url)
        report = await ProviderCheck(runtime, provider, "typed-key-0001", QUICK).run()
    assert report.ok
    assert "typed-key-0001" not in repr(report)


async def test_a_built_in_provider_is_started_and_its_port_is_no_new_endpoint(runtime: Runtime) -> None:
    said: list[str] = []
    demo = runtime.directory.get("demo")
    check = ProviderCheck(runtime, demo, options=QUICK, on_progress=said.append)
    assert (await check.run()).ok
    assert said[0] == "Starting Demo."
    assert len(past_checks(runtime.endpoint_memory, demo)) == 1


async def test_an_embedding_model_gets_no_chat(runtime: Runtime) -> None:
    with FaultServer(FakeApi(models=model_list("m"), embeddings=Embedder())) as server:
        provider = provider_at(server.base_url, category=Category.EMBEDDING)
        report = await ProviderCheck(runtime, provider).run()
        posts = [request.split(b" ")[1] for request in server.requests if request.startswith(b"POST")]
    assert set(posts) == {b"/v1/embeddings"}
    assert report.ok


async def test_a_check_that_never_ran_can_be_told(runtime: Runtime) -> None:
    report = ProviderCheck(runtime, provider_at("http://127.0.0.1:1/v1")).interrupted()
    assert (report.exit_code, report.url, report.results) == (130, "http://127.0.0.1:1/v1", ())
