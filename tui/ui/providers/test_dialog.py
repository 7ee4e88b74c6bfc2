"""A test of one provider and its result, in a small window: a chat, or texts for vectors."""

from __future__ import annotations

from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.failure import Failure, LmdeckError
from tui.core.provider import Provider
from tui.core.safe_text import safe_line
from tui.runtime.form_control import send_test
from tui.texts import provider_list as texts
from tui.texts.embeddings import SENTENCES
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.budget import within_budget
from tui.ui.deck import deck_of
from tui.ui.providers.details import Fix, fix_after
from tui.ui.providers.trial_result import numbered, result_of, result_of_failure
from tui.ui.shell.modal import Window
from tui.ui.shell.offers import Offer, OfferLine, key_of

_AGAIN = Offer("test.again", texts.OFFER_AGAIN)
_CLOSE = Offer("test.close", texts.OFFER_CLOSE)
_DIAGNOSE = Offer("test.diagnose", texts.OFFER_DIAGNOSE)
_EDIT = Offer("test.edit", texts.OFFER_EDIT)


class ProviderTestScreen(Window[str | None]):
    """Tests a saved provider, in the same way as a chat.

    Returns the action for a failure: ``edit``, ``apply``, or ``None``.
    """

    CSS_PATH = "test_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("test")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("test",)
    HELP_TEXT: ClassVar[str] = texts.TEST_HELP

    def __init__(self, provider: Provider) -> None:
        super().__init__()
        self._provider = provider
        self._has_sent = False
        self._failure: Failure | None = None
        self._models: tuple[str, ...] = ()

    @property
    def fix(self) -> Fix | None:
        """The fix for the failure."""
        return fix_after(self._provider, self._failure, self._models)

    def compose(self) -> ComposeResult:
        """Create the prompt above the result."""
        with Vertical(id="trial"):
            with VerticalScroll():
                yield Static(Content.styled(self._sent(), "dim"))
                yield Static(id="trial-result")
            yield OfferLine()

    def _sent(self) -> str:
        own = self._provider.test_text
        return numbered((*SENTENCES, own)) if self._provider.is_embedding else f"› {safe_line(own)}"

    def on_mount(self) -> None:
        """Send the test at once."""
        title = Content(texts.TEST_TITLE.format(name=safe_line(self._provider.label, 50)))
        self.query_one("#trial").border_title = cast(str, title)
        self.query_one(VerticalScroll).focus()
        self.action_again()

    def action_again(self) -> None:
        """Send the test message, within the budgets; a running test is dropped."""
        within_budget(self, [self._provider], self._begin, self._refuse)

    def _refuse(self) -> None:
        if not self._has_sent:
            self.dismiss(None)

    def _begin(self) -> None:
        self._has_sent = True
        model = safe_line(self._provider.model, 60)
        self._show(
            Content(f"… {texts.TEST_WAITING.format(model=model, key=key_of(self, 'test.close'))}"),
            None,
            (_CLOSE,),
        )
        in_background(self, self._test, group="trial", exclusive=True)

    async def _test(self) -> None:
        runtime = deck_of(self).runtime
        try:
            found = await send_test(runtime, self._provider, None, self._show_progress)
        except LmdeckError as error:
            self._show(result_of_failure(error.failure), error.failure)
        else:
            self._show(result_of(found, self._provider.price), found.failure)
        await self._look_for_models()

    async def _look_for_models(self) -> None:
        """Request the server's models if the model is the problem and there is no similar one."""
        is_gone = self._failure is not None and self._failure.cause == "model-not-found"
        if is_gone and self.fix is None and not self._provider.is_remote:
            try:
                found = await deck_of(self).runtime.list_models(self._provider)
            except LmdeckError:
                return  # the problem is shown anyway; the list would only add suggestions
            chat_models = () if self._provider.is_embedding else found.chat_models
            self._models = tuple(model.identifier for model in chat_models or found.models)
            self._offer()

    def _show_progress(self, text: str) -> None:
        self._show(
            Content(
                f"… {texts.TEST_PROGRESS.format(progress=safe_line(text), key=key_of(self, 'test.close'))}"
            ),
            None,
            (_CLOSE,),
        )

    def _show(self, content: Content, failure: Failure | None, offers: tuple[Offer, ...] = ()) -> None:
        self.query_one("#trial-result", Static).update(content)
        self._failure, self._models = failure, ()
        self._offer(offers)

    def _offer(self, offers: tuple[Offer, ...] = ()) -> None:
        fix = self.fix
        if not offers and self._failure is not None:
            apply = () if fix is None else (Offer("test.apply", fix.label),)
            edit = () if self._provider.is_remote else (_EDIT,)
            offers = (*apply, _DIAGNOSE, *edit)
        offers = offers if offers == (_CLOSE,) else (*offers, _AGAIN, _CLOSE)
        self.query_one(OfferLine).show(offers)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide actions that are not offered."""
        if action == "apply":
            return True if self.is_mounted and self.fix is not None else None
        if action in ("edit", "diagnose"):
            is_own = action == "diagnose" or not self._provider.is_remote
            return True if self._failure is not None and is_own else None
        return True

    def action_diagnose(self) -> None:
        """Diagnose the provider."""
        subject = DiagnosisSubject(self._provider)
        router = deck_of(self).router
        self.dismiss(None)
        self.app.call_later(router.diagnosis, subject)

    def action_edit(self) -> None:
        """Close, to edit the provider."""
        self.dismiss("edit")

    def action_apply(self) -> None:
        """Close, to apply the fix."""
        self.dismiss("apply")

    def action_close(self) -> None:
        """Close without an action."""
        self.dismiss(None)
