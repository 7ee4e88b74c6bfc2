"""Recognises files with keys or passwords: never suggested, and sent only after confirmation."""

from __future__ import annotations

from tui.core.lazy_pattern import lazy_pattern

_SECRET = lazy_pattern(
    r"(?:.*/)?(?:id_(?:rsa|dsa|ecdsa|ed25519)|kubeconfig|[^/]*credentials?[^/]*"
    r"|[^/]*\.(?:pem|key|p12|pfx|kdbx|jks|keystore|ppk)"
    r"|\.env(?:\.[^/]*)?|[^/]+\.env|\.envrc|\.(?:netrc|pgpass|npmrc|pypirc|htpasswd|dockercfg|my\.cnf|boto)|_netrc"
    r"|\.(?:ssh|gnupg|aws|kube|azure|docker)/.*)"
)
_EXAMPLE = lazy_pattern(r".*\.(?:example|sample|template|dist|pub)")


def is_secret_name(path: str) -> bool:
    """Return whether a file with this name usually contains keys or passwords."""
    folded = path.casefold()
    return _SECRET.fullmatch(folded) is not None and _EXAMPLE.fullmatch(folded) is None
