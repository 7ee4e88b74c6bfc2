"""Certificates for tests of TLS: committed files, so that no test depends on a clock or a tool.

``python -m tests.support.certificates`` makes them again with the ``openssl`` command. The keys
are for tests only and protect nothing.
"""

from __future__ import annotations

import hashlib
import ssl
import subprocess
import tempfile
from pathlib import Path

FOLDER = Path(__file__).with_name("pem")

CA = FOLDER / "ca.pem"
"""The authority that signed ``SERVER``, ``WRONG_HOST``, ``EXPIRED`` and ``CLIENT``."""
SERVER = FOLDER / "server.pem"
"""For localhost, 127.0.0.1 and ::1; certificate and key in one file, as all below."""
SELF_SIGNED = FOLDER / "self-signed.pem"
WRONG_HOST = FOLDER / "wrong-host.pem"
"""For models.example only."""
EXPIRED = FOLDER / "expired.pem"
"""Until 2020-01-02."""
INCOMPLETE_CHAIN = FOLDER / "incomplete-chain.pem"
"""Signed by an intermediate that nobody sends."""
CLIENT = FOLDER / "client.pem"
ENCRYPTED_KEY = FOLDER / "encrypted-key.pem"
"""A client certificate whose key asks for a password."""

_LOCAL = "DNS:localhost,IP:127.0.0.1,IP:::1"
_FOREVER = ("20200101000000Z", "21200101000000Z")


def fingerprint(path: Path) -> str:
    """Return the hex SHA-256 of the first certificate of a PEM file, as DER."""
    text = path.read_text()
    end = text.index("-----END CERTIFICATE-----") + len("-----END CERTIFICATE-----")
    start = text.index("-----BEGIN CERTIFICATE-----")
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(text[start:end])).hexdigest()


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


class _Authority:
    """Makes certificates with ``openssl ca``, the one command that can set both dates."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.certificate = folder / f"{name}.crt"
        self.key = folder / f"{name}.key"
        (folder / f"{name}.index").touch()
        (folder / f"{name}.serial").write_text("1000")
        self.configuration = folder / f"{name}.cnf"
        self.configuration.write_text(
            "[ca]\ndefault_ca=d\n[d]\n"
            f"database={folder}/{name}.index\nserial={folder}/{name}.serial\nnew_certs_dir={folder}\n"
            f"certificate={self.certificate}\nprivate_key={self.key}\ndefault_md=sha256\n"
            "policy=p\nunique_subject=no\ncopy_extensions=copy\n[p]\ncommonName=supplied\n"
        )

    def sign(self, name: str, extensions: list[str], dates: tuple[str, str], *, itself: bool = False) -> None:
        request = self.folder / f"{name}.csr"
        key = self.folder / f"{name}.key"
        additions = [part for extension in extensions for part in ("-addext", extension)]
        _openssl(
            *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-keyout", str(key), "-out", str(request), "-subj", f"/CN=lmdeck test {name}", *additions),
        )
        _openssl(
            *("ca", "-batch", "-notext", "-config", str(self.configuration), "-in", str(request)),
            *("-out", str(self.folder / f"{name}.crt"), "-startdate", dates[0], "-enddate", dates[1]),
            *(("-selfsign", "-keyfile", str(key)) if itself else ()),
        )


def regenerate() -> None:
    """Make every file of the folder again."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        authority = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"]
        root = _Authority(folder, "ca")
        root.sign("ca", authority, _FOREVER, itself=True)
        root.sign("server", [f"subjectAltName={_LOCAL}"], _FOREVER)
        root.sign("wrong-host", ["subjectAltName=DNS:models.example"], _FOREVER)
        root.sign("expired", [f"subjectAltName={_LOCAL}"], ("20200101000000Z", "20200102000000Z"))
        root.sign("client", ["extendedKeyUsage=clientAuth"], _FOREVER)
        root.sign("intermediate", authority, _FOREVER)
        _Authority(folder, "intermediate").sign("incomplete-chain", [f"subjectAltName={_LOCAL}"], _FOREVER)
        _Authority(folder, "self-signed").sign(
            "self-signed", [f"subjectAltName={_LOCAL}"], _FOREVER, itself=True
        )
        FOLDER.mkdir(exist_ok=True)
        CA.write_bytes((folder / "ca.crt").read_bytes())
        for path in (SERVER, WRONG_HOST, EXPIRED, CLIENT, INCOMPLETE_CHAIN, SELF_SIGNED):
            crt, key = folder / f"{path.stem}.crt", folder / f"{path.stem}.key"
            path.write_bytes(crt.read_bytes() + key.read_bytes())
        locked = folder / "locked.key"
        _openssl(
            *("ec", "-in", str(folder / "client.key"), "-aes128", "-passout", "pass:secret"),
            *("-out", str(locked)),
        )
        ENCRYPTED_KEY.write_bytes((folder / "client.crt").read_bytes() + locked.read_bytes())


if __name__ == "__main__":
    regenerate()
