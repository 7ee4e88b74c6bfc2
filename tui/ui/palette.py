"""The actions of command palette entries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class PaletteAction:
    """The action of a palette entry."""

    run: Callable[[], Awaitable[object]]
    is_risky: bool
    """Whether it deletes or spends money: then it is never preselected."""

    async def __call__(self) -> None:
        """Run the action."""
        await self.run()
