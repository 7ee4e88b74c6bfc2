"""``lmdeck paths``: its arguments."""

from tui.cli.command import Command, argument

COMMAND = Command(
    "paths",
    "Say where everything is kept.",
    run="tui.cli.paths:run",
    arguments=(argument("--json", action="store_true"),),
)
