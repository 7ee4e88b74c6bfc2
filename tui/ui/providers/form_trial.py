"""The test of the provider form: the values as they stand are sent, saved or not, and what came is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from textual.content import Content
from textual.widgets import Collapsible
from textual.worker import Worker, WorkerState

from tui.core.endpoint_url import inspect_url
from tui.core.failure import Failure, LmdeckError
from tui.core.provider import Provider
from tui.core.provider_rules import FieldProblem
from tui.core.provider_schema import ADVANCED_ROWS
from tui.core.provider_texts import row_of, tested_values
from tui.core.safe_text import safe_line
from tui.ui.background import in_background
from tui.ui.providers.form_base import ProviderFormBase
from tui.ui.providers.model_field import ModelField
from tui.ui.providers.trial_result import result_of, result_of_failure, result_of_vectors
from tui.ui.shell.dialogs import ConfirmDialog

_UNENCRYPTED = "allow_unencrypted_key"
_SENT_FIELDS = ("provider_url", "compatible_provider", "api_key", "extra_body", "extra_headers")
"""Fields without which no test can be sent."""
_LONGEST_RESULT = 14
"""Lines, as in the style sheet."""


class ProviderFormTrial(ProviderFormBase):
    """Sends what the form says, after asking what has to be asked before. Saves nothing."""

    def _for_request(self) -> tuple[Provider, str | None]:
        """Return the provider as it stands, and the key field where it is not the saved key."""
        provider = self.reading().provider
        key_text = self.row("api_key").value
        if key_text != self._baseline["api_key"] or self._previous_name is None:
            return provider, key_text
        return replace(provider, name=self._previous_name), None

    def action_test(self) -> None:
        """Send the test line with the values as they stand."""
        self._when_sendable(self._start_test)

    def _when_sendable(self, proceed: Callable[[], object]) -> None:
        """Go on where a request can be made of the form; else go to what is in the way."""
        self._touched.update(("provider_url", "compatible_provider"))
        self._judge()
        blocking = [problem for problem in self.reading().errors if row_of(problem) in _SENT_FIELDS]
        if blocking:
            self._go_to(blocking[0])
            return
        self._after_key_question(proceed)

    def _start_test(self) -> None:
        model = safe_line(self.row("compatible_provider").value, 60)
        self._go_to_test()
        self._show_trial(Content.styled(f"… asking {model}. Esc stops.", "dim"))
        in_background(self, self._test, name="trial", group="trial", exclusive=True)

    def _go_to_test(self) -> None:
        """Move the focus to the row of the test, where its result and the present row cannot both be seen."""
        self.query_one(ModelField).close()
        present, test = self._focused_row(), self.row("test_prompt")
        if present is None or present is test:
            return
        rows = (present.virtual_region, test.virtual_region)
        tail = _LONGEST_RESULT - (self._trial.size.height if self._trial.display else 0)
        height = max(rows[0].bottom, rows[1].bottom) + tail - min(row.y for row in rows)
        if height > self.query_one("#form").scrollable_content_region.height:
            test.editor.focus()

    async def _test(self) -> None:
        values = tested_values(self.values())
        provider, key_text = self._for_request()
        failure: Failure | None
        try:
            result, failure = await self._result(provider, key_text)
        except LmdeckError as error:
            result, failure = result_of_failure(error.failure), error.failure
        hint = Content.styled("\nF7 finds out step by step.", "dim") if failure is not None else Content("")
        self._show_trial(result + hint, values, failure)
        self._trial.compare(tested_values(self.values()))

    async def _result(self, provider: Provider, key_text: str | None) -> tuple[Content, Failure | None]:
        if not provider.is_embedding:
            turn = await self.runtime.test(provider, key_text)
            return result_of(turn), turn.failure
        outcome = await self.runtime.test_vectors(provider, key_text, on_progress=self._show_trial_progress)
        return result_of_vectors(outcome, provider.price), outcome.failure

    def _show_trial_progress(self, text: str) -> None:
        self._show_trial(Content.styled(f"… {safe_line(text)} Esc stops.", "dim"))

    def _show_trial(
        self, content: Content, tested: Mapping[str, str] | None = None, failure: Failure | None = None
    ) -> None:
        self._trial.show(content, tested, failure)
        self.call_after_refresh(self._scroll_to_trial)

    def _scroll_to_trial(self) -> None:
        self._show_row(self.row("test_prompt"))
        self._scroll_to_focus()

    def _stop_test(self) -> bool:
        running = [worker for worker in self.workers if worker.name == "trial" and worker.is_running]
        for worker in running:
            worker.cancel()
        return bool(running)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say that a test was stopped."""
        if event.worker.name == "trial" and event.state is WorkerState.CANCELLED and self.is_attached:
            self._show_trial(Content.styled("– Stopped.", "dim"))

    def _go_to(self, problem: FieldProblem) -> None:
        """Put the focus on the field that is wrong."""
        self.call_later(self._focus_row, row_of(problem))

    async def _focus_row(self, name: str) -> None:
        if any(field.name == name for field in ADVANCED_ROWS):
            await self._lay_out_advanced()
            self.query_one(Collapsible).collapsed = False
        self.call_after_refresh(self.row(name).editor.focus)

    def _after_key_question(self, proceed: Callable[[], object]) -> None:
        """Ask once whether the key may cross the network unencrypted, where it would; then go on."""
        problem = next((known for known in self.reading().problems if known.field == _UNENCRYPTED), None)
        if problem is None:
            proceed()
            return

        def decide(answer: str | None) -> None:
            if answer == "yes":
                self._unencrypted_host = inspect_url(self.row("provider_url").value).host
                proceed()

        body = f"{safe_line(problem.message)} Your answer is kept with this provider."
        question = ConfirmDialog(
            "Send the key unencrypted?", body, yes="Allow", no="Go back", is_dangerous=True
        )
        self.app.push_screen(question, decide)
