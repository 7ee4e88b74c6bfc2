"""File names that suggest keys or passwords."""

from __future__ import annotations

import pytest

from tui.core.secret_files import is_secret_name


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        "deploy/.env.production",
        "prod.env",
        "id_rsa",
        "/home/me/.ssh/config",
        "server.PEM",
        "tls/site.key",
        "kubeconfig",
        "/home/me/.kube/config",
        ".netrc",
        "aws-credentials.csv",
        "~/.aws/config",
    ],
)
def test_names_of_keys(path: str) -> None:
    assert is_secret_name(path)


@pytest.mark.parametrize(
    "path",
    ["main.py", ".env.example", "id_rsa.pub", "environment.yml", "monkey", "keys.md", ".gitignore", ""],
)
def test_other_names(path: str) -> None:
    assert not is_secret_name(path)
