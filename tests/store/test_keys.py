from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from tests.store.disk_support import wait_until
from tui.core.api_key_reference import STORED, ApiKeyKind, ApiKeyReference
from tui.core.failure import Failure, LmdeckError
from tui.core.secret import Secret
from tui.store.api_key_command import command_environment
from tui.store.api_keys import ApiKeyResolver
from tui.store.credentials import CredentialStore
from tui.store.paths import Paths

KEY = "sk-0123456789abcdef"


@pytest.fixture
def resolver(paths: Paths, environment: dict[str, str]) -> ApiKeyResolver:
    return ApiKeyResolver(CredentialStore(paths), environment)


def refusal(resolver: ApiKeyResolver, reference: ApiKeyReference) -> Failure:
    with pytest.raises(LmdeckError) as caught:
        resolver.resolve("p", reference)
    return caught.value.failure


def command(code: str) -> ApiKeyReference:
    """Return a reference to a Python command; the code has no single quotes."""
    return ApiKeyReference(ApiKeyKind.COMMAND, f"{sys.executable} -c '{code}'")


def test_no_reference_is_no_key(resolver: ApiKeyResolver) -> None:
    assert resolver.resolve("p", None) is None


# -- env --------------------------------------------------------------------------------------------


def test_a_variable_is_read_without_the_space_around_it(paths: Paths) -> None:
    resolver = ApiKeyResolver(CredentialStore(paths), {"A": f" {KEY}\r\n"})
    assert resolver.resolve("p", ApiKeyReference(ApiKeyKind.ENVIRONMENT, "A")) == Secret(KEY)


def test_a_variable_that_is_not_set_is_named(resolver: ApiKeyResolver) -> None:
    failure = refusal(resolver, ApiKeyReference(ApiKeyKind.ENVIRONMENT, "MY_KEY"))
    assert failure.cause == "key-unavailable"
    assert "MY_KEY is not set" in failure.title
    assert "export MY_KEY=" in failure.advice


@pytest.mark.parametrize(
    "value", ["", " \n", "${OTHER}", "$OTHER", "Bearer x1y2", "'x1y2'", "x1\ny2", "é" * 9]
)
def test_a_variable_that_holds_no_key_is_told_without_its_value(paths: Paths, value: str) -> None:
    resolver = ApiKeyResolver(CredentialStore(paths), {"A": value})
    failure = refusal(resolver, ApiKeyReference(ApiKeyKind.ENVIRONMENT, "A"))
    assert failure.cause == "key-malformed"
    assert "env:A" in failure.title + failure.advice
    for part in ("x1", "y2", "é"):
        assert part not in failure.title + failure.advice


# -- cmd --------------------------------------------------------------------------------------------


def test_a_command_gives_its_first_line_and_runs_once(
    resolver: ApiKeyResolver, environment: dict[str, str]
) -> None:
    count = Path(environment["HOME"]) / "count"
    reference = command(f'open("{count}", "a").write("x"); print("{KEY}"); print("more")')
    threads = [threading.Thread(target=resolver.resolve, args=("p", reference)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert resolver.resolve("p", reference) == Secret(KEY)
    assert count.read_text() == "x"
    assert resolver.renew("p", reference, Secret("another key")) == Secret(KEY)
    assert count.read_text() == "x", "it was another key that was refused"
    assert resolver.renew("p", reference, Secret(KEY)) == Secret(KEY)
    assert count.read_text() == "xx"


def test_no_shell_reads_a_command(resolver: ApiKeyResolver, environment: dict[str, str]) -> None:
    trap = Path(environment["HOME"]) / "trap"
    reference = ApiKeyReference(
        ApiKeyKind.COMMAND, f"{sys.executable} -c 'print(1234567890)' ; touch {trap} $(id)"
    )
    assert resolver.resolve("p", reference) == Secret("1234567890")
    assert not trap.exists()


def test_home_is_expanded_in_a_command(resolver: ApiKeyResolver, environment: dict[str, str]) -> None:
    (Path(environment["HOME"]) / "key").write_text(f"{KEY}\n")
    assert resolver.resolve("p", ApiKeyReference(ApiKeyKind.COMMAND, "cat ~/key")) == Secret(KEY)


def test_a_command_gets_no_other_key_of_the_environment() -> None:
    passed = command_environment(
        {
            "PATH": "/bin",
            "HOME": "/h",
            "GNUPGHOME": "/g",
            "OP_SESSION_x": "1",
            "OPENAI_API_KEY": "sk",
            "X": "y",
        }
    )
    assert passed == {"PATH": "/bin", "HOME": "/h", "GNUPGHOME": "/g", "OP_SESSION_x": "1"}


def test_a_command_has_no_terminal_and_no_input(resolver: ApiKeyResolver) -> None:
    reference = command(
        'import os,sys; print(f"sid{os.getsid(0)==os.getpid()}-stdin{len(sys.stdin.read())}-key")'
    )
    assert resolver.resolve("p", reference) == Secret("sidTrue-stdin0-key")


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        (ApiKeyReference(ApiKeyKind.COMMAND, "no-such-command-here x"), "not found"),
        (ApiKeyReference(ApiKeyKind.COMMAND, "echo 'x"), "unclosed quotation mark"),
        (ApiKeyReference(ApiKeyKind.COMMAND, "/"), "no permission to run"),
        (command('import sys; print("sk-leak", file=sys.stderr); sys.exit(3)'), "status 3"),
        (command("import os,signal; os.kill(os.getpid(), signal.SIGTERM)"), "signal 15"),
        (command("pass"), "printed nothing"),
        (command("print()"), "printed nothing"),
        (command('print("x" * 200000)'), "far more"),
    ],
)
def test_a_command_that_gives_no_key_is_told_in_words(
    resolver: ApiKeyResolver, reference: ApiKeyReference, reason: str
) -> None:
    failure = refusal(resolver, reference)
    assert failure.cause == "key-unavailable"
    assert reason in failure.title
    assert failure.advice
    assert "sk-leak, " not in failure.title + failure.advice
    assert len(failure.title) <= 160


