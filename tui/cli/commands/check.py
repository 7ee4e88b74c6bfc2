"""``lmdeck check``: its arguments."""

from tui.cli.argument_parser import non_negative, positive_float
from tui.cli.command import PRINTS_JSON, Command, argument
from tui.core.check_cost import CHECK_COST

COMMAND = Command(
    "check",
    f"Find out what is wrong with an endpoint, and what to do (one short chat: {CHECK_COST}).",
    run="tui.cli.check:run",
    examples="  lmdeck check http://localhost:8000/v1\n  lmdeck check qwen --json\n"
    "  lmdeck check --all --quick\n",
    arguments=(
        argument("target", nargs="?", metavar="NAME|URL", help="a provider or an endpoint"),
        argument("--all", action="store_true", dest="all_providers", help="every active provider"),
        argument("--model", metavar="M"),
        argument("--key-env", metavar="VAR", help="environment variable with the API key"),
        argument("--quick", action="store_true", help="spend no tokens: no chat is sent"),
        argument("--wait", type=non_negative, metavar="SECONDS", help="wait for a model that is loading"),
        argument("--watch", type=positive_float, metavar="SECONDS", help="repeat, print changes only"),
        argument("-v", "--verbose", action="store_true", help="show the evidence of every check"),
        argument(
            "--report", metavar="FILE|-", help="write a Markdown report for a ticket, every known key erased"
        ),
        PRINTS_JSON,
    ),
)
