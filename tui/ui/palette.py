"""What the command palette runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class PaletteAction:
    """What an entry of the palette does."""

    run: Callable[[], Awaitable[object]]
    is_risky: bool
    """Whether it deletes or spends: then it is never the entry that is selected by itself."""

    async def __call__(self) -> None:
        """Do it."""
        await self.run()
