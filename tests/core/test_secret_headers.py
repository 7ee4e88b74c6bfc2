"""Secret headers and the secret parts of their values, with a single list for the program."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

import tui
from tui.core.api_key_search import MASK
from tui.core.secret import Redactor
from tui.core.secret_headers import is_secret_header

VALUE = "Zq81mVx0Rt7LkPw9"
LOGIN = base64.b64encode(f"user:{VALUE}".encode()).decode()
SECRET_TEXT = """
    Authorization Proxy-Authorization X-Auth X-Auth-Token X-Api-Key Api_Key api-key apikey Cookie Set-Cookie
    X-Credential X-Credentials X-Passwd X-Password X-Pass X-Pwd X-Passphrase X-Session-Id X-Session X-SID
    CF-Access-Client-Id CF-Access-Client-Secret Cf-Access-Jwt-Assertion X-Signature X-Hub-Signature-256 X-Sig
    X-HMAC X-JWT X-Ticket X-OTP X-Pin X-PAT X-Login X-CSRF X-Access-Code X-Amz-Security-Token X-Goog-Api-Key
    Ocp-Apim-Subscription-Key X-Client-Secret X-Access-Token PRIVATE-TOKEN X-Bearer
"""
OPEN_TEXT = """
    Accept Content-Type User-Agent X-Request-Id X-Trace Server Via X-Tenant OpenAI-Organization HTTP-Referer
    X-Title X-Pattern X-Design X-Spin X-Compass X-Option X-Region Date Content-Length
"""


@pytest.mark.parametrize("name", SECRET_TEXT.split())
def test_a_header_that_carries_a_secret_is_known(name: str) -> None:
    assert is_secret_header(name)
    assert is_secret_header(name.lower())
    assert is_secret_header(name.upper())


@pytest.mark.parametrize("name", OPEN_TEXT.split())
def test_other_headers_are_shown(name: str) -> None:
    assert not is_secret_header(name)


@pytest.mark.parametrize(
    "value",
    [
        VALUE,
        f"Token {VALUE}",
        f"Token token={VALUE}",
        f'Digest username="u", response="{VALUE}"',
        f"AWS4 Credential={VALUE}/20200101/us, Signature=x",
        f"a=1; sid={VALUE}; theme=dark",
        f'sid="{VALUE}"',
        f"sid=s%3A{VALUE}%2F1",
        f"sid={VALUE}|1700000000|abc",
        f"id={VALUE}&x=1",
        f"user:{VALUE}",
        f'{{"k":"{VALUE}"}}',
        f"Basic {LOGIN}",
        f"Basic {LOGIN.rstrip('=')}",
        LOGIN,
    ],
)
def test_every_part_of_a_secret_header_is_erased(value: str) -> None:
    redactor = Redactor()
    redactor.add_header("X-Auth", value)
    assert redactor.redact(f"say {VALUE} here") == f"say {MASK} here"
    assert VALUE not in redactor.redact(f"say {value} here")
    assert LOGIN[:-4] not in redactor.redact(f"say {LOGIN} and {value}")


def test_the_words_beside_a_secret_stay() -> None:
    redactor = Redactor()
    redactor.add_header("Cookie", f"theme=dark; sid={VALUE}; language=english")
    redactor.add_header("X-Auth", f"Bearer {VALUE}")
    text = "A dark theme, a Bearer token, the language english, a sid."
    assert redactor.redact(text) == text


def test_a_header_that_is_not_secret_teaches_nothing() -> None:
    redactor = Redactor()
    redactor.add_header("X-Request-Id", VALUE)
    assert not redactor.knows_any


def test_there_is_one_list_of_secret_headers() -> None:
    """Two lists were two rules: what one called a secret the other one printed."""
    names = re.compile(r"cookie|credential|signature", re.IGNORECASE)
    folder = Path(tui.__file__).parent
    found = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if any(names.search(text) and "|" in text for text in _texts(path))
    }
    assert found - {"core/path_search.py", "core/secret_files.py"} == {"core/secret_headers.py"}, (
        "and the names of secret files"
    )


def _texts(path: Path) -> list[str]:
    """Return the patterns of a module: what stands in raw texts."""
    return re.findall(r"\br\"([^\"]*)\"", path.read_text())
