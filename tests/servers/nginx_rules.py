"""A proxy before model servers: nginx with one port per kind of error."""

from __future__ import annotations

from pathlib import Path

from tests.support import certificates

PORTS = ("proxy", "down", "late", "basic", "forbidden", "limited", "tls", "tls-1.1", "client", "expired")
"""In the order of their ports, from the first one on."""

_SERVERS = {
    "proxy": "location / { return 404; }",
    "down": "location / { proxy_pass http://127.0.0.1:9; }",
    "late": "location / { proxy_pass http://127.0.0.1:@HANGS@; proxy_read_timeout 1s; }",
    "basic": (
        'auth_basic "Private"; auth_basic_user_file @PLACE@/nobody; '
        "location / { proxy_pass http://127.0.0.1:9; }"
    ),
    "forbidden": "location / { deny all; }",
    "limited": "location / { return 503; }",
    "tls": "@TLS@ ssl_certificate @PEM@/server.pem; ssl_certificate_key @PEM@/server.pem;",
    "tls-1.1": (
        "@TLS@ ssl_protocols TLSv1.1; ssl_ciphers DEFAULT@SECLEVEL=0; "
        "ssl_certificate @PEM@/server.pem; ssl_certificate_key @PEM@/server.pem;"
    ),
    "client": (
        "@TLS@ ssl_certificate @PEM@/server.pem; ssl_certificate_key @PEM@/server.pem; "
        "ssl_client_certificate @PEM@/ca.pem; ssl_verify_client on;"
    ),
    "expired": "@TLS@ ssl_certificate @PEM@/expired.pem; ssl_certificate_key @PEM@/expired.pem;",
}


def port_of(first: int, name: str) -> int:
    """Return the port of one of the servers."""
    return first + PORTS.index(name)


def nginx_configuration(place: Path, first: int) -> str:
    """Return the file, and write what it refers to."""
    (place / "nobody").write_text("nobody:{PLAIN}nothing\n")
    (place / "logs").mkdir(exist_ok=True)
    (place / "temporary").mkdir(exist_ok=True)
    paths = " ".join(
        f"{name}_temp_path {place}/temporary;"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    hangs = first + len(PORTS)
    servers = "\n".join(_server(name, port_of(first, name), place, hangs) for name in PORTS)
    return (
        f"pid {place}/nginx.pid; error_log {place}/error.log; worker_processes 1;\n"
        "events { worker_connections 256; }\n"
        f"http {{ access_log off; {paths}\n{servers}\n}}\n"
    )


def _server(name: str, port: int, place: Path, hangs: int) -> str:
    rules = _SERVERS[name]
    encrypted = " ssl" if "@TLS@" in rules else ""
    for mark, value in {
        "@TLS@ ": "",
        "@HANGS@": str(hangs),
        "@PLACE@": str(place),
        "@PEM@": str(certificates.FOLDER),
    }.items():
        rules = rules.replace(mark, value)
    return f"server {{ listen 127.0.0.1:{port}{encrypted}; {rules} }}"
