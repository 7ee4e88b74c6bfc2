"""The diagnosis screen, by keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.command import CommandList
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.payloads import PAYLOADS
from tests.ui.diagnosis.diagnosis_runtime import (
    ALL_WELL,
    NOTHING_THERE,
    REFUSED,
    DiagnosingRuntime,
    opened,
    text_of,
    toasts,
    works,
)
from tests.ui.fake_runtime import example_providers
from tui.core.api_key_reference import STORED
from tui.core.causes import explain
from tui.core.check_history import CheckRecord
from tui.core.diagnosis import CHAT_CHECKS, CheckId, CheckResult, CheckStatus, Repair, failed
from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.events import StreamFailed
from tui.core.provider import Provider
from tui.core.report_text import LABELS
from tui.core.secret import Secret
from tui.ui.diagnosis.check_list import CheckList
from tui.ui.diagnosis.details import CheckDetailsScreen
from tui.ui.diagnosis.screen import DiagnosisScreen
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.shell.dialogs import ConfirmDialog
from tui.ui.textual_compat.palette import Palette

Until = Callable[..., Awaitable[None]]
SIZES = [(80, 24), (120, 40)]


def subject_of(runtime: DiagnosingRuntime, name: str = "gpu01-vllm", **changes: Any) -> DiagnosisSubject:
    return replace(DiagnosisSubject(runtime.directory.get(name)), **changes)


def screen_of(pilot: Pilot[Any]) -> DiagnosisScreen:
    assert isinstance(pilot.app.screen, DiagnosisScreen)
    return pilot.app.screen


def done(pilot: Pilot[Any]) -> bool:
    screen = pilot.app.screen
    return isinstance(screen, DiagnosisScreen) and not screen.is_checking


def line_of(pilot: Pilot[Any], check: CheckId) -> str:
    return next(line for line in text_of(pilot).splitlines() if LABELS[check] in line[:16])


@pytest.mark.parametrize("size", SIZES)
async def test_all_is_well(runtime: DiagnosingRuntime, size: tuple[int, int], until: Until) -> None:
    async with opened(runtime, DiagnosisScreen(subject_of(runtime)), size) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.pause()
        lines = text_of(pilot).splitlines()
        assert "Diagnosis › gpu01-vllm" in lines[0]
        assert "✓ The endpoint works: vllm 0.32.0 with Qwen/Qwen3-8B" in lines[2]
        assert "14 ok" in text_of(pilot)
        assert "Used 30 tokens" in text_of(pilot)
        for check in CHAT_CHECKS:
            assert line_of(pilot, check).lstrip().startswith("✓")
            assert "ms" in line_of(pilot, check)
        assert not pilot.app.screen._clock, "an idle screen has no timer"  # type: ignore[attr-defined]


async def test_checks_appear_as_they_finish(runtime: DiagnosingRuntime, until: Until) -> None:
    gate = asyncio.Event()
    runtime.steps = (
        works(CheckId.URL),
        works(CheckId.ENVIRONMENT),
        "Waiting for the answer (6 s).",
        gate,
        *ALL_WELL.results[2:],
    )
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: "Waiting for the answer (6 s)." in text_of(pilot))
        assert "Checking: Host name" in text_of(pilot)
        assert "about 60 tokens" in text_of(pilot), "what it costs is said before"
        assert "fine" in line_of(pilot, CheckId.ENVIRONMENT)
        assert line_of(pilot, CheckId.DNS).lstrip().startswith("…")
        assert line_of(pilot, CheckId.SPEED).strip() == "Speed"
        gate.set()
        await until(pilot, lambda: done(pilot))
        assert "fine" in line_of(pilot, CheckId.SPEED)


@pytest.mark.parametrize("size", SIZES)
async def test_a_failure_is_told_in_plain_words_with_what_helps(
    runtime: DiagnosingRuntime, size: tuple[int, int], until: Until
) -> None:
    runtime.report = NOTHING_THERE
    async with opened(runtime, DiagnosisScreen(subject_of(runtime)), size) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        shown = " ".join(text_of(pilot).split())
        assert REFUSED.title in shown
        assert REFUSED.advice in shown
        assert "http://gpu01:8001/v1 answers. Use it?" in shown
        await pilot.press("end")
        await pilot.pause()
        assert "vLLM (pid 4242) listens on port 8001" in text_of(pilot)
        assert "version was 0.31, is now 0.32" in text_of(pilot)


async def test_a_repair_is_applied_and_checked_with_one_key(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.report = replace(
        NOTHING_THERE,
        repairs=(Repair("model", "The server offers other. Use it?", {"compatible_provider": "other"}),),
    )
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        runtime.report = ALL_WELL
        await pilot.press("A")
        await until(pilot, lambda: "The endpoint works" in text_of(pilot))
        assert runtime.directory.get("gpu01-vllm").model == "other"
        assert [asked[0].model for asked in runtime.asked] == ["Qwen/Qwen3-8B", "other"]


async def test_enter_changes_nothing_of_an_endpoint_that_works(
    runtime: DiagnosingRuntime, until: Until
) -> None:
    runtime.report = replace(ALL_WELL, repairs=NOTHING_THERE.repairs)
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CheckDetailsScreen))
        assert len(runtime.asked) == 1


async def test_enter_takes_the_repair_under_the_cursor(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.report = NOTHING_THERE
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        runtime.report = ALL_WELL
        await pilot.press("down", "enter")
        await until(pilot, lambda: "The endpoint works" in text_of(pilot))
        assert runtime.directory.get("gpu01-vllm").model == "other"


@pytest.mark.parametrize(("answer", "url"), [("y", "http://gpu01:8001/v1"), ("n", "http://gpu01:8000/v1")])
async def test_a_key_goes_elsewhere_only_after_a_question(
    runtime: DiagnosingRuntime, until: Until, answer: str, url: str
) -> None:
    runtime.report = NOTHING_THERE
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.press("A")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        assert "http://gpu01:8001" in text_of(pilot)
        await pilot.press(answer)
        await until(pilot, lambda: done(pilot))
        assert runtime.directory.get("gpu01-vllm").provider_url == url
        assert len(runtime.asked) == (2 if answer == "y" else 1)


async def test_a_read_only_provider_offers_a_copy(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.report = NOTHING_THERE
    site = Provider("site", provider_url="http://gpu01:8000/v1", model="m", is_remote=True)
    runtime.store.write([*example_providers(), site])
    async with opened(runtime, DiagnosisScreen(DiagnosisSubject(site))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.press("A")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProviderFormScreen))
        await until(pilot, lambda: "http://gpu01:8001/v1" in text_of(pilot))
        assert "copy of site" in text_of(pilot)
    assert runtime.directory.get("site") == site


async def test_a_built_in_provider_is_checked_as_well(runtime: DiagnosingRuntime, until: Until) -> None:
    async with opened(runtime, DiagnosisScreen(subject_of(runtime, "demo"))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        assert runtime.asked[0][0].name == "demo"


async def test_a_repair_of_unsaved_values_goes_back_to_the_form(
    runtime: DiagnosingRuntime, until: Until
) -> None:
    runtime.report = NOTHING_THERE
    subject = subject_of(runtime, is_saved=False, key_text="k")
    async with opened(runtime, DiagnosisScreen(subject)) as (pilot, results):
        await until(pilot, lambda: done(pilot))
        assert runtime.asked[0][1] == "k"
        assert runtime.asked[0][2].is_remembered is False
        await pilot.press("A")
        await until(pilot, lambda: results)
    assert results == [{"provider_url": "http://gpu01:8001/v1"}]
    assert runtime.directory.get("gpu01-vllm").provider_url == "http://gpu01:8000/v1"


async def test_a_refused_save_is_said(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.report = replace(NOTHING_THERE, repairs=NOTHING_THERE.repairs[1:])
    runtime.store.save_error = explain("store-full", path="/x")
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.press("A")
        await until(pilot, lambda: "full" in toasts(pilot))
        assert len(runtime.asked) == 1


async def test_a_known_failure_is_explained_without_asking(runtime: DiagnosingRuntime, until: Until) -> None:
    known = explain("model-not-found", model="Qwen/Qwen3-8B", closest="Qwen/Qwen3-8B-FP8", status=404)
    async with opened(runtime, DiagnosisScreen(subject_of(runtime, known=known))) as (pilot, _):
        await pilot.pause()
        shown = " ".join(text_of(pilot).split())
        assert known.title in shown
        assert "Nothing was asked again" in shown
        assert "The server offers Qwen/Qwen3-8B-FP8. Use it?" in shown
        assert line_of(pilot, CheckId.AUTH).lstrip().startswith("✓")
        assert line_of(pilot, CheckId.MODELS).lstrip().startswith("✗")
        assert "Skipped" in line_of(pilot, CheckId.CHAT)
        assert runtime.asked == []
        await pilot.press("r")
        await until(pilot, lambda: "The endpoint works" in text_of(pilot))
        assert len(runtime.asked) == 1


async def test_escape_stops_then_leaves(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.steps = (works(CheckId.URL), asyncio.Event())
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, results):
        await until(pilot, lambda: "Checking: Environment" in text_of(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "Stopped" in text_of(pilot))
        await until(pilot, lambda: runtime.checks[0].was_cancelled)
        assert "fine" in line_of(pilot, CheckId.URL)
        assert results == []
        await pilot.press("escape")
        await until(pilot, lambda: results)
        assert results == [None]


async def test_leaving_while_it_runs_cancels_it(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.steps = (asyncio.Event(),)
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        pilot.app.pop_screen()
        await until(pilot, lambda: runtime.checks[0].was_cancelled)


async def test_again_starts_from_the_beginning(runtime: DiagnosingRuntime, until: Until) -> None:
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.press("r")
        await until(pilot, lambda: len(runtime.asked) == 2 and done(pilot))


async def test_details_show_what_was_sent_and_seen(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.report = replace(NOTHING_THERE, repairs=())
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CheckDetailsScreen))
        await until(pilot, lambda: "GET http://gpu01:8000/v1/models" in text_of(pilot))
        assert "connection-refused" in text_of(pilot)
        assert "OSError: [Errno 111]" in text_of(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiagnosisScreen))


async def test_no_key_reaches_the_details_or_a_copy(runtime: DiagnosingRuntime, until: Until) -> None:
    key = Secret("sk-very-secret-key-0001")
    runtime.redactor.add(key)
    leaking = replace(REFUSED, facts=(f"sent {key.reveal()}",), details=(key.reveal(),))
    runtime.report = replace(
        NOTHING_THERE, results=(leaking,), repairs=(), curl=f"curl -H 'X: {key.reveal()}'"
    )
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.press("y", "unbound.diagnosis.curl")
        await until(pilot, lambda: len(runtime.clipboard.texts) == 2)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CheckDetailsScreen))
        assert key.reveal() not in text_of(pilot)
    assert all(key.reveal() not in text for text in runtime.clipboard.texts)
    assert "•••" in runtime.clipboard.texts[1]


async def test_report_and_curl_are_copied(runtime: DiagnosingRuntime, until: Until) -> None:
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.press("y", "unbound.diagnosis.curl")
        await until(pilot, lambda: len(runtime.clipboard.texts) == 2)
        assert "The endpoint works" in runtime.clipboard.texts[0]
        assert runtime.clipboard.texts[1] == ALL_WELL.curl
        assert "$VLLM_KEY" in runtime.clipboard.texts[1]


async def test_past_checks_are_shown_small(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.history = (
        CheckRecord("2026-01-01T00:00:00+00:00", decode_rate=20.0),
        CheckRecord("2026-01-02T00:00:00+00:00", cause="connection-refused"),
        CheckRecord("2026-01-03T00:00:00+00:00", decode_rate=42.0),
    )
    async with opened(runtime, DiagnosisScreen(subject_of(runtime)), (120, 40)) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.pause()
        assert "✓ ✗ ✓" in text_of(pilot)
        assert "20.0 to 42.0 tokens/s, now 42.0" in text_of(pilot)


@pytest.mark.parametrize("name", PAYLOADS)
async def test_text_from_outside_is_data(runtime: DiagnosingRuntime, until: Until, name: str) -> None:
    text = PAYLOADS[name]
    hostile = CheckResult(CheckId.URL, CheckStatus.FAILED, text, "auth", text, 1.0, (text,), (text,))
    runtime.report = replace(
        NOTHING_THERE,
        results=(hostile,),
        model=text,
        repairs=(Repair("url", text, {"provider_url": text}),),
        machine=(text,),
    )
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.press("down")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CheckDetailsScreen))
        assert not any(ord(character) < 32 and character != "\n" for character in text_of(pilot))


async def test_a_new_width_lays_the_lines_out_again(runtime: DiagnosingRuntime, until: Until) -> None:
    long = failed(CheckId.URL, explain("server-error", server_message="x " * 60))
    runtime.report = replace(NOTHING_THERE, results=(long,), repairs=())
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        before = len(line_of(pilot, CheckId.URL))
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: len(line_of(pilot, CheckId.URL)) > before)


async def test_the_list_leads_here_with_d(runtime: DiagnosingRuntime, until: Until) -> None:
    from tui.ui.app import LmdeckApp

    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("d")
        await until(pilot, lambda: done(pilot))
        assert runtime.asked[0][0].name == "smollm2"
        assert isinstance(screen_of(pilot).focused, CheckList)


async def test_a_failed_test_of_the_form_leads_here_explained(
    runtime: DiagnosingRuntime, until: Until
) -> None:
    known = explain("connection-refused", host="gpu01", port="8000")
    runtime.scripts = [(StreamFailed(known),)]
    form = ProviderFormScreen(runtime.directory.get("gpu01-vllm"))
    async with opened(runtime, form) as (pilot, _):
        await pilot.press("f5")
        await until(pilot, lambda: "✗ " in text_of(pilot))
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiagnosisScreen))
        await until(pilot, lambda: "Nothing was asked again" in text_of(pilot))
        assert runtime.asked == []


async def test_a_failed_chat_leads_here_explained(runtime: DiagnosingRuntime, until: Until) -> None:
    from tui.ui.chat.screen import ChatScreen

    runtime.change("gpu01-vllm", is_default=True, api_key=STORED)
    known = explain("connection-refused", host="gpu01", port="8000")
    runtime.scripts = [(StreamFailed(known),)]
    async with opened(runtime, ChatScreen("gpu01-vllm")) as (pilot, _):
        await pilot.press("h", "i", "enter")
        await until(pilot, lambda: "/diagnose explains" in text_of(pilot))
        await pilot.press("f11")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiagnosisScreen))
        await until(pilot, lambda: "Nothing was asked again" in text_of(pilot))
        assert known.title in " ".join(text_of(pilot).split())
        assert runtime.asked == []


async def test_the_palette_of_a_diagnosis_checks_nothing_by_itself(
    runtime: DiagnosingRuntime, until: Until
) -> None:
    runtime.report = NOTHING_THERE
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        titles = [command.title for command in pilot.app.get_system_commands(pilot.app.screen)]
        assert {"Again", "Use it"} <= set(titles)
        for title in ("", "Again", "Use it"):
            await pilot.press("ctrl+p")
            await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
            palette = pilot.app.screen
            listed = palette.query_one(CommandList)
            palette.query_one(Input).value = title
            await until(pilot, lambda listed=listed: listed.option_count)
            await pilot.pause()
            await pilot.press("enter")
            await pilot.pause()
            assert len(runtime.asked) == 1, title
            if pilot.app.screen is palette:
                await pilot.press("escape")
                await until(pilot, lambda: not isinstance(pilot.app.screen, Palette))
