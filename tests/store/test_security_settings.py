"""Unreadable security settings refuse the connection, and never weaken it."""

from __future__ import annotations

import tomllib

import pytest

from tui.core.provider import Provider, TlsSettings
from tui.store.paths import Paths
from tui.store.provider_toml import decode_provider
from tui.store.providers import ProviderStore

PIN = "ab" * 32
BASE = 'compatible_provider = "m"\nprovider_url = "https://h/v1"\n'

UNREADABLE = [
    'tls = "x"',
    "tls = 1",
    "tls = true",
    'tls = [{ca_file = "/x"}]',
    "tls = {pinned_sha256 = 5}",
    f'tls = {{pinned_sha256 = ["{PIN}"]}}',
    'tls = {pinned_sha256 = ""}',
    'tls = {pinned_sha256 = "zz"}',
    f'tls = {{pinned_sha256 = "{PIN[:-1]}"}}',
    'tls = {client_key = "/k"}',
    'tls = {pinned_sha256 = " "}',
    f'tls = {{pin_sha256 = "{PIN}"}}',
    f'tls = {{Pinned_SHA256 = "{PIN}"}}',
    f'tls = {{pinned-sha256 = "{PIN}"}}',
    'tls = {ca_file = ["/x"]}',
    "tls = {ca_file = false}",
    'tls = {cafile = "/x"}',
    'tls = {client_certificate = 1, client_key = "/k"}',
    'tls = {insecure = "false"}',
    "tls = {insecure = 0}",
    "tls = {verify = false}",
    f'pinned_sha256 = "{PIN}"',
    'ca_file = "/x"',
    'tsl = {ca_file = "/x"}',
    'TLS = {ca_file = "/x"}',
    'ssl = {ca_file = "/x"}',
    f'fingerprint = "{PIN}"',
    "verify_ssl = true",
    "insecure = false",
    "api_key = 5",
    'api_key = ["sk-1"]',
    "key_header = 5",
    'key_header = "no such header"',
    'allow_unencrypted_key = "no"',
    'extra_headers = "X-Token: 1"',
    "extra_headers = {X-Token = 1}",
]

READABLE = [
    "",
    'tls = {ca_file = "/x"}',
    f'tls = {{pinned_sha256 = "{PIN}"}}',
    f'tls = {{pinned_sha256 = "{PIN.upper()}"}}',
    f'tls = {{pinned_sha256 = "{":".join([PIN[:2]] * 32)}"}}',
    f'tls = {{pinned_sha256 = "sha256:{PIN}"}}',
    'tls = {client_certificate = "/c", client_key = "/k"}',
    "tls = {insecure = true}",
    "tls = {}",
    'api_key = "env:KEY"',
    'display_nam = "x"',
    'note = "x"',
    "max_tokens = -1",
]


def decoded(line: str) -> Provider:
    return decode_provider("a", tomllib.loads(BASE + line))[0]


@pytest.mark.parametrize("line", UNREADABLE)
def test_one_that_cannot_be_read_refuses(line: str) -> None:
    (refusal, *_) = decoded(line).refusals
    assert refusal.message
    assert refusal.fields  # something in the form puts it right


@pytest.mark.parametrize("line", READABLE)
def test_another_one_does_not(line: str) -> None:
    assert decoded(line).refusals == ()


@pytest.mark.parametrize("line", UNREADABLE)
def test_the_list_says_so_and_stays(paths: Paths, line: str) -> None:
    paths.config_dir.mkdir(parents=True, mode=0o700)
    paths.providers_file.write_text(f"[providers.a]\n{BASE}{line}\n")
    snapshot = ProviderStore(paths).load()
    assert [provider.name for provider in snapshot.providers] == ["a"]
    assert any("Nothing is sent to this provider until then." in notice for notice in snapshot.notices)


@pytest.mark.parametrize(
    ("line", "right"),
    [
        (f'tls = {{pin_sha256 = "{PIN}"}}', "pinned_sha256"),
        ('tls = {cafile = "/x"}', "ca_file"),
        ('tsl = {ca_file = "/x"}', "tls"),
    ],
)
def test_a_misspelt_name_is_told_with_the_right_one(line: str, right: str) -> None:
    (refusal,) = decoded(line).refusals
    assert f"write {right}" in refusal.message


def test_what_is_readable_beside_it_is_read(paths: Paths) -> None:
    provider = decoded('tls = {ca_file = "/x", pinned_sha256 = 5}')
    assert provider.tls == TlsSettings(ca_file="/x")
    assert [refusal.setting for refusal in provider.refusals] == ["tls.pinned_sha256"]
