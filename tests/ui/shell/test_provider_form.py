"""The provider form, with keys: validated while typing, repaired, tested before it is saved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from textual import events
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Button, Collapsible, Input, Static

from tests.ui.fake_runtime import REPLY, FakeRuntime, failure, refused
from tui.core.api_key_reference import STORED, ApiKeyKind, ApiKeyReference
from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.model_names import COMMON_MODELS
from tui.core.provider import Category, Provider, State, Thinking
from tui.core.provider_schema import MAIN_ROWS
from tui.core.secret import Secret
from tui.net.reachability import Reachability
from tui.ui.app import LmdeckApp
from tui.ui.diagnosis.screen import DiagnosisScreen
from tui.ui.providers.api_key_field import ApiKeyField
from tui.ui.providers.form_row import FormRow
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.form_scroll import FormScroll
from tui.ui.providers.model_field import ModelField
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.shell.choice_field import ChoiceField
from tui.ui.shell.dialogs import ChoiceDialog, ConfirmDialog
from tui.ui.shell.popup_list import PopupList
from tui.ui.shell.readline import CUT_TEXT

Until = Callable[..., Awaitable[None]]
KEY = "sk-canary-2f7c91ab55d0"


@asynccontextmanager
async def form(
    runtime: FakeRuntime,
    provider: Provider | None = None,
    *,
    is_clone: bool = False,
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[Pilot[Any]]:
    """A form above the list."""
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=size) as pilot:
        await app.push_screen(ProviderFormScreen(provider, is_clone=is_clone))
        await pilot.pause()
        yield pilot


def form_of(pilot: Pilot[Any]) -> ProviderFormScreen:
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, ProviderFormScreen))


def editor(pilot: Pilot[Any], name: str) -> Input:
    found = form_of(pilot).row(name).editor
    assert isinstance(found, Input)
    return found


def problem(pilot: Pilot[Any], name: str) -> str:
    row = form_of(pilot).row(name)
    widget = row.query_one(".form-problem", Static)
    return str(widget.visual) if row.query_one(".form-problem-line").display else ""


def offer(pilot: Pilot[Any], name: str) -> str:
    """The label of the button that applies a correction; empty where there is none."""
    row = form_of(pilot).row(name)
    button = row.query_one(".form-fix", Button)
    return str(button.label) if row.problem is not None and button.display else ""


def hint(pilot: Pilot[Any]) -> str:
    return str(form_of(pilot).query_one("#hint", Static).visual)


def banner(pilot: Pilot[Any]) -> str:
    widget = form_of(pilot).query_one("#form-banner", Static)
    return str(widget.visual) if widget.display else ""


def models(pilot: Pilot[Any]) -> PopupList:
    return form_of(pilot).query_one(ModelField).query_one(PopupList)


def note(pilot: Pilot[Any], name: str) -> str:
    widget = form_of(pilot).row(name).query_one(".form-note", Static)
    return str(widget.visual) if widget.display else ""


def trial(pilot: Pilot[Any]) -> str:
    return str(form_of(pilot).query_one("#trial-result", Static).visual)


def shown_text(pilot: Pilot[Any]) -> str:
    """What the screen shows."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


async def write(pilot: Pilot[Any], name: str, text: str) -> None:
    """Replace a field's text, as a person does who pastes."""
    field = form_of(pilot).row(name).editor
    field.focus()
    await pilot.press("end", "ctrl+u")
    if text:
        field.post_message(events.Paste(text))
    await pilot.pause()


