"""``lmdeck check``: its arguments."""

from tui.cli.argument_parser import non_negative, positive_float
from tui.cli.command import PRINTS_JSON, Command, argument
from tui.cli.option_rules import excludes, needs
from tui.texts import command_help as texts

COMMAND = Command(
    "check",
    texts.CHECK.format(cost=texts.CHECK_COST),
    run="tui.cli.check:run",
    nothing="tui.cli.check_all:nothing",
    examples=texts.CHECK_EXAMPLES,
    arguments=(
        argument("target", nargs="?", metavar="NAME|URL", help=texts.CHECK_TARGET),
        argument("--all", action="store_true", help=texts.CHECK_ALL),
        argument("-m", "--model", metavar="M", help=texts.MODEL),
        argument("--key-env", metavar="VAR", help=texts.KEY_ENV),
        argument("--quick", action="store_true", help=texts.QUICK),
        argument("--deep", action="store_true", help=texts.DEEP),
        argument("--only", metavar="NAMES", help=texts.ONLY),
        argument("--wait", type=non_negative, metavar="SECONDS", help=texts.CHECK_WAIT),
        argument("--watch", type=positive_float, metavar="SECONDS", help=texts.WATCH),
        argument("-v", "--verbose", action="store_true", help=texts.VERBOSE),
        argument("--report", metavar="FILE|-", help=texts.REPORT),
        argument("--replace", action="store_true", help=texts.REPORT_REPLACE),
        argument("--markdown", action="store_true", help=texts.CHECK_MARKDOWN),
        PRINTS_JSON,
    ),
    rules=(
        excludes("--verbose", "--all", "--watch", "--json"),
        excludes("--report", "--all", "--watch"),
        needs("--replace", "--report"),
        excludes("--all", "--model", "--key-env"),
        excludes("--deep", "--quick", "--watch"),
        excludes("--only", "--quick", "--watch"),
        needs("--markdown", "--all"),
        needs("--markdown", "--deep", "--only"),
        excludes("--markdown", "--json"),
    ),
)
