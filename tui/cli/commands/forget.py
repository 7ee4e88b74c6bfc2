"""``lmdeck forget``: its arguments."""

from tui.cli.command import DOES_NOT_ASK, Command, argument
from tui.texts import command_help as texts

COMMAND = Command(
    "forget",
    texts.FORGET,
    run="tui.cli.forget:run",
    arguments=(
        argument(
            "what",
            nargs="+",
            choices=["keys", "conversations", "caches", "ledger"],
            metavar="WHAT",
            help=texts.FORGET_WHAT,
        ),
        DOES_NOT_ASK,
    ),
)
