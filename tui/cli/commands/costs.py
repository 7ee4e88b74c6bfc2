"""``lmdeck costs``: its arguments."""

from tui.cli.command import PRINTS_JSON, Command, argument, one_of
from tui.cli.option_rules import excludes
from tui.texts import command_help as texts

_PERIOD = ("--by", "--since", "--until")

COMMAND = Command(
    "costs",
    texts.COSTS,
    run="tui.cli.costs:run",
    nothing="tui.cli.costs:nothing",
    examples=texts.COSTS_EXAMPLES,
    arguments=(
        argument(
            "--by",
            choices=["provider", "model", "day", "month", "chat", "origin"],
            metavar="WHAT",
            help=texts.COSTS_BY,
        ),
        argument("--since", metavar="TIME", help=texts.COSTS_SINCE),
        argument("--until", metavar="TIME", help=texts.COSTS_UNTIL),
        argument("--provider", metavar="NAME", help=texts.COSTS_PROVIDER),
        argument("--utc", action="store_true", help=texts.COSTS_UTC),
        one_of(
            argument("--csv", action="store_true", help=texts.COSTS_CSV),
            PRINTS_JSON,
            argument("--short", action="store_true", help=texts.COSTS_SHORT),
        ),
        one_of(
            argument("--budget", action="store_true", help=texts.COSTS_BUDGET),
            argument("--price-old", metavar="NAME", help=texts.COSTS_PRICE_OLD),
        ),
    ),
    rules=(
        excludes("--price-old", *_PERIOD, "--provider", "--utc", "--csv", "--short"),
        excludes("--budget", *_PERIOD, "--provider", "--csv", "--short"),
        excludes("--short", *_PERIOD),
    ),
)
