"""The interface between the screens and the runtime; tests can script the parts that use the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tui.core.abilities import AbilityResult
    from tui.core.check_history import CheckRecord
    from tui.core.check_options import CheckOptions
    from tui.core.diagnosis import CheckResult
    from tui.core.embedding import EmbeddingOutcome
    from tui.core.provider import Provider
    from tui.core.secret import Redactor
    from tui.core.turn import Turn
    from tui.net.discover import Discovered, Discovery
    from tui.net.reachability import Reachability
    from tui.runtime.abilities import Abilities
    from tui.runtime.budget_watch import BudgetWatch
    from tui.runtime.clipboard import Clipboard
    from tui.runtime.costs import Costs
    from tui.runtime.diagnosing import ProviderCheck
    from tui.runtime.directory import ProviderDirectory
    from tui.runtime.history import History
    from tui.runtime.provider_changes import ProviderChanges
    from tui.runtime.sessions import Sessions
    from tui.store.conversations import ConversationStore
    from tui.store.credentials import CredentialStore
    from tui.store.endpoint_memory import EndpointMemory
    from tui.store.paths import Paths
    from tui.store.settings import Settings
    from tui.wire.models import ModelList


class Reported(Protocol):
    """What a crash report needs: its folder, and every key that must not be in it."""

    paths: Paths
    environment: Mapping[str, str]
    redactor: Redactor

    @property
    def credentials(self) -> CredentialStore:
        """The stored keys."""


class MakesChecks(Protocol):
    """What makes diagnoses."""

    def check(
        self,
        provider: Provider,
        key_text: str | None = None,
        options: CheckOptions | None = None,
        *,
        on_result: Callable[[CheckResult], None],
        on_progress: Callable[[str], None],
        on_ability: Callable[[AbilityResult], None] | None = None,
    ) -> ProviderCheck:
        """Return a diagnosis that is ready to run."""


class ScreenRuntime(Reported, MakesChecks, Protocol):
    """The runtime, as the screens see it. See ``Runtime`` for what each part does."""

    settings_notices: tuple[str, ...]

    @property
    def settings(self) -> Settings:
        """The user's settings."""

    def keep_theme(self, name: str) -> None:
        """Write the theme that was chosen into the settings file."""

    @property
    def directory(self) -> ProviderDirectory:
        """The provider list."""

    @property
    def provider_changes(self) -> ProviderChanges:
        """What changes the provider list."""

    @property
    def conversations(self) -> ConversationStore:
        """The saved conversations."""

    @property
    def chat_history(self) -> History:
        """The saved conversations, to be read, searched and exported."""

    @property
    def costs(self) -> Costs:
        """What was spent."""

    def check_budgets(self) -> None:
        """Add a notice for each budget of an unknown provider. Reads the disk."""

    @property
    def budgets(self) -> BudgetWatch | None:
        """Watches the budgets of the settings; ``None``: there are none."""

    @property
    def sessions(self) -> Sessions:
        """The conversations of this run."""

    @property
    def clipboard(self) -> Clipboard:
        """The routes to the user's clipboard."""

    @property
    def endpoint_memory(self) -> EndpointMemory:
        """What was learned of endpoints."""

    def context_window(self, provider: Provider, model: str) -> int | None:
        """Return how many tokens fit into the context of a model; ``None``: unknown."""

    def key_label(self, provider: Provider) -> str:
        """Return how a provider's key is shown."""

    def proxy_label(self, provider: Provider) -> str:
        """Return the proxy between here and a provider; empty: none."""

    async def reach(self, provider: Provider) -> Reachability:
        """Look shortly whether a provider answers."""

    @property
    def abilities(self) -> Abilities:
        """What tests of abilities cost, and what they have shown."""

    def past_checks(self, provider: Provider) -> tuple[CheckRecord, ...]:
        """Return what the checks of a provider's endpoint found, the oldest first."""

    async def look(self, provider: Provider, key_text: str | None = None) -> Reachability:
        """Look closely at an endpoint with unsaved values."""

    async def discover(
        self,
        on_found: Callable[[Discovered], None] | None = None,
        on_scanned: Callable[[int, int], None] | None = None,
    ) -> Discovery:
        """Look for model servers on this machine."""

    async def list_models(self, provider: Provider, key_text: str | None = None) -> ModelList:
        """Return what the endpoint offers; raises ``LmdeckError``."""

    async def test(self, provider: Provider, key_text: str | None = None) -> Turn:
        """Send the provider's test prompt."""

    async def test_vectors(
        self, provider: Provider, key_text: str | None = None, *, on_progress: Callable[[str], None]
    ) -> EmbeddingOutcome:
        """Send the test text of an embedding provider."""

    async def warm(self) -> None:
        """Load what the first request needs."""

    async def aclose(self) -> None:
        """Stop what streams, close every record, end the children."""