async def test_rows_come_in_the_order_of_the_page_with_its_labels(runtime: FakeRuntime) -> None:
    async with form(runtime) as pilot:
        rows = [row.field.label for row in form_of(pilot).query(FormRow)][: len(MAIN_ROWS)]
        assert rows == [
            "Name",
            "Display name",
            "Category",
            "Type",
            "Sub type",
            "Compatible provider",
            "Input price / 1k tokens",
            "Output price / 1k tokens",
            "Currency",
            "API key",
            "Provider test",
            "Provider URL",
            "Is default",
            "Is remote",
            "State",
        ]
        assert form_of(pilot).row("name").editor.has_focus


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_provider_is_added_by_keys_alone(
    runtime: FakeRuntime, until: Until, size: tuple[int, int]
) -> None:
    async with form(runtime, size=size) as pilot:
        await pilot.press(*"box", "enter", *"My", "enter", "enter", *"Qw/3:b", "tab")
        await pilot.press(*"0.00005", "enter", *"0", "enter", "right", "enter", *"env:BOX", "enter")
        await pilot.press("enter", *"http://[::1]/v1", "ctrl+s")
        await until(pilot, lambda: any(p.name == "box" for p in runtime.directory.providers()))
        saved = runtime.directory.get("box")
        assert saved.display_name == "My"
        assert saved.model == "Qw/3:b"
        assert saved.provider_url == "http://[::1]/v1"
        assert saved.input_price == Decimal("0.00005")
        assert saved.output_price == Decimal(0)
        assert saved.currency == "CNY"
        assert saved.api_key == ApiKeyReference(ApiKeyKind.ENVIRONMENT, "BOX")
        assert isinstance(pilot.app.screen, ProviderFormScreen), "Save stays on the page"


async def test_a_url_is_judged_while_it_is_typed_and_one_key_repairs_it(runtime: FakeRuntime) -> None:
    async with form(runtime) as pilot:
        await write(pilot, "provider_url", "gpu01:8000/v1/chat/completions")
        assert "http://gpu01:8000/v1" in problem(pilot, "provider_url")
        assert note(pilot, "provider_url") == ""
        await pilot.press("f4")
        await pilot.pause()
        assert editor(pilot, "provider_url").value == "http://gpu01:8000/v1"
        assert problem(pilot, "provider_url") == ""
        assert note(pilot, "provider_url").startswith("→ http://gpu01:8000/v1/chat/completions")


async def test_an_empty_field_is_judged_when_it_is_left(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime) as pilot:
        assert problem(pilot, "name") == ""
        await pilot.press("tab")
        await until(pilot, lambda: "Enter a name" in problem(pilot, "name"))


async def test_a_key_never_lays_out_the_form(runtime: FakeRuntime, monkeypatch: pytest.MonkeyPatch) -> None:
    layouts: list[object] = []
    lay_out = Screen._refresh_layout
    async with form(runtime) as pilot:
        await pilot.press("b", "o")

        def counted(*given: Any, **named: Any) -> None:
            layouts.append(given)
            lay_out(*given, **named)

        monkeypatch.setattr(Screen, "_refresh_layout", counted)
        await pilot.press("x", "y", "backspace", "z")
        assert editor(pilot, "name").value == "boxz"
        assert layouts == []


async def test_what_is_wrong_with_a_stored_record_is_said_at_once(runtime: FakeRuntime) -> None:
    odd = Provider("odd", model=" qwen ", provider_url="http://localhost:8000/v1", currency="usd")
    async with form(runtime, odd) as pilot:
        await pilot.pause()
        assert "Remove the spaces" in problem(pilot, "compatible_provider")
        assert "Use one of USD" in problem(pilot, "currency")
        assert not form_of(pilot).has_changes


async def test_a_name_that_is_taken_is_refused_with_another(runtime: FakeRuntime) -> None:
    async with form(runtime) as pilot:
        await write(pilot, "name", "cloud")
        assert "already used" in problem(pilot, "name")
        await pilot.press("f4")
        await pilot.pause()
        assert editor(pilot, "name").value == "cloud-2"


async def test_a_name_that_differs_only_in_case_is_a_warning_with_another(runtime: FakeRuntime) -> None:
    async with form(runtime) as pilot:
        await write(pilot, "name", "Cloud")
        assert "There is cloud, too" in problem(pilot, "name")
        await pilot.press("f4")
        await pilot.pause()
        assert editor(pilot, "name").value == "Cloud-2"


async def test_save_goes_to_the_first_error(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime) as pilot:
        await write(pilot, "name", "ok")
        await write(pilot, "provider_url", "ftp://x")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: form_of(pilot).row("compatible_provider").editor.has_focus)
        assert "qwen-plus" in problem(pilot, "compatible_provider")
        assert len(runtime.directory.providers()) == 5


async def test_an_error_behind_advanced_opens_it(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        form_of(pilot).row("extra_body").value = "not = [toml"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: form_of(pilot).row("extra_body").editor.has_focus)
        assert not form_of(pilot).query_one(Collapsible).collapsed
        assert "Use a JSON object" in problem(pilot, "extra_body")


