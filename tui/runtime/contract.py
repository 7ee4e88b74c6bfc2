"""The interface between screens and runtime; tests can replace the parts that use the network."""

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
    """What a crash report needs: its folder, and all keys that it must not contain."""

    paths: Paths
    environment: Mapping[str, str]
    redactor: Redactor

    @property
    def credentials(self) -> CredentialStore:
        """The stored keys."""


class MakesChecks(Protocol):
    """Creates diagnoses."""

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
    """The runtime as used by the screens; ``Runtime`` describes each part."""

    settings_notices: tuple[str, ...]

    @property
    def settings(self) -> Settings:
        """The user's settings."""

    def keep_theme(self, name: str) -> None:
        """Write the selected theme to the settings file."""

    @property
    def directory(self) -> ProviderDirectory:
        """The provider list."""

    @property
    def provider_changes(self) -> ProviderChanges:
        """Changes to the provider list."""

    @property
    def conversations(self) -> ConversationStore:
        """The saved conversations."""

    @property
    def chat_history(self) -> History:
        """The saved conversations for reading, searching and exporting."""

    @property
    def costs(self) -> Costs:
        """The costs."""

    def check_budgets(self) -> None:
        """Add a notice for each budget of an unknown provider. Reads the disk."""

    @property
    def budgets(self) -> BudgetWatch | None:
        """The state of the budgets; ``None`` without budgets."""

    @property
    def sessions(self) -> Sessions:
        """The open conversations."""

    @property
    def clipboard(self) -> Clipboard:
        """The user's clipboard."""

    @property
    def endpoint_memory(self) -> EndpointMemory:
        """What was learned about endpoints."""

    def context_window(self, provider: Provider, model: str) -> int | None:
        """Return the context length of a model in tokens; ``None`` if unknown."""

    def key_label(self, provider: Provider) -> str:
        """Return how a provider's key is shown."""

    def proxy_label(self, provider: Provider) -> str:
        """Return the proxy for a provider; empty if there is none."""

    async def reach(self, provider: Provider) -> Reachability:
        """Briefly check whether a provider responds."""

    @property
    def abilities(self) -> Abilities:
        """The costs and results of ability tests."""

    def past_checks(self, provider: Provider) -> tuple[CheckRecord, ...]:
        """Return the results of past checks of a provider's endpoint, oldest first."""

    async def look(self, provider: Provider, key_text: str | None = None) -> Reachability:
        """Thoroughly check an endpoint with unsaved values."""

    async def discover(
        self,
        on_found: Callable[[Discovered], None] | None = None,
        on_scanned: Callable[[int, int], None] | None = None,
    ) -> Discovery:
        """Search for model servers on this machine."""

    async def list_models(self, provider: Provider, key_text: str | None = None) -> ModelList:
        """Return the models of an endpoint; raises ``LmdeckError``."""

    async def test(self, provider: Provider, key_text: str | None = None) -> Turn:
        """Send the provider's test prompt."""

    async def test_vectors(
        self, provider: Provider, key_text: str | None = None, *, on_progress: Callable[[str], None]
    ) -> EmbeddingOutcome:
        """Send the test text of an embedding provider."""

    async def warm(self) -> None:
        """Load what the first request needs."""

    async def aclose(self) -> None:
        """Stop all streams, close all records, and end child processes."""
