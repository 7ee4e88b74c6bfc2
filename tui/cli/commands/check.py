"""``lmdeck check``: its arguments."""

from tui.cli.argument_parser import non_negative, positive_float
from tui.cli.command import PRINTS_JSON, Command, argument
from tui.texts import command_help as texts

COMMAND = Command(
    "check",
    texts.CHECK.format(cost=texts.CHECK_COST),
    run="tui.cli.check:run",
    examples=texts.CHECK_EXAMPLES,
    arguments=(
        argument("target", nargs="?", metavar="NAME|URL", help=texts.CHECK_TARGET),
        argument("--all", action="store_true", dest="all_providers", help=texts.CHECK_ALL),
        argument("--model", metavar="M", help=texts.MODEL),
        argument("--key-env", metavar="VAR", help=texts.KEY_ENV),
        argument("--quick", action="store_true", help=texts.QUICK),
        argument("--wait", type=non_negative, metavar="SECONDS", help=texts.CHECK_WAIT),
        argument("--watch", type=positive_float, metavar="SECONDS", help=texts.WATCH),
        argument("-v", "--verbose", action="store_true", help=texts.VERBOSE),
        argument("--report", metavar="FILE|-", help=texts.REPORT),
        PRINTS_JSON,
    ),
)
