"""``lmdeck discover``: its arguments."""

from tui.cli.command import PRINTS_JSON, Command
from tui.texts import command_help as texts

COMMAND = Command(
    "discover",
    texts.DISCOVER,
    run="tui.cli.discover:run",
    arguments=(PRINTS_JSON,),
)
