"""``lmdeck providers``: the arguments of its subcommands."""

from tui.cli.command import DOES_NOT_ASK, PRINTS_JSON, Command, argument, later
from tui.texts import command_help as texts

NAME = argument("name", metavar="NAME")

LIST = Command(
    "list",
    texts.PROVIDERS_LIST,
    run="tui.cli.provider_list:list_providers",
    nothing={"providers": []},
    arguments=(PRINTS_JSON,),
)
SHOW = Command(
    "show",
    texts.PROVIDERS_SHOW,
    run="tui.cli.provider_list:show_provider",
    nothing={"provider": None},
    arguments=(NAME, PRINTS_JSON),
)
ADD = Command(
    "add",
    texts.PROVIDERS_ADD,
    run="tui.cli.provider_edit:add_provider",
    examples=texts.PROVIDERS_ADD_EXAMPLES,
    arguments=(
        NAME,
        later("tui.cli.provider_flags:add_flags", is_new=True),
    ),
)
SET = Command(
    "set",
    texts.PROVIDERS_SET,
    run="tui.cli.provider_edit:set_provider",
    examples=texts.PROVIDERS_SET_EXAMPLES,
    arguments=(NAME, later("tui.cli.provider_flags:add_flags", is_new=False)),
)
REMOVE = Command(
    "remove",
    texts.PROVIDERS_REMOVE,
    run="tui.cli.provider_change:remove_provider",
    arguments=(
        NAME,
        argument("--only-key", action="store_true", help=texts.ONLY_KEY),
    ),
)
DEFAULT = Command(
    "default",
    texts.PROVIDERS_DEFAULT,
    run="tui.cli.provider_change:make_default",
    arguments=(NAME,),
)
TRUST = Command(
    "trust",
    texts.PROVIDERS_TRUST,
    run="tui.cli.provider_change:trust_files",
    arguments=(DOES_NOT_ASK,),
)
IMPORT = Command(
    "import",
    texts.PROVIDERS_IMPORT,
    run="tui.cli.provider_import:import_providers",
    arguments=(
        argument("file", metavar="FILE", help=texts.IMPORT_FILE),
        argument("--replace", action="store_true", help=texts.REPLACE),
        argument("--allow-references", action="store_true", help=texts.ALLOW_REFERENCES),
        argument("--zero-is-free", action="store_true", help=texts.ZERO_IS_FREE),
    ),
)
EXPORT = Command(
    "export",
    texts.PROVIDERS_EXPORT,
    run="tui.cli.provider_export:export_providers",
    arguments=(
        argument("names", nargs="*", metavar="NAME", help=texts.EXPORT_NAMES),
        argument("--with-keys", action="store_true", help=texts.WITH_KEYS),
    ),
)
COMMAND = Command(
    "providers",
    texts.PROVIDERS,
    actions=(LIST, SHOW, ADD, SET, REMOVE, DEFAULT, TRUST, IMPORT, EXPORT),
)
