"""The diagnosis screen, with keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from rich.segment import Segment
from textual.color import Color
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
from tui.core.diagnosis import CHAT_CHECKS, CheckId, CheckResult, CheckStatus, DiagnosisReport, Repair, failed
from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.events import StreamFailed
from tui.core.provider import Provider
from tui.core.report_text import LABELS
from tui.core.secret import Secret
from tui.ui.diagnosis.check_list import CheckList
from tui.ui.diagnosis.details import CheckDetailsScreen
from tui.ui.diagnosis.screen import DiagnosisScreen
from tui.ui.diagnosis.view import check_line, details_content, time_bar
from tui.ui.marks import PlainMarks
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.shell.dialogs import ConfirmDialog
from tui.ui.textual_compat.palette import Palette

Until = Callable[..., Awaitable[None]]
SIZES = [(80, 24), (100, 30), (120, 40), (200, 50)]


def subject_of(runtime: DiagnosingRuntime, name: str = "gpu01-vllm", **changes: Any) -> DiagnosisSubject:
    return replace(DiagnosisSubject(runtime.directory.get(name)), **changes)


def screen_of(pilot: Pilot[Any]) -> DiagnosisScreen:
    assert isinstance(pilot.app.screen, DiagnosisScreen)
    return pilot.app.screen


def done(pilot: Pilot[Any]) -> bool:
    screen = pilot.app.screen
    return isinstance(screen, DiagnosisScreen) and not screen.is_checking


def flat(pilot: Pilot[Any]) -> str:
    """What the screen shows as one line, without borders."""
    return " ".join(text_of(pilot).replace("│", " ").split())


def line_of(pilot: Pilot[Any], check: CheckId) -> str:
    lines = (line.strip("│ ") for line in text_of(pilot).splitlines() if not line.startswith("╭"))
    return next(line for line in lines if line.startswith(LABELS[check]) or LABELS[check] in line[2:16])


@pytest.mark.parametrize("size", SIZES)
async def test_all_is_well(runtime: DiagnosingRuntime, size: tuple[int, int], until: Until) -> None:
    async with opened(runtime, DiagnosisScreen(subject_of(runtime)), size) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.pause()
        lines = text_of(pilot).splitlines()
        assert "Diagnosis › gpu01-vllm" in lines[0]
        assert "✓ No problem found" in lines[1]
        assert "The endpoint works: vllm 0.32.0 with Qwen/Qwen3-8B" in lines[2]
        assert "14 ok" in text_of(pilot)
        assert "Used 30 tokens" in text_of(pilot)
        for check in CHAT_CHECKS:
            assert line_of(pilot, check).lstrip().startswith("✓")
            assert "ms" in line_of(pilot, check)
        assert not pilot.app.screen._checking._clock, "an idle screen has no timer"  # type: ignore[attr-defined]


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
        shown = flat(pilot)
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


@pytest.mark.parametrize("answer", ["y", "n"])
async def test_a_copy_sends_no_secret_elsewhere_without_a_question(
    runtime: DiagnosingRuntime, until: Until, answer: str
) -> None:
    runtime.report = NOTHING_THERE
    headers = {"X-Auth-Token": "sk-header-4711"}
    site = Provider(
        "site", provider_url="http://gpu01:8000/v1", model="m", is_remote=True, extra_headers=headers
    )
    runtime.store.write([*example_providers(), site])
    async with opened(runtime, DiagnosisScreen(DiagnosisSubject(site))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.press("A")
        await until(pilot, lambda: "Clone the provider?" in text_of(pilot))
        await pilot.press("y")
        await until(pilot, lambda: "Send the secret headers or fields there?" in text_of(pilot))
        await pilot.press(answer)
        await until(pilot, lambda: not isinstance(pilot.app.screen, ConfirmDialog))
        assert isinstance(pilot.app.screen, ProviderFormScreen) is (answer == "y")


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
        shown = flat(pilot)
        assert known.title in shown
        assert "This is the original error" in shown
        assert "The server offers Qwen/Qwen3-8B-FP8. Use it?" in shown
        assert line_of(pilot, CheckId.AUTH).lstrip().startswith("✓")
        assert line_of(pilot, CheckId.MODELS).lstrip().startswith("✗")
        assert "5 checks wait for this one" in shown
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
        await pilot.press("y")
        await screen_of(pilot).run_action("copy_curl")
        await until(pilot, lambda: len(runtime.clipboard.texts) == 2)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CheckDetailsScreen))
        assert key.reveal() not in text_of(pilot)
    assert all(key.reveal() not in text for text in runtime.clipboard.texts)
    assert "•••" in runtime.clipboard.texts[1]


async def test_report_and_curl_are_copied(runtime: DiagnosingRuntime, until: Until) -> None:
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.press("y")
        await screen_of(pilot).run_action("copy_curl")
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


@pytest.mark.parametrize("size", SIZES)
async def test_the_verdict_is_printed_once_and_the_checks_stop_at_it(
    runtime: DiagnosingRuntime, size: tuple[int, int], until: Until
) -> None:
    runtime.report = replace(NOTHING_THERE, repairs=NOTHING_THERE.repairs[:1])
    async with opened(runtime, DiagnosisScreen(subject_of(runtime)), size) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.pause()
        shown = flat(pilot)
        for text in (REFUSED.title[:40], REFUSED.advice[:40], "Use it?", "10 checks wait for this one"):
            assert shown.count(text) == 1, text
        assert "10.0.0.1:8000: connection refused · took 0.4 ms" in shown
        assert "a fact" in shown, "the checks before it show what they saw"
        assert "Skipped" not in shown
        assert "A use it · r recheck · E edit the provider · y copy the report" in shown


@pytest.mark.parametrize("key", ["space", "enter"])
async def test_one_line_opens_the_checks_that_wait(
    runtime: DiagnosingRuntime, until: Until, key: str
) -> None:
    runtime.report = replace(NOTHING_THERE, repairs=(), machine=(), changes=())
    async with opened(runtime, DiagnosisScreen(subject_of(runtime)), (100, 30)) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.press("down", key)
        await until(pilot, lambda: "Skipped (connection failed)." in line_of(pilot, CheckId.SPEED))
        assert "Space to hide" in text_of(pilot)
        await pilot.press(key)
        await until(pilot, lambda: "Skipped" not in text_of(pilot))


async def test_edit_opens_the_provider_and_rechecks_what_was_saved(
    runtime: DiagnosingRuntime, until: Until
) -> None:
    runtime.report = NOTHING_THERE
    async with opened(runtime, DiagnosisScreen(subject_of(runtime)), (120, 40)) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.press("E")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProviderFormScreen))
        form = pilot.app.screen
        assert isinstance(form, ProviderFormScreen)
        form.row("name").editor.focus()
        await pilot.press("end", *"-new", "f2")
        await until(pilot, lambda: len(runtime.asked) == 2)
        assert runtime.asked[1][0].name == "gpu01-vllm-new"
        await until(pilot, lambda: "Diagnosis › gpu01-vllm-new" in text_of(pilot))


async def test_unsaved_values_are_edited_in_the_form_that_asked(
    runtime: DiagnosingRuntime, until: Until
) -> None:
    runtime.report = NOTHING_THERE
    subject = subject_of(runtime, is_saved=False)
    async with opened(runtime, DiagnosisScreen(subject)) as (pilot, results):
        await until(pilot, lambda: done(pilot))
        assert "E back to the form" in text_of(pilot)
        await pilot.press("E")
        await until(pilot, lambda: results)
        assert results == [None]


async def test_each_offer_of_the_verdict_can_be_clicked(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.report = replace(NOTHING_THERE, repairs=NOTHING_THERE.repairs[1:])
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: done(pilot))

        async def click(label: str) -> None:
            row, line = next(
                (row, line) for row, line in enumerate(text_of(pilot).splitlines()) if " · y copy" in line
            )
            await pilot.click(offset=(line.index(label), row))

        await click("copy the report")
        await until(pilot, lambda: runtime.clipboard.texts)
        await click("recheck")
        await until(pilot, lambda: len(runtime.asked) == 2 and done(pilot))
        await click("use it")
        await until(pilot, lambda: runtime.directory.get("gpu01-vllm").model == "other" and done(pilot))
        await click("edit the provider")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProviderFormScreen))
        await until(pilot, lambda: "Provider URL" in text_of(pilot))


async def test_nothing_is_offered_that_cannot_be_done(runtime: DiagnosingRuntime, until: Until) -> None:
    gate = asyncio.Event()
    runtime.steps = (gate,)
    async with opened(runtime, DiagnosisScreen(subject_of(runtime)), (120, 40)) as (pilot, _):
        await until(pilot, lambda: "Checking: URL" in text_of(pilot))
        footer = text_of(pilot).splitlines()[-1]
        assert not {"Recheck", "Copy", "Apply", "Details"} & set(footer.split())
        assert "Esc stop" in text_of(pilot)
        gate.set()
        await until(pilot, lambda: done(pilot))
        await until(pilot, lambda: "Recheck" in text_of(pilot).splitlines()[-1])
        assert "Apply" not in text_of(pilot)
        await pilot.press("A", "space")
        assert len(runtime.asked) == 1
        assert not toasts(pilot)


async def test_a_second_pane_shows_the_whole_check_and_scrolls(
    runtime: DiagnosingRuntime, until: Until
) -> None:
    long = replace(REFUSED, details=tuple(f"line {number}" for number in range(60)))
    results = tuple(long if result is REFUSED else result for result in NOTHING_THERE.results)
    runtime.report = replace(NOTHING_THERE, results=results, repairs=())
    async with opened(runtime, DiagnosisScreen(subject_of(runtime)), (120, 40)) as (pilot, results_of):
        await until(pilot, lambda: "line 3" in text_of(pilot))
        assert "line 59" not in text_of(pilot)
        await pilot.press("enter", "G")
        await until(pilot, lambda: "line 59" in text_of(pilot))
        await pilot.press("escape")
        assert isinstance(screen_of(pilot).focused, CheckList)
        assert results_of == []


@pytest.mark.parametrize("report", [ALL_WELL, NOTHING_THERE])
async def test_every_mark_has_an_ascii_variant(
    runtime: DiagnosingRuntime, until: Until, report: DiagnosisReport
) -> None:
    runtime.report = report
    async with opened(runtime, DiagnosisScreen(subject_of(runtime)), (120, 40)) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        plain = PlainMarks(keeps_lines=False)
        assert plain.apply([Segment(text_of(pilot))], Color(0, 0, 0))[0].text.isascii()


def test_time_bars_share_one_scale() -> None:
    lengths = [len(time_bar(milliseconds, 20).rstrip()) for milliseconds in (0.1, 10, 100, 1000, 60_000)]
    assert lengths == sorted(set(lengths))
    assert lengths[-1] == len(time_bar(600_000, 20)) == 20


@pytest.mark.parametrize("milliseconds", [None, 0.0, 0.04])
def test_what_took_no_time_has_no_bar(milliseconds: float | None) -> None:
    result = CheckResult(CheckId.URL, CheckStatus.OK, "fine", milliseconds=milliseconds)
    assert check_line(CheckId.URL, result, width=80).plain.split() == ["✓", "URL", "fine"]
    assert "time" not in details_content(result).plain


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
        await until(pilot, lambda: "This is the original error" in text_of(pilot))
        assert runtime.asked == []


async def test_a_failed_chat_leads_here_explained(runtime: DiagnosingRuntime, until: Until) -> None:
    from tui.ui.chat.screen import ChatScreen

    runtime.change("gpu01-vllm", is_default=True, api_key=STORED)
    known = explain("connection-refused", host="gpu01", port="8000")
    runtime.scripts = [(StreamFailed(known),)]
    async with opened(runtime, ChatScreen("gpu01-vllm")) as (pilot, _):
        await pilot.press("h", "i", "enter")
        await until(pilot, lambda: known.title[:30] in text_of(pilot))
        await pilot.press("f11")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiagnosisScreen))
        await until(pilot, lambda: "This is the original error" in text_of(pilot))
        assert known.title in flat(pilot)
        assert runtime.asked == []


async def test_the_palette_of_a_diagnosis_checks_nothing_by_itself(
    runtime: DiagnosingRuntime, until: Until
) -> None:
    runtime.report = NOTHING_THERE
    async with opened(runtime, DiagnosisScreen(subject_of(runtime))) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        titles = [command.title for command in pilot.app.get_system_commands(pilot.app.screen)]
        assert {"Repeat: diagnosis", "Apply: offered fix"} <= set(titles)
        for title in ("", "Repeat: diagnosis", "Apply: offered fix"):
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