async def test_suggestions_come_from_the_endpoint_and_enter_takes_one(
    runtime: FakeRuntime, until: Until
) -> None:
    runtime.models["http://gpu01:8000/v1"] = ["Qwen/Qwen3-8B", "Qwen/Qwen3-32B", "[/]evil"]
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await write(pilot, "compatible_provider", "")
        await until(pilot, lambda: models(pilot).option_count == 3)
        await pilot.press(*"32", "down", "enter")
        await until(pilot, lambda: editor(pilot, "compatible_provider").value == "Qwen/Qwen3-32B")
        await until(pilot, lambda: problem(pilot, "compatible_provider") == "")
        assert not models(pilot).is_open


def answering_late(runtime: FakeRuntime, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Have every server answer only once the event is set."""
    answered, look = asyncio.Event(), runtime.look

    async def late(provider: Provider, key_text: str | None = None) -> Reachability:
        await answered.wait()
        return await look(provider, key_text)

    monkeypatch.setattr(runtime, "look", late)
    return answered


async def test_the_list_opens_when_the_server_answers_after_something_was_typed(
    runtime: FakeRuntime, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.models["http://gpu01:8000/v1"] = ["house-1", "house-2", "other"]
    answered = answering_late(runtime, monkeypatch)
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await write(pilot, "compatible_provider", "house")
        assert not models(pilot).is_open, "no common name fits"
        answered.set()
        await until(pilot, lambda: models(pilot).is_open and models(pilot).option_count == 2)


async def test_the_list_stays_closed_when_the_server_answers_after_it_was_left(
    runtime: FakeRuntime, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.models["http://gpu01:8000/v1"] = ["house-1", "house-2", "other"]
    answered = answering_late(runtime, monkeypatch)
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await write(pilot, "compatible_provider", "house")
        await pilot.press("tab")
        answered.set()
        await until(pilot, lambda: "does not list this model" in problem(pilot, "compatible_provider"))
        assert not models(pilot).is_open


async def test_an_unlisted_model_is_a_warning_and_can_be_saved(runtime: FakeRuntime, until: Until) -> None:
    runtime.models["http://gpu01:8000/v1"] = ["Qwen/Qwen3-8B"]
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await write(pilot, "compatible_provider", "my-own")
        await until(pilot, lambda: "does not list this model" in problem(pilot, "compatible_provider"))
        assert problem(pilot, "compatible_provider").startswith("!")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: runtime.directory.get("gpu01-vllm").model == "my-own")


async def test_without_an_answer_common_names_are_suggested(runtime: FakeRuntime, until: Until) -> None:
    runtime.models["http://gpu01:8000/v1"] = failure()
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await until(pilot, lambda: "Nothing listens" in note(pilot, "provider_url"))
        await write(pilot, "compatible_provider", "deepseek")
        assert models(pilot).option_count >= 3
        assert models(pilot).border_title == "Common names"
        assert "Suggestions. Enter a URL" in hint(pilot)


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("input_price", "0.0005", "That is 0.50 USD per million."),
        ("output_price", "0.00219", "That is 2.19 USD per million."),
        ("input_price", "0", ""),
        ("input_price", "five", ""),
    ],
)
async def test_a_price_is_told_in_the_other_unit(
    runtime: FakeRuntime, until: Until, name: str, typed: str, said: str
) -> None:
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await write(pilot, name, typed)
        await until(pilot, lambda: (said in hint(pilot)) if said else "per million" not in hint(pilot))


async def test_escape_closes_the_list_before_the_form(runtime: FakeRuntime, until: Until) -> None:
    runtime.models["http://gpu01:8000/v1"] = ["Qwen/Qwen3-8B"]
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        form_of(pilot).row("compatible_provider").editor.focus()
        await pilot.press("alt+down")
        await until(pilot, lambda: models(pilot).is_open)
        await pilot.press("escape")
        await until(pilot, lambda: not models(pilot).is_open)
        assert isinstance(pilot.app.screen, ProviderFormScreen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))


# ── The key ─────────────────────────────────────────────────────────────────────────────────


async def test_a_literal_key_is_masked_revealed_and_never_copied(runtime: FakeRuntime) -> None:
    async with form(runtime) as pilot:
        await write(pilot, "api_key", KEY)
        field = form_of(pilot).row("api_key").editor
        assert isinstance(field, ApiKeyField)
        masked = [field.password]
        assert KEY not in pilot.app.export_screenshot()
        await pilot.press("f3")
        masked.append(field.password)
        await pilot.press("ctrl+shift+a", "ctrl+c", "ctrl+x")
        assert KEY not in pilot.app.clipboard
        await pilot.press("ctrl+u", "ctrl+y")
        assert field.value == ""
        assert KEY not in CUT_TEXT.text
        await pilot.press("ctrl+underscore")
        assert field.value == KEY
        await pilot.press("tab")
        await pilot.pause()
        assert [*masked, field.password] == [True, False, True]
        assert KEY not in repr(field)


async def test_a_reference_is_shown_as_it_is(runtime: FakeRuntime) -> None:
    async with form(runtime) as pilot:
        await write(pilot, "api_key", "env:OPENAI_API_KEY")
        assert not editor(pilot, "api_key").password


async def test_a_stored_key_stays_unless_another_one_is_typed(runtime: FakeRuntime, until: Until) -> None:
    runtime.credentials.put("cloud", Secret(KEY))
    async with form(runtime, runtime.directory.get("cloud")) as pilot:
        assert "•••55d0 is stored" in note(pilot, "api_key")
        await write(pilot, "display_name", "Cloud")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: runtime.directory.get("cloud").display_name == "Cloud")
        assert runtime.directory.get("cloud").api_key == STORED
        assert runtime.credentials.get("cloud") == Secret(KEY)
        await write(pilot, "api_key", "sk-another-key-0123456789")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: runtime.credentials.get("cloud") == Secret("sk-another-key-0123456789"))
        assert editor(pilot, "api_key").value == "stored"
        await write(pilot, "api_key", "")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: runtime.directory.get("cloud").api_key is None)


async def test_a_key_over_plain_http_is_asked_about_once(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime) as pilot:
        await write(pilot, "name", "plain")
        await write(pilot, "compatible_provider", "m")
        await write(pilot, "api_key", KEY)
        await write(pilot, "provider_url", "http://gpu07:8000/v1")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProviderFormScreen))
        assert not any(known.name == "plain" for known in runtime.directory.providers())
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: any(known.name == "plain" for known in runtime.directory.providers()))
        assert runtime.directory.get("plain").allow_unencrypted_key
        await write(pilot, "display_name", "x")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: runtime.directory.get("plain").display_name == "x")
        await write(pilot, "provider_url", "http://elsewhere:8000/v1")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("n")
        assert runtime.directory.get("plain").provider_url == "http://gpu07:8000/v1"


# ── The test ────────────────────────────────────────────────────────────────────────────────


async def test_the_test_sends_the_unsaved_values(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime) as pilot:
        await write(pilot, "compatible_provider", "m")
        await write(pilot, "provider_url", "http://localhost:8000/v1")
        await write(pilot, "api_key", KEY)
        await write(pilot, "test_prompt", "Say [/] hi")
        await pilot.press("f5")
        await until(pilot, lambda: "● It works" in trial(pilot))
        provider, key_text = runtime.tested[0]
        assert provider.provider_url == "http://localhost:8000/v1"
        assert provider.test_prompt == "Say [/] hi"
        assert key_text == KEY
        assert "17 prompt + 11 completion tokens" in trial(pilot)
        assert len(runtime.directory.providers()) == 5


async def test_the_test_of_a_saved_key_leaves_it_to_the_runtime(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime, runtime.directory.get("cloud")) as pilot:
        await write(pilot, "name", "renamed")
        await pilot.press("f5")
        await until(pilot, lambda: runtime.tested)
        provider, key_text = runtime.tested[0]
        assert provider.name == "cloud", "the key is stored under the old name"
        assert key_text is None


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_test_of_vectors_names_the_texts_that_it_compares(
    runtime: FakeRuntime, until: Until, size: tuple[int, int]
) -> None:
    async with form(runtime, runtime.directory.get("old-embedder"), size=size) as pilot:
        await write(pilot, "test_prompt", "My own text")
        await pilot.press("f5")
        await until(pilot, lambda: "Plausible: of 1 to 3" in shown_text(pilot))
        shown = shown_text(pilot)
        for line in ("1 The cat sleeps", "4 My own text", "4      -0.60  0.00  0.80  1.00"):
            assert line in shown


async def test_a_failed_test_says_what_is_wrong_and_what_to_do(runtime: FakeRuntime, until: Until) -> None:
    runtime.scripts = [refused(server_message="[link='x")]
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await pilot.press("f5")
        await until(pilot, lambda: "✗ Nothing listens" in trial(pilot))
        assert "Start the server" in trial(pilot)
        assert "[link='x" in trial(pilot)


async def test_escape_stops_a_running_test_and_stays(runtime: FakeRuntime, until: Until) -> None:
    gate = asyncio.Event()
    runtime.scripts = [[gate, *REPLY]]
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await pilot.press("f5")
        await until(pilot, lambda: "Esc to stop" in trial(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "– Stopped." in trial(pilot))
        assert isinstance(pilot.app.screen, ProviderFormScreen)


class CannedDiagnosis(Screen[Mapping[str, str] | None]):
    """Ends at once with a correction, and records its input."""

    subjects: ClassVar[list[DiagnosisSubject]] = []
    correction = "http://gpu01:9000/v1"

    def __init__(self, subject: DiagnosisSubject) -> None:
        super().__init__()
        self.subjects.append(subject)

    def on_mount(self) -> None:
        self.call_later(self._end)

    def _end(self) -> None:
        self.dismiss({"provider_url": self.correction})


@pytest.fixture
def canned(monkeypatch: pytest.MonkeyPatch) -> type[CannedDiagnosis]:
    monkeypatch.setattr("tui.ui.diagnosis.screen.DiagnosisScreen", CannedDiagnosis)
    return CannedDiagnosis


async def test_a_diagnosis_takes_the_unsaved_values_and_its_repair_comes_back(
    runtime: FakeRuntime, until: Until, canned: type[CannedDiagnosis]
) -> None:
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await write(pilot, "api_key", "")
        await write(pilot, "provider_url", "http://gpu01:7000/v1")
        await pilot.press("f7")
        await until(pilot, lambda: editor(pilot, "provider_url").value == "http://gpu01:9000/v1")
        subject = canned.subjects[-1]
        assert subject.provider.provider_url == "http://gpu01:7000/v1"
        assert not subject.is_saved
        assert runtime.directory.get("gpu01-vllm").provider_url == "http://gpu01:8000/v1"


SECRETS = [
    ({"api_key": "env:VLLM_KEY"}, "The API key of gpu01-vllm will be sent to http://gpu01:9000"),
    (
        {"api_key": "", "extra_headers": "X-Auth-Token: sk-header-4711"},
        "The secret headers or fields of gpu01-vllm will be sent to http://gpu01:9000",
    ),
]


@pytest.mark.parametrize(("answer", "url"), [("y", "http://gpu01:9000/v1"), ("n", "http://gpu01:8000/v1")])
@pytest.mark.parametrize(("values", "question"), SECRETS, ids=["key", "header"])
async def test_a_correction_sends_no_secret_elsewhere_without_a_question(
    runtime: FakeRuntime,
    until: Until,
    canned: type[CannedDiagnosis],
    values: dict[str, str],
    question: str,
    answer: str,
    url: str,
) -> None:
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        for name, text in values.items():
            form_of(pilot).row(name).value = text
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        shown = " ".join(str(found.visual) for found in pilot.app.screen.query(Static))
        assert question in " ".join(shown.split())
        assert editor(pilot, "provider_url").value == "http://gpu01:8000/v1"
        await pilot.press(answer)
        await until(pilot, lambda: isinstance(pilot.app.screen, ProviderFormScreen))
        assert editor(pilot, "provider_url").value == url


async def test_a_correction_of_the_spelling_asks_nothing(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await write(pilot, "provider_url", "gpu01:8000/v1/chat/completions")
        await pilot.press("f4")
        await until(pilot, lambda: editor(pilot, "provider_url").value == "http://gpu01:8000/v1")
        assert isinstance(pilot.app.screen, ProviderFormScreen)


async def test_a_form_without_a_url_is_not_tested(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime) as pilot:
        await pilot.press("f5")
        await until(pilot, lambda: form_of(pilot).row("compatible_provider").editor.has_focus)
        assert runtime.tested == []


# ── Leaving ─────────────────────────────────────────────────────────────────────────────────


async def test_leaving_with_changes_asks(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await write(pilot, "display_name", "Other")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("k")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProviderFormScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))
        assert runtime.directory.get("gpu01-vllm").display_name == "Qwen on gpu01"


async def test_leaving_can_save(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await write(pilot, "display_name", "Other")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))
        assert runtime.directory.get("gpu01-vllm").display_name == "Other"


async def test_quitting_with_changes_asks(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await write(pilot, "display_name", "Other")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProviderFormScreen))
        assert editor(pilot, "display_name").value == "Other"


async def test_a_save_that_fails_keeps_everything(runtime: FakeRuntime, until: Until) -> None:
    runtime.store.save_error = failure("disk-full", title="The disk is full.", advice="Make room.")
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await write(pilot, "display_name", "Other")
        await pilot.press("f2")
        await until(pilot, lambda: "The disk is full" in banner(pilot))
        assert not pilot.app._notifications, "a toast would cover fields"
        assert editor(pilot, "display_name").value == "Other"
        assert form_of(pilot).unsaved_reason()


async def test_renaming_keeps_the_record(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await write(pilot, "name", "gpu02")
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))
        names = [provider.name for provider in runtime.directory.providers()]
        assert "gpu02" in names
        assert "gpu01-vllm" not in names


# ── View-only, clones, the rest ─────────────────────────────────────────────────────────────


async def test_a_site_wide_provider_is_shown_and_can_be_cloned(until: Until) -> None:
    site = Provider("site", "Site", model="m", provider_url="http://site:8000/v1", is_remote=True)
    runtime = FakeRuntime([site])
    async with form(runtime, runtime.directory.get("site")) as pilot:
        await pilot.press(*"xyz", "ctrl+s")
        assert editor(pilot, "name").value == "site"
        assert "site-wide file" in banner(pilot)
        await pilot.press("C")
        await until(pilot, lambda: pilot.app.screen.query_one("#field-name", Input).value == "site-copy")
        copy = pilot.app.screen
        assert isinstance(copy, ProviderFormScreen)
        assert copy.row("is_remote").value == "no"
        assert copy.row("provider_url").value == "http://site:8000/v1"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))


@pytest.mark.parametrize("is_clone", [False, True])
async def test_of_a_built_in_provider_no_form_opens(
    runtime: FakeRuntime, until: Until, is_clone: bool
) -> None:
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(notifications=True) as pilot:
        app.router.form(runtime.directory.get("demo"), is_clone=is_clone)
        await until(
            pilot,
            lambda: "demo is built in and can't be changed." in [note.message for note in app._notifications],
        )
        assert isinstance(app.screen, ProvidersScreen)


async def test_a_clone_leaves_the_stored_key_behind(runtime: FakeRuntime) -> None:
    async with form(runtime, runtime.directory.get("cloud"), is_clone=True) as pilot:
        assert editor(pilot, "name").value == "cloud-copy"
        assert editor(pilot, "api_key").value == ""
        assert "not copied" in note(pilot, "api_key")


async def test_the_category_sets_the_sub_type_and_hides_the_output_price(
    runtime: FakeRuntime, until: Until
) -> None:
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await write(pilot, "output_price", "1")
        form_of(pilot).row("category").editor.focus()
        await pilot.press("right")
        await until(pilot, lambda: form_of(pilot).row("sub_type").value == "custom-embedding")
        assert not form_of(pilot).row("output_price").display
        await until(pilot, lambda: "/v1/embeddings" in note(pilot, "provider_url"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: runtime.directory.get("gpu01-vllm").category is Category.EMBEDDING)
        assert runtime.directory.get("gpu01-vllm").output_price is None


async def test_choices_go_by_letter_arrow_and_click(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime, runtime.directory.get("gpu01-vllm"), size=(120, 40)) as pilot:
        form_of(pilot).row("state").editor.focus()
        await pilot.press("space", "i", "enter")
        form_of(pilot).row("currency").editor.focus()
        await pilot.press("left")
        await pilot.click("#field-is_default", offset=(3, 0))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: runtime.directory.get("gpu01-vllm").state is State.INACTIVE)
        saved = runtime.directory.get("gpu01-vllm")
        assert saved.currency == "SGD"
        assert saved.is_default


async def test_letters_select_in_an_open_list_and_act_beside_it(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime, runtime.directory.get("gpu01-vllm"), size=(120, 40)) as pilot:
        currency = form_of(pilot).row("currency").editor
        assert isinstance(currency, ChoiceField)
        currency.focus()
        for typed, chosen in (("chf", "CHF"), ("c", "CNY"), ("cc", "CAD"), ("ca", "CAD"), ("jp", "JPY")):
            currency.value = "USD"
            await pilot.press("space", *typed, "enter")
            assert currency.value == chosen, typed
        assert isinstance(pilot.app.screen, ProviderFormScreen), "no letter of the list was a command"
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiagnosisScreen))


async def test_advanced_fields_are_saved(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        screen = form_of(pilot)
        screen.row("thinking").value = "high"
        screen.row("temperature").value = "0.2"
        screen.row("max_tokens").value = "512"
        screen.row("extra_headers").value = "X-Team: research\nX-Run: 7"
        screen.row("extra_body").value = "top_k = 20"
        screen.row("system_prompt").value = "Be brief.\nBe kind."
        screen.row("insecure").value = "yes"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: runtime.directory.get("gpu01-vllm").thinking is Thinking.HIGH)
        saved = runtime.directory.get("gpu01-vllm")
        assert saved.sampling.temperature == 0.2
        assert saved.sampling.max_tokens == 512
        assert saved.extra_headers == {"X-Team": "research", "X-Run": "7"}
        assert saved.extra_body == {"top_k": 20}
        assert saved.system_prompt == "Be brief.\nBe kind."
        assert saved.tls.insecure


async def test_a_paste_into_a_field_is_one_safe_line(runtime: FakeRuntime) -> None:
    async with form(runtime) as pilot:
        field = editor(pilot, "display_name")
        field.focus()
        field.post_message(events.Paste("\n a\x1b]52;c;x\x07b \nsecond"))
        await pilot.pause()
        assert field.value == "a␛]52;c;x␇b"


async def test_arrows_go_from_field_to_field(runtime: FakeRuntime) -> None:
    async with form(runtime) as pilot:
        await pilot.press("down")
        assert form_of(pilot).row("display_name").editor.has_focus
        await pilot.press("up")
        assert form_of(pilot).row("name").editor.has_focus


# ── A result and the values it belongs to ───────────────────────────────────────────────────

LONG_REFUSAL = "The server says at length why it refuses. " * 12
FULL_ROUTE = "gpu01.example:8000/v1/chat/completions?key=x"


def is_in_sight(pilot: Pilot[Any], name: str) -> bool:
    """Whether a row is drawn whole, with its message and the repair it offers."""
    row = form_of(pilot).row(name)
    area = form_of(pilot).query_one("#form").region
    return bool(row.region) and area.contains_region(row.region)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("provider_url", "http://localhost:8001/v1"),
        ("api_key", "env:OTHER"),
        ("compatible_provider", "another"),
        ("test_prompt", "Say something else"),
    ],
)
async def test_a_result_of_other_values_is_marked_and_comes_back_with_them(
    runtime: FakeRuntime, until: Until, field: str, text: str
) -> None:
    runtime.scripts = [refused()]
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        before = form_of(pilot).row(field).value
        await pilot.press("f5")
        await until(pilot, lambda: "Start the server" in trial(pilot))
        await write(pilot, field, text)
        await until(pilot, lambda: "With earlier values: ✗ Nothing listens" in trial(pilot))
        assert "Start the server" not in trial(pilot)
        assert "Test again" in trial(pilot)
        await write(pilot, field, before)
        await until(pilot, lambda: "Start the server" in trial(pilot))
        assert "earlier values" not in trial(pilot)


async def test_a_result_stays_where_only_what_is_not_sent_changed(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await pilot.press("f5")
        await until(pilot, lambda: "It works" in trial(pilot))
        await write(pilot, "display_name", "Another name")
        await write(pilot, "input_price", "0.5")
        await pilot.pause()
        assert trial(pilot).startswith("● It works")


async def test_a_result_that_comes_after_a_change_is_marked_at_once(
    runtime: FakeRuntime, until: Until
) -> None:
    gate = asyncio.Event()
    runtime.scripts = [[gate, *REPLY]]
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await pilot.press("f5")
        await until(pilot, lambda: "Esc to stop" in trial(pilot))
        await write(pilot, "provider_url", "http://localhost:8001/v1")
        gate.set()
        await until(pilot, lambda: "With earlier values: ● It works" in trial(pilot))


async def test_a_result_outlives_the_saving_of_its_key(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime, runtime.directory.get("gpu01-vllm")) as pilot:
        await write(pilot, "api_key", KEY)
        await pilot.press("f5")
        await until(pilot, lambda: "It works" in trial(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: runtime.directory.get("gpu01-vllm").api_key == STORED)
        await pilot.pause()
        assert trial(pilot).startswith("● It works")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("field", ["name", "compatible_provider", "api_key", "provider_url", "state"])
async def test_the_field_and_its_repair_stay_in_sight_beside_a_long_result(
    runtime: FakeRuntime, until: Until, size: tuple[int, int], field: str
) -> None:
    runtime.scripts = [refused(server_message=LONG_REFUSAL)]
    async with form(runtime, runtime.directory.get("gpu01-vllm"), size=size) as pilot:
        form_of(pilot).row(field).editor.focus()
        await pilot.press("f5")
        await until(pilot, lambda: "✗ Nothing listens" in trial(pilot))
        await pilot.pause()
        is_wide = size[0] >= 120
        shown = form_of(pilot).query_one("#side-result" if is_wide else "#trial-result")
        area = form_of(pilot).query_one("#server" if is_wide else "#form").region
        assert area.contains_region(shown.region), "the result is seen"
        focused = form_of(pilot).query_one(FormScroll).focused_name
        assert focused is not None
        assert is_in_sight(pilot, focused)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_repair_of_a_url_is_in_sight_as_soon_as_it_is_offered(
    runtime: FakeRuntime, until: Until, size: tuple[int, int]
) -> None:
    runtime.scripts = [refused(server_message=LONG_REFUSAL)]
    async with form(runtime, runtime.directory.get("gpu01-vllm"), size=size) as pilot:
        form_of(pilot).row("provider_url").editor.focus()
        await pilot.press("f5")
        await until(pilot, lambda: "✗ Nothing listens" in trial(pilot))
        await until(pilot, lambda: is_in_sight(pilot, "provider_url"))
        await write(pilot, "provider_url", FULL_ROUTE)
        await until(pilot, lambda: offer(pilot, "provider_url") == "Fix")
        await until(pilot, lambda: is_in_sight(pilot, "provider_url"))


async def test_a_smaller_window_keeps_the_field_in_sight(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime, size=(120, 40)) as pilot:
        await write(pilot, "provider_url", FULL_ROUTE)
        await pilot.resize_terminal(80, 20)
        await until(pilot, lambda: is_in_sight(pilot, "provider_url"))


# ── Moving and correcting ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("at", [0, 7, 20])
async def test_after_a_repair_the_cursor_is_at_the_end(runtime: FakeRuntime, until: Until, at: int) -> None:
    async with form(runtime) as pilot:
        await write(pilot, "provider_url", "localhost:8000/v1/v1/models")
        editor(pilot, "provider_url").cursor_position = at
        await pilot.press("f4")
        await until(pilot, lambda: editor(pilot, "provider_url").value == "http://localhost:8000/v1")
        await pilot.press("b")
        assert editor(pilot, "provider_url").value == "http://localhost:8000/v1b"


@pytest.mark.parametrize("answer", [failure(), [], None])
async def test_down_leaves_the_model_at_once(runtime: FakeRuntime, until: Until, answer: Any) -> None:
    provider = None
    if answer is not None:
        runtime.models["http://gpu01:8000/v1"] = answer
        provider = runtime.directory.get("gpu01-vllm")
    async with form(runtime, provider) as pilot:
        form_of(pilot).row("compatible_provider").editor.focus()
        await pilot.pause()
        assert not models(pilot).is_open
        await pilot.press("down")
        assert form_of(pilot).row("input_price").editor.has_focus
        await pilot.press("up", "end", "ctrl+u", *"gp", "down", "enter")
        assert editor(pilot, "compatible_provider").value in COMMON_MODELS
