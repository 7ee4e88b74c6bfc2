"""``lmdeck history``: the arguments of its subcommands."""

from tui.cli.argument_parser import positive_integer
from tui.cli.command import DOES_NOT_ASK, PRINTS_JSON, Command, argument
from tui.cli.option_rules import needs
from tui.texts import command_help as texts

NAME = argument("name", metavar="CHAT", help=texts.HISTORY_NAME)

LIST = Command(
    "list",
    texts.HISTORY_LIST,
    run="tui.cli.history_list:list_conversations",
    nothing={"conversations": []},
    examples=texts.HISTORY_LIST_EXAMPLES,
    arguments=(
        argument("--since", metavar="TIME", help=texts.SINCE),
        argument("--provider", metavar="NAME", help=texts.HISTORY_PROVIDER),
        argument("--model", metavar="M", help=texts.HISTORY_MODEL),
        argument("--limit", type=positive_integer, metavar="N", help=texts.HISTORY_LIMIT),
        PRINTS_JSON,
    ),
)
SEARCH = Command(
    "search",
    texts.HISTORY_SEARCH,
    run="tui.cli.history_search:search_conversations",
    nothing={"conversations": []},
    examples=texts.HISTORY_SEARCH_EXAMPLES,
    arguments=(
        argument("text", nargs="+", metavar="TEXT", help=texts.HISTORY_TEXT, may_be_empty=True),
        argument("--reasoning", action="store_true", help=texts.HISTORY_REASONING),
        argument("--limit", type=positive_integer, metavar="N", help=texts.HISTORY_LIMIT),
        PRINTS_JSON,
    ),
)
SHOW = Command(
    "show",
    texts.HISTORY_SHOW,
    run="tui.cli.history_show:show_conversation",
    nothing={"conversation": None},
    arguments=(
        NAME,
        argument("--turn", type=positive_integer, metavar="N", help=texts.HISTORY_TURN),
        PRINTS_JSON,
    ),
)
EXPORT = Command(
    "export",
    texts.HISTORY_EXPORT,
    run="tui.cli.history_export:export_conversations",
    examples=texts.HISTORY_EXPORT_EXAMPLES,
    arguments=(
        argument("names", nargs="*", metavar="CHAT", help=texts.HISTORY_NAME),
        argument("--all", action="store_true", help=texts.HISTORY_ALL),
        argument(
            "--format",
            choices=["md", "json", "jsonl", "html", "openai"],
            default="md",
            metavar="FORMAT",
            help=texts.HISTORY_FORMAT,
        ),
        argument("-o", "--output", metavar="FILE|FOLDER", help=texts.HISTORY_OUTPUT),
        argument("--replace", action="store_true", help=texts.HISTORY_REPLACE),
    ),
    rules=(needs("--replace", "--output"),),
)
IMPORT = Command(
    "import",
    texts.HISTORY_IMPORT,
    run="tui.cli.history_import:import_conversations",
    examples=texts.HISTORY_IMPORT_EXAMPLES,
    arguments=(argument("files", nargs="+", metavar="FILE", help=texts.HISTORY_FILES),),
)
REMOVE = Command(
    "remove",
    texts.HISTORY_REMOVE,
    run="tui.cli.history_remove:remove_conversations",
    arguments=(
        argument("names", nargs="+", metavar="CHAT", help=texts.HISTORY_NAME),
        DOES_NOT_ASK,
    ),
)
RESTORE = Command(
    "restore",
    texts.HISTORY_RESTORE,
    run="tui.cli.history_remove:restore_conversation",
    arguments=(argument("name", nargs="?", metavar="CHAT", help=texts.HISTORY_DELETED),),
)
COMMAND = Command("history", texts.HISTORY, actions=(LIST, SEARCH, SHOW, EXPORT, IMPORT, REMOVE, RESTORE))
