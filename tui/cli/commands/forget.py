"""``lmdeck forget``: its arguments."""

from tui.cli.command import DOES_NOT_ASK, Command, argument

COMMAND = Command(
    "forget",
    "Remove stored keys, conversations or caches, as asked.",
    run="tui.cli.forget:run",
    arguments=(
        argument(
            "what",
            nargs="+",
            choices=["keys", "conversations", "caches"],
            metavar="WHAT",
            help="keys, conversations, caches: one of them or several",
        ),
        DOES_NOT_ASK,
    ),
)
