"""``lmdeck presets``: its arguments."""

from tui.cli.command import Command, argument
from tui.texts import command_help as texts

COMMAND = Command(
    "presets",
    texts.PRESETS,
    run="tui.cli.presets:run",
    arguments=(argument("--install", action="store_true", help=texts.PRESETS_INSTALL),),
)
