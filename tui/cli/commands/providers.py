"""``lmdeck providers``: the arguments of its actions."""

from tui.cli.command import DOES_NOT_ASK, Command, argument, later

NAME = argument("name", metavar="NAME")
JSON = argument("--json", action="store_true")

LIST = Command("list", "List every provider.", run="tui.cli.provider_list:list_providers", arguments=(JSON,))
SHOW = Command(
    "show",
    "Show one provider, its key masked.",
    run="tui.cli.provider_list:show_provider",
    arguments=(NAME, JSON),
)
ADD = Command(
    "add",
    "Add a provider.",
    run="tui.cli.provider_edit:add_provider",
    examples="  lmdeck providers add local --url http://localhost:8000/v1 --model Qwen/Qwen3-8B\n"
    "  pass show deepseek | lmdeck providers add deepseek --url https://api.deepseek.com/v1 \\\n"
    "      --model deepseek-chat --key-stdin --input-price 0.00027 --output-price 0.0011\n",
    arguments=(
        NAME,
        later("tui.cli.provider_flags:add_flags", is_new=True),
    ),
)
SET = Command(
    "set",
    "Change a provider: what the flags say, and nothing else.",
    run="tui.cli.provider_edit:set_provider",
    examples="  lmdeck providers set qwen --model Qwen/Qwen3-32B --thinking low\n"
    "  lmdeck providers set qwen --header 'X-Team: red' --clear temperature\n",
    arguments=(NAME, later("tui.cli.provider_flags:add_flags", is_new=False)),
)
REMOVE = Command(
    "remove",
    "Remove a provider and its stored key.",
    run="tui.cli.provider_change:remove_provider",
    arguments=(
        NAME,
        argument("--only-key", action="store_true", help="remove its stored key; the provider stays"),
    ),
)
DEFAULT = Command(
    "default",
    "Make a provider the default.",
    run="tui.cli.provider_change:make_default",
    arguments=(NAME,),
)
TRUST = Command(
    "trust",
    "Use the keys of a providers file that others can write, as it is now.",
    run="tui.cli.provider_change:trust_files",
    arguments=(DOES_NOT_ASK,),
)
IMPORT = Command(
    "import",
    "Import providers from Casibase's JSON.",
    run="tui.cli.provider_import:import_providers",
    arguments=(
        argument("file", metavar="FILE", help="a JSON file, or '-' for stdin"),
        argument("--replace", action="store_true", help="replace providers of the same name"),
        argument(
            "--allow-references",
            action="store_true",
            help="use env:, cmd: and file: in place of keys (default: ask for each one)",
        ),
        argument("--zero-is-free", action="store_true", help="prices of 0 and 0 are free (default: unknown)"),
    ),
)
EXPORT = Command(
    "export",
    "Print providers as Casibase's JSON.",
    run="tui.cli.provider_export:export_providers",
    arguments=(
        argument("names", nargs="*", metavar="NAME", help="which ones (default: all of yours)"),
        argument("--with-keys", action="store_true", help="include the API keys, readable"),
    ),
)
COMMAND = Command(
    "providers",
    "List and change the providers.",
    actions=(LIST, SHOW, ADD, SET, REMOVE, DEFAULT, TRUST, IMPORT, EXPORT),
)
