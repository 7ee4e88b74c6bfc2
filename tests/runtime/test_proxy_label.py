"""A proxy in use is shown, a bypassed one is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.core.provider import Provider
from tui.runtime.builtin import ENGINE_PROVIDER
from tui.runtime.runtime import open_runtime


@pytest.mark.parametrize(
    ("url", "label"),
    [
        ("http://gpu01:8000/v1", "through http://proxy:3128 ($HTTP_PROXY)"),
        ("http://127.0.0.1:8000/v1", ""),
        ("http://inside:8000/v1", ""),
        ("https://gpu01/v1", ""),
        ("not a url", ""),
        (ENGINE_PROVIDER.provider_url, ""),
    ],
)
def test_the_proxy_of_a_provider(tmp_path: Path, url: str, label: str) -> None:
    environment = {"HOME": str(tmp_path), "HTTP_PROXY": "http://u:p@proxy:3128", "NO_PROXY": "inside"}
    assert open_runtime(environment).proxy_label(Provider("a", provider_url=url)) == label
