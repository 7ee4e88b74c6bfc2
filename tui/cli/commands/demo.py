"""``lmdeck demo``: its arguments."""

from tui.cli.argument_parser import port, positive_float
from tui.cli.command import Command, argument, later
from tui.texts import command_help as texts

COMMAND = Command(
    "demo",
    texts.DEMO,
    run="tui.cli.demo:run",
    arguments=(
        argument("--port", type=port, default=0, metavar="N", help=texts.DEMO_PORT),
        argument("--rate", type=positive_float, default=60.0, metavar="R", help=texts.DEMO_RATE),
        later("tui.cli.demo:add_flags"),
    ),
)
