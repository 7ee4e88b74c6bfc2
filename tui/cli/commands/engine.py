"""``lmdeck engine``: its arguments."""

from tui.cli.command import Command
from tui.texts import command_help as texts

INSTALL = Command(
    "install",
    texts.ENGINE_INSTALL,
    run="tui.cli.engine:install",
)
STATUS = Command("status", texts.ENGINE_STATUS, run="tui.cli.engine:status")
COMMAND = Command("engine", texts.ENGINE, actions=(INSTALL, STATUS))