def test_a_command_that_hangs_is_ended_with_its_children(paths: Paths, environment: dict[str, str]) -> None:
    resolver = ApiKeyResolver(CredentialStore(paths), environment, time_limit_seconds=0.3)
    pids = Path(environment["HOME"]) / "pids"
    code = (
        "import os,subprocess,sys,time; "
        f'child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]); '
        f'open("{pids}.tmp", "w").write(f"{{os.getpid()}} {{child.pid}}"); '
        f'os.rename("{pids}.tmp", "{pids}"); '
        "time.sleep(60)"
    )
    failure = refusal(resolver, command(code))
    assert "longer than 0.3 seconds" in failure.title
    for pid in pids.read_text().split() if pids.exists() else []:
        wait_until(lambda pid=pid: not _is_running(int(pid)))  # type: ignore[misc]  # bound at once


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_child_that_keeps_the_output_open_is_not_waited_for(resolver: ApiKeyResolver) -> None:
    code = (
        "import subprocess,sys; "
        f'subprocess.Popen([sys.executable, "-c", "import time; time.sleep(2)"]); print("{KEY}")'
    )
    assert resolver.resolve("p", command(code)) == Secret(KEY)


def test_an_endless_output_is_cut_off(resolver: ApiKeyResolver) -> None:
    failure = refusal(resolver, command('while True: print("x" * 1000)'))
    assert "far more" in failure.title


def test_a_command_of_an_untrusted_file_is_not_run(paths: Paths, environment: dict[str, str]) -> None:
    resolver = ApiKeyResolver(
        CredentialStore(paths), environment, command_refusal=lambda name: f"others can write {name}.toml"
    )
    failure = refusal(resolver, command("print(1)"))
    assert "not run" in failure.title
    assert failure.advice == "Others can write p.toml."


# -- file -------------------------------------------------------------------------------------------


@pytest.fixture
def key_file(environment: dict[str, str]) -> Path:
    path = Path(environment["HOME"]) / "key"
    path.write_text(f"{KEY}\n")
    path.chmod(0o600)
    return path


def test_a_private_file_is_read(resolver: ApiKeyResolver, key_file: Path) -> None:
    for text in (str(key_file), "~/key"):
        assert resolver.resolve("p", ApiKeyReference(ApiKeyKind.FILE, text)) == Secret(KEY)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_can_use_is_refused(resolver: ApiKeyResolver, key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    failure = refusal(resolver, ApiKeyReference(ApiKeyKind.FILE, "~/key"))
    assert failure.cause == "key-unavailable"
    assert failure.advice == "Run: chmod 600 ~/key"


@pytest.mark.parametrize(
    ("text", "reason"), [("~/none", "does not exist"), ("key", "relative"), ("/", "not a regular file")]
)
def test_a_path_that_leads_nowhere_is_told(resolver: ApiKeyResolver, text: str, reason: str) -> None:
    assert reason in refusal(resolver, ApiKeyReference(ApiKeyKind.FILE, text)).title


def test_a_file_with_several_lines_is_no_key(resolver: ApiKeyResolver, key_file: Path) -> None:
    key_file.write_text("one\ntwo\n")
    assert refusal(resolver, ApiKeyReference(ApiKeyKind.FILE, "~/key")).cause == "key-malformed"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_somebody_else_is_refused(
    resolver: ApiKeyResolver, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.chown(key_file, 12345, 12345)
    assert "another user" in refusal(resolver, ApiKeyReference(ApiKeyKind.FILE, "~/key")).title


# -- stored -----------------------------------------------------------------------------------------


def test_a_stored_key_is_found_by_its_provider(resolver: ApiKeyResolver, paths: Paths) -> None:
    CredentialStore(paths).put("p", Secret(KEY))
    assert resolver.resolve("p", STORED) == Secret(KEY)


def test_a_stored_key_that_is_no_text_is_told_with_file_and_line(
    resolver: ApiKeyResolver, paths: Paths
) -> None:
    paths.config_dir.mkdir(parents=True, exist_ok=True)
    paths.credentials_file.write_text("schema = 1\n[keys]\np = 5\n")
    paths.credentials_file.chmod(0o600)
    failure = refusal(resolver, STORED)
    assert failure.cause == "key-unavailable"
    assert "the key of p is not a text in quotes (line 3)" in failure.title
    assert "credentials.toml" in failure.advice


def test_a_stored_key_that_is_missing_is_told(resolver: ApiKeyResolver) -> None:
    failure = refusal(resolver, STORED)
    assert failure.cause == "key-unavailable"
    assert "none is stored for p" in failure.title
