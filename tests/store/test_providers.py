from __future__ import annotations

import errno
import threading
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.disk_support import BrokenDisk, often
from tests.support.powers import without_root_powers
from tui.core.api_key_reference import STORED, parse_api_key_reference
from tui.core.failure import LmdeckError, UsageError
from tui.core.provider import (
    ApiKeyHeader,
    Category,
    Provider,
    ReasoningReplay,
    Sampling,
    State,
    Thinking,
    TlsSettings,
)
from tui.core.secret import Secret
from tui.core.usage import CURRENCIES
from tui.store.credentials import CredentialStore
from tui.store.files import backup_of
from tui.store.paths import Paths
from tui.store.provider_toml import decode_provider, encode_provider
from tui.store.providers import ProviderStore
from tui.store.toml_file import parse_toml, render

GOOD = Provider("good", model="m", provider_url="http://localhost:8000/v1")


def write(paths: Paths, text: str) -> None:
    paths.config_dir.mkdir(parents=True, exist_ok=True)
    paths.providers_file.write_text(text)
    paths.providers_file.chmod(0o600)


def names(store: ProviderStore) -> list[str]:
    return [provider.name for provider in store.load().providers]


# -- one record -------------------------------------------------------------------------------------

json_values = st.recursive(
    st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
numbers = st.none() | st.floats(-2, 2)
paths_or_none = st.none() | st.text().filter(str.strip)
pins = st.none() | st.text("0123456789abcdef", min_size=64, max_size=64)
tls_settings = st.builds(
    TlsSettings, paths_or_none, paths_or_none, paths_or_none, pins, st.booleans()
).filter(lambda tls: tls.client_certificate is not None or tls.client_key is None)
providers = st.builds(
    Provider,
    name=st.just("p"),
    display_name=st.text(),
    category=st.sampled_from(Category),
    model=st.text(),
    input_price=st.none() | st.decimals(0, 10**6, places=10),
    output_price=st.none()
    | st.sampled_from([Decimal("0.00005"), Decimal("0.0010"), Decimal(0), Decimal("1e-12")]),
    currency=st.sampled_from(CURRENCIES),
    api_key=st.sampled_from(
        [None, STORED, parse_api_key_reference("env:A"), parse_api_key_reference("cmd:a 'b c'")]
    ),
    provider_url=st.text(),
    state=st.sampled_from(State),
    created_time=st.text(),
    test_prompt=st.text(),
    system_prompt=st.text(),
    sampling=st.builds(Sampling, numbers, numbers, numbers, numbers, st.none() | st.integers(1, 10**9)),
    thinking=st.none() | st.sampled_from(Thinking),
    reasoning_replay=st.sampled_from(ReasoningReplay),
    key_header=st.sampled_from(ApiKeyHeader),
    extra_headers=st.dictionaries(st.text(), st.text(), max_size=3),
    extra_body=st.dictionaries(st.text(), json_values | st.none(), max_size=3),
    tls=tls_settings,
    allow_unencrypted_key=st.booleans(),
)


@often
@given(providers)
def test_a_provider_comes_back_from_the_file_as_it_was(provider: Provider) -> None:
    table = encode_provider(provider)
    text = render("", {"schema": 1, "providers": {"p": table}})
    records = parse_toml(text)["providers"]
    assert isinstance(records, dict)
    read, problems = decode_provider("p", records["p"])
    assert not problems
    assert read == provider
    assert str(read.input_price) == str(provider.input_price) or read.input_price is not None


def test_every_digit_of_a_price_is_kept_and_numbers_are_accepted(paths: Paths) -> None:
    write(paths, '[providers.a]\ninput_price = "0.000050"\noutput_price = 0.00000012345678901234567890\n')
    (provider,) = ProviderStore(paths).load().providers
    assert str(provider.input_price) == "0.000050"
    assert f"{provider.output_price:f}" == "0.00000012345678901234567890"


def test_the_file_reads_well(paths: Paths) -> None:
    store = ProviderStore(paths)
    store.save(replace(GOOD, name="a.b", input_price=Decimal("0.00005"), extra_headers={"X-Team": "red"}))
    assert paths.providers_file.read_text() == (
        'schema = 1\n\n[providers."a.b"]\ncategory = "Model"\ncompatible_provider = "m"\n'
        'input_price = "0.00005"\nprovider_url = "http://localhost:8000/v1"\nstate = "Active"\n\n'
        '[providers."a.b".extra_headers]\nX-Team = "red"\n'
    )


def test_the_golden_file_of_this_schema_reads_as_ever(paths: Paths) -> None:
    golden = Path(__file__).parent / "golden" / "providers-1.toml"
    write(paths, golden.read_text())
    snapshot = ProviderStore(paths).load()
    assert snapshot.notices == ()
    first, second = snapshot.providers
    assert first == Provider(
        name="qwen",
        display_name="Qwen on the cluster",
        model="Qwen/Qwen3-8B",
        input_price=Decimal("0.00005"),
        output_price=Decimal("0.00020"),
        currency="CNY",
        api_key=parse_api_key_reference("env:QWEN_API_KEY"),
        provider_url="http://gpu01:8000/v1",
        is_default=True,
        created_time="2026-01-01T00:00:00+00:00",
        system_prompt="Be brief.",
        sampling=Sampling(temperature=0.7, max_tokens=1024),
        thinking=Thinking.OFF,
        allow_unencrypted_key=True,
        extra_headers={"X-Team": "red"},
        extra_body={"top_k": 20, "chat_template_kwargs": {"enable_thinking": False}},
        tls=TlsSettings(ca_file="~/ca.pem"),
    )
    assert second.category is Category.EMBEDDING
    assert second.state is State.INACTIVE
    assert second.extra_body == {"dimensions": None}


# -- hand-written files -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "field", "hint"),
    [
        ("input_price = -1", "input_price", "0 or more"),
        ('input_price = "cheap"', "input_price", '"0.0015"'),
        ("input_price = 1e99999", "input_price", "0 or more"),
        ("input_price = nan", "input_price", "0 or more"),
        ('temperature = "hot"', "temperature", "0.7"),
        ("temperature = inf", "temperature", "number"),
        ("temperature = 9", "temperature", "from 0 to 2"),
        ("max_tokens = 1.5", "max_tokens", "whole number"),
        ('state = "on"', "state", "Active, Inactive"),
        ('thinking = "very"', "thinking", "minimal"),
        ('currency = "XYZ"', "currency", "USD"),
        ("display_name = 3", "display_name", "quotes"),
        ('is_default = "yes"', "is_default", "true or false"),
        ('extra_headers = "x"', "extra_headers", "table"),
        ("extra_headers = { a = 1 }", "extra_headers.a", "text"),
        ("extra_body = 3", "extra_body", "JSON"),
        ('extra_body = "{"', "extra_body", "JSON"),
        ("tls = { insecure = 1 }", "tls.insecure", "true or false"),
        ('api_key = "sk-verysecret"', "api_key", "env:NAME"),
        ('colour = "red"', "colour", "ignored"),
        ('curency = "EUR"', "curency", "use currency"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_and_the_provider_stays(
    paths: Paths, line: str, field: str, hint: str
) -> None:
    write(paths, f'[providers.a]\ncompatible_provider = "m"\nprovider_url = "http://localhost/v1"\n{line}\n')
    snapshot = ProviderStore(paths).load()
    assert [provider.name for provider in snapshot.providers] == ["a"]
    (notice,) = snapshot.notices
    assert notice.startswith("~/.config/lmdeck/providers.toml, provider a: ")
    assert field in notice
    assert hint in notice
    assert "sk-very" not in notice


def test_values_that_cannot_be_used_and_unknown_keys_survive_an_edit_of_other_fields(paths: Paths) -> None:
    write(paths, '[providers.a]\ntemperature = "hot"\ncolour = "red"\n[providers.a.later]\nx = 1\n')
    store = ProviderStore(paths)
    (provider,) = store.load().providers
    store.save(replace(provider, display_name="A"))
    text = paths.providers_file.read_text()
    assert 'temperature = "hot"' in text
    assert 'colour = "red"' in text
    assert "[providers.a.later]" in text
    assert 'display_name = "A"' in text


def test_comments_and_order_survive_an_edit(paths: Paths) -> None:
    write(
        paths,
        "# my providers\nschema = 1\n\n# the fast one\n[providers.b] # here\n"
        'compatible_provider = "m"  # small\n\n# the other\n[providers.a]\n'
        'compatible_provider = "n"\n# end\n',
    )
    store = ProviderStore(paths)
    provider = store.load().providers[1]
    store.save(replace(provider, display_name="A"))
    text = paths.providers_file.read_text()
    for kept in (
        "# my providers",
        "# the fast one\n[providers.b] # here",
        "# small",
        "# the other\n[prov",
        "# end",
    ):
        assert kept in text
    assert names(store) == ["b", "a"]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_comments_inside_an_edited_provider_stay(paths: Paths, mark: str, end: str) -> None:
    text = (
        "# mine\nschema = 1\n\n[providers.a] # here\n# why this one\n"
        "compatible_provider = 'm'  # small\ninput_price = 0.150 # per the contract\n\n"
        "# as the server wants it\n[providers.a.extra_body]\ntop_k = 20 # few\n"
    )
    paths.providers_file.parent.mkdir(parents=True, exist_ok=True)
    paths.providers_file.write_bytes((mark + text).replace("\n", end).encode())
    paths.providers_file.chmod(0o600)
    store = ProviderStore(paths)
    (provider,) = store.load().providers
    store.save(replace(provider, model="n", display_name="A"))
    wanted = text.replace("'m'", '"n"').replace("contract\n", 'contract\ndisplay_name = "A"\n')
    assert paths.providers_file.read_bytes().decode() == (mark + wanted).replace("\n", end)
    store.save(replace(store.load().providers[0], name="b"), "a")
    renamed = (mark + wanted).replace("[providers.a", "[providers.b").replace("\n", end)
    content = paths.providers_file.read_bytes().decode()
    assert content.startswith(renamed)
    assert content.removeprefix(renamed).split(end)[1:2] == ["[providers.b.former_names]"]


@pytest.mark.parametrize(
    "text",
    [
        "providers = { a = { display_name = 'x' }, b = {} }\n",
        "[providers]\na.display_name = 'x'\n[providers.b]\n",
        'note = """\n[providers.zzz]\n"""\n[providers.a]\ndisplay_name = "x"\n[providers.b]\n',
        "\ufeff[providers.a]\r\ndisplay_name = 'x'\r\n[providers.b]\r\n",
    ],
)
def test_any_layout_of_toml_can_be_edited(paths: Paths, text: str) -> None:
    write(paths, text)
    store = ProviderStore(paths)
    first, _ = store.load().providers
    store.save(replace(first, currency="EUR"))
    store.delete("b")
    (provider,) = store.load().providers
    assert (provider.name, provider.display_name, provider.currency) == ("a", "x", "EUR")


def test_records_that_are_no_tables_are_told(paths: Paths) -> None:
    write(paths, 'providers = "x"\n')
    assert "[providers.NAME]" in ProviderStore(paths).load().notices[0]
    write(paths, "[providers]\na = 1\n")
    assert "[providers.a]" in ProviderStore(paths).load().notices[0]


# -- corrupt, newer, out of reach -------------------------------------------------------------------


def test_a_malformed_file_is_reported_and_never_changed(paths: Paths) -> None:
    store = ProviderStore(paths)
    store.save(GOOD)
    store.save(replace(GOOD, name="second"))
    write(paths, "[providers.broken\nkey = 'sk-secret'\n")
    before = paths.providers_file.read_bytes()
    snapshot = store.load()
    assert "line 1" in snapshot.notices[0]
    assert "sk-secret" not in snapshot.notices[0]
    assert [provider.name for provider in snapshot.providers] == ["good", "second"]
    assert paths.providers_file.read_bytes() == before
    backup = backup_of(paths.providers_file).read_bytes()

    for change in (
        lambda: store.save(replace(GOOD, name="third")),
        lambda: store.save(replace(GOOD, model="other")),
        lambda: store.save_all([replace(GOOD, name="third")]),
        lambda: store.delete("good"),
        lambda: store.set_default("good"),
    ):
        with pytest.raises(UsageError) as caught:
            change()
        assert caught.value.failure.cause == "config-malformed"
        assert "line 1" in caught.value.failure.title
    assert paths.providers_file.read_bytes() == before
    assert backup_of(paths.providers_file).read_bytes() == backup
    assert not list(paths.config_dir.glob("*.corrupt-*"))


def test_a_malformed_file_at_the_start_falls_back_to_the_version_before(paths: Paths) -> None:
    store = ProviderStore(paths)
    store.save(GOOD)
    store.save(replace(GOOD, name="second"))
    write(paths, "\xff = [")
    snapshot = ProviderStore(paths).load()
    assert [provider.name for provider in snapshot.providers] == ["good"]
    assert "earlier version" in snapshot.notices[0]


def test_a_corrected_file_is_read_again(paths: Paths) -> None:
    write(paths, "[[[")
    store = ProviderStore(paths)
    assert store.load().providers == ()
    write(paths, '[providers.a]\ncompatible_provider = "m"\nprovider_url = "http://localhost/v1"\n')
    assert store.has_changed()
    snapshot = store.load()
    assert snapshot.notices == ()
    assert len(snapshot.providers) == 1


@pytest.mark.parametrize("schema", ['"x"', "0", "-1", "true"])
def test_a_schema_that_is_no_number_is_reported(paths: Paths, schema: str) -> None:
    write(paths, f"schema = {schema}\n")
    assert "schema" in ProviderStore(paths).load().notices[0]


def test_a_newer_file_is_shown_and_never_written(paths: Paths) -> None:
    text = 'schema = 999\n[providers.a]\nshape = "new"\n'
    write(paths, text)
    store = ProviderStore(paths)
    snapshot = store.load()
    assert [provider.name for provider in snapshot.providers] == ["a"]
    assert snapshot.is_read_only
    (notice,) = snapshot.notices
    assert "newer" in notice
    for change in (lambda: store.save(GOOD), lambda: store.delete("a"), lambda: store.set_default("a")):
        with pytest.raises(UsageError) as caught:
            change()
        assert caught.value.failure.cause == "config-newer"
    assert paths.providers_file.read_text() == text


def test_a_file_that_may_not_be_read_is_told_and_not_replaced(paths: Paths) -> None:
    write(paths, "schema = 1\n")
    paths.providers_file.chmod(0)
    store = ProviderStore(paths)
    with without_root_powers():
        assert "no permission" in store.load().notices[0]
        with pytest.raises(LmdeckError):
            store.save(GOOD)
    paths.providers_file.chmod(0o600)
    assert paths.providers_file.read_text() == "schema = 1\n"


@pytest.mark.parametrize("call", ["open_file", "write", "fsync", "replace", "make_directory"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.ESTALE, errno.EDQUOT])
def test_a_refused_save_is_one_clear_error(
    paths: Paths, broken_disk: BrokenDisk, call: str, number: int
) -> None:
    store = ProviderStore(paths)
    broken_disk.refuse(number, call)
    with pytest.raises(LmdeckError) as caught:
        store.save(GOOD)
    assert caught.value.failure.cause in ("store-full", "store-read-only", "store-failed")
    broken_disk.recover()
    store.save(GOOD)
    assert names(store) == ["good"]


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EIO, errno.ENOTSUP, errno.ESTALE, errno.ENOSYS])
def test_a_disk_without_locks_is_used_with_a_lease(
    paths: Paths, broken_disk: BrokenDisk, number: int
) -> None:
    broken_disk.refuse(number, "flock")
    one, two = ProviderStore(paths), ProviderStore(paths)
    one.load(), two.load()
    one.save(GOOD)
    two.save(replace(GOOD, name="other"))
    assert broken_disk.refused == 2
    assert names(one) == ["good", "other"]
    assert not list(paths.config_dir.glob("*.lease"))
    assert not list(paths.config_dir.glob(".*.lease"))


# -- changes ----------------------------------------------------------------------------------------


def test_two_sessions_keep_each_others_edits_of_different_fields(paths: Paths) -> None:
    one, two = ProviderStore(paths), ProviderStore(paths)
    one.save(GOOD)
    mine, theirs = one.load().providers[0], two.load().providers[0]
    one.save(replace(mine, input_price=Decimal(1)))
    two.save(replace(theirs, display_name="Good", sampling=Sampling(top_p=0.5)))
    (both,) = one.load().providers
    assert (both.input_price, both.display_name, both.sampling.top_p) == (Decimal(1), "Good", 0.5)


def test_two_sessions_keep_each_others_settings_within_one_table(paths: Paths) -> None:
    one, two = ProviderStore(paths), ProviderStore(paths)
    body = {"kwargs": {"thinking": True, "depth": 1}, "top_k": 20, "seed": 1}
    one.save(replace(GOOD, extra_headers={"X-Old": "1", "X-Stays": "1"}, extra_body=body))
    before = two.load().providers[0]
    pinned = replace(before, tls=TlsSettings(pinned_sha256="ab" * 32), extra_headers={"X-Stays": "1"})
    one.save(replace(pinned, extra_body={"kwargs": {"thinking": False, "depth": 1}, "top_k": 20, "seed": 2}))
    headers = {"X-Old": "1", "X-Stays": "2", "X-Cost": "42"}
    wanted = replace(before, tls=TlsSettings(ca_file="/etc/ca.pem"), extra_headers=headers)
    two.save(replace(wanted, extra_body={"kwargs": {"thinking": True, "depth": 2}, "seed": 1, "empty": {}}))
    got = ProviderStore(paths).load().providers[0]
    assert got.tls == TlsSettings(ca_file="/etc/ca.pem", pinned_sha256="ab" * 32)
    assert got.extra_headers == {"X-Stays": "2", "X-Cost": "42"}
    assert got.extra_body == {"kwargs": {"thinking": False, "depth": 2}, "seed": 2, "empty": {}}
    two.save(replace(got, tls=TlsSettings(), extra_headers={}, extra_body={}))
    assert ProviderStore(paths).load().providers[0] == replace(GOOD, created_time=got.created_time)
    assert "tls" not in paths.providers_file.read_text()


def test_an_unreadable_setting_beside_a_changed_one_stays_refused(paths: Paths) -> None:
    write(
        paths,
        '[providers.a.tls]\npinned_sha256 = 12345\n[providers.a.extra_headers]\nX-Auth = 5\nX-Ok = "1"\n',
    )
    store = ProviderStore(paths)
    (before,) = store.load().providers
    store.save(replace(before, tls=TlsSettings(ca_file="/etc/ca.pem"), extra_headers={"X-Ok": "2"}))
    (after,) = store.load().providers
    assert before.refusals == after.refusals
    assert len(after.refusals) == 2
    assert after.tls.ca_file == "/etc/ca.pem"
    assert after.extra_headers == {"X-Ok": "2"}
    store.save(replace(after, tls=TlsSettings(), extra_headers={}))
    assert ProviderStore(paths).load().providers[0].refusals == before.refusals


@pytest.mark.parametrize("value", ["{ x = nan }", "{ x = [inf] }", "{ x = 1e999 }", "'{\"x\": NaN}'"])
def test_an_extra_body_that_json_cannot_say_is_told_and_not_sent(paths: Paths, value: str) -> None:
    write(paths, f'[providers.a]\nextra_body = {value}\nprovider_url = "http://localhost:8000/v1"\n')
    snapshot = ProviderStore(paths).load()
    assert snapshot.providers[0].extra_body == {}
    assert any("nan or inf" in notice for notice in snapshot.notices)


def test_clearing_a_field_removes_it(paths: Paths) -> None:
    store = ProviderStore(paths)
    store.save(replace(GOOD, display_name="x", thinking=Thinking.ON, tls=TlsSettings(insecure=True)))
    (provider,) = store.load().providers
    store.save(replace(provider, display_name="", thinking=None, tls=TlsSettings()))
    assert store.load().providers == (GOOD,)


def test_there_is_at_most_one_default_a_category(paths: Paths) -> None:
    store = ProviderStore(paths)
    for name in ("a", "b"):
        store.save(replace(GOOD, name=name, is_default=True))
    store.save(replace(GOOD, name="e", category=Category.EMBEDDING, is_default=True))
    assert [provider.is_default for provider in store.load().providers] == [False, True, True]
    store.set_default("a")
    assert [provider.is_default for provider in store.load().providers] == [True, False, True]
    store.save(replace(store.load().providers[0], is_default=False))
    assert store.default_name() is None
    assert store.default_name(Category.EMBEDDING) == "e"


def test_a_stale_record_does_not_steal_the_default_back(paths: Paths) -> None:
    one, two = ProviderStore(paths), ProviderStore(paths)
    one.save(replace(GOOD, name="a", is_default=True))
    one.save(replace(GOOD, name="b"))
    stale = two.load().providers[0]
    one.set_default("b")
    two.save(replace(stale, display_name="A"))
    assert two.default_name() == "b"


def test_flags_written_by_hand_count_and_the_first_wins(paths: Paths) -> None:
    write(paths, "[providers.a]\n[providers.b]\nis_default = true\n[providers.c]\nis_default = true\n")
    store = ProviderStore(paths)
    assert [provider.is_default for provider in store.load().providers] == [False, True, False]
    store.set_default("a")
    assert [provider.is_default for provider in store.load().providers] == [True, False, False]
    assert "is_default" not in paths.providers_file.read_text()


def test_a_provider_that_no_file_holds_can_be_the_default(paths: Paths) -> None:
    store = ProviderStore(paths)
    store.load()
    store.set_default("demo")
    assert ProviderStore(paths).load().defaults == {Category.MODEL: "demo"}


def test_a_rename_keeps_place_key_and_default(paths: Paths) -> None:
    store = ProviderStore(paths)
    for name in ("a", "b", "c"):
        store.save(replace(GOOD, name=name, is_default=name == "b"))
    keys = CredentialStore(paths)
    keys.put("b", Secret("sk-abcdefgh"))
    provider = store.load().providers[1]
    store.save(replace(provider, name="z"), "b")
    assert names(store) == ["a", "z", "c"]
    assert store.default_name() == "z"
    assert keys.get("z") == Secret("sk-abcdefgh")
    assert keys.get("b") is None


def test_a_rename_to_a_taken_name_changes_nothing(paths: Paths) -> None:
    store = ProviderStore(paths)
    keys = CredentialStore(paths)
    for name in ("a", "b"):
        store.save(replace(GOOD, name=name))
        keys.put(name, Secret(f"sk-key-of-{name}"))
    with pytest.raises(UsageError) as caught:
        store.save(replace(GOOD, name="b"), "a")
    assert caught.value.failure.cause == "provider-exists"
    assert names(store) == ["a", "b"]
    assert keys.get("b") == Secret("sk-key-of-b")


def test_a_deletion_can_be_undone_with_all_that_the_file_knew(paths: Paths) -> None:
    write(paths, '[providers.a]\ncolour = "red"\nis_default = true\n')
    store = ProviderStore(paths)
    store.load()
    removed = store.delete("a")
    assert removed.is_default
    assert names(store) == []
    store.save(removed)
    assert 'colour = "red"' in paths.providers_file.read_text()
    assert store.default_name() == "a"
    with pytest.raises(UsageError):
        store.delete("none")


def test_a_change_by_hand_is_noticed(paths: Paths) -> None:
    store = ProviderStore(paths)
    store.load()
    assert not store.has_changed()
    store.save(GOOD)
    assert not store.has_changed()
    write(paths, "schema = 1\n")
    assert store.has_changed()
    store.load()
    assert not store.has_changed()
    paths.providers_file.unlink()
    assert store.has_changed()


def test_a_name_that_has_no_effect_is_told(paths: Paths) -> None:
    write(paths, 'schema = 1\ndefault = "a"\nmine = 3\n[defaults]\nModel = "a"\n')
    default, mine = ProviderStore(paths).load().notices
    assert "[defaults]" in default
    assert "mine is unknown here" in mine


def test_a_linked_file_stays_a_link(paths: Paths, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("schema = 1\n")
    paths.config_dir.mkdir(parents=True)
    paths.providers_file.symlink_to(real)
    store = ProviderStore(paths)
    store.save(GOOD)
    assert paths.providers_file.is_symlink()
    assert "providers.good" in real.read_text()


# -- the site's providers ---------------------------------------------------------------------------


def test_the_sites_providers_are_shown_read_only_behind_ones_own(paths: Paths) -> None:
    site = paths.site_provider_files[0]
    site.parent.mkdir(parents=True)
    site.write_text(
        "[providers.good]\n[providers.site]\nis_default = true\n[providers.site.tls]\ninsecure = 3\n"
    )
    store = ProviderStore(paths)
    store.save(GOOD)
    own, shared = store.load().providers
    assert (own.name, own.is_remote) == ("good", False)
    assert (shared.name, shared.is_remote, shared.is_default) == ("site", True, True)
    store.set_default("good")
    assert [provider.is_default for provider in store.load().providers] == [True, False]
    with pytest.raises(UsageError):
        store.delete("site")
    site.write_text("[[")
    assert store.has_changed()
    assert str(site) in store.load().notices[0]


def test_commands_of_a_file_that_others_can_write_are_not_run(paths: Paths) -> None:
    write(paths, '[providers.a]\napi_key = "cmd:true"\n')
    store = ProviderStore(paths)
    store.load()
    assert store.trust.command_refusal("a") is None
    paths.providers_file.chmod(0o620)
    store.load()
    assert "chmod go-w" in (store.trust.command_refusal("a") or "")


def test_a_file_is_never_relied_on_while_it_is_read_again(paths: Paths) -> None:
    write(paths, '[providers.a]\napi_key = "cmd:true"\n')
    paths.providers_file.chmod(0o620)
    store = ProviderStore(paths)
    store.load()
    stop = threading.Event()
    refusals: list[str | None] = []

    def ask() -> None:
        while not stop.is_set():
            refusals.append(store.trust.command_refusal("a"))

    asking = threading.Thread(target=ask)
    asking.start()
    for _ in range(200):
        store.load()
    stop.set()
    asking.join()
    assert refusals
    assert all(refusals)
