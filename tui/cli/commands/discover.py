"""``lmdeck discover``: its arguments."""

from tui.cli.command import PRINTS_JSON, Command
from tui.texts import command_help as texts

COMMAND = Command(
    "discover",
    texts.DISCOVER,
    run="tui.cli.discover:run",
    nothing={"servers": [], "starting": [], "asked_ports": 0, "is_complete": False},
    arguments=(PRINTS_JSON,),
)
