"""``lmdeck discover``: its arguments."""

from tui.cli.command import PRINTS_JSON, Command

COMMAND = Command(
    "discover",
    "Find the model servers that run on this machine (loopback only).",
    run="tui.cli.discover:run",
    arguments=(PRINTS_JSON,),
)
