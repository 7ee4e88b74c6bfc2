"""Causes below HTTP: the host name, the connection, the encryption."""

from __future__ import annotations

from tui.core.cause import Cause

_CONNECTION = (
    Cause(
        "connection-refused",
        "Connection refused: the host[[ {host}]] answers, but nothing listens on [[port {port}||that port]].",
        "Check URL and port, and whether the server is started[[; {hint}]].",
    ),
    Cause(
        "starting",
        "[[{server}||The server]] is still starting: [[port {port}||its port]] is not open yet"
        "[[; waited {waited}, the limit]].",
        "[[{?option}Wait longer with {option} SECONDS||Wait until it is ready]]; large models take minutes. "
        "Its own output shows how far it is.",
    ),
    Cause(
        "start-failed",
        "[[{server}||The server]] ended before it was ready[[ on port {port}]].",
        "Look at its own output for the reason (memory, model path), and start it again.",
    ),
    Cause(
        "dns-unknown-host",
        "The host name[[ {host}]] is unknown: no address belongs to it.",
        "Check its spelling, and whether a VPN or a longer name (host.domain) is needed.",
    ),
    Cause(
        "dns-unavailable",
        "The host name[[ {host}]] could not be looked up: the name server (DNS) does not answer.",
        "Check the network or VPN of this machine, or use the server's IP address.",
    ),
    Cause(
        "connect-timeout",
        "No connection[[ to {address}]] within [[{seconds} s||the time limit]]: nothing answers, "
        "not even a refusal.",
        "Check the IP address, the firewall and the VPN; a server that hangs looks the same.",
    ),
    Cause(
        "no-route",
        "There is no network path[[ to {host}]].",
        "Check that this machine is on the right network or VPN.",
    ),
    Cause(
        "wrong-ip-family",
        "Nothing listens on [[{address}||this address]], but the same port answers on "
        "[[{other}||the other IP version]].",
        "Use the address that answered[[: {repair}]].",
    ),
    Cause(
        "connection-failed",
        "The connection[[ to {host}]] could not be made[[: {reason}]].",
        "Check the URL and the network of this machine.",
    ),
    Cause(
        "connection-reset",
        "The connection was cut off[[ by {host}]] before an answer came[[; the server has ended: nothing "
        "listens on port {gone_port} any more]].",
        "[[{?gone_port}Start the server again, and look at its log"
        "||Look at the server's log; a wrong port or a server that expects https:// does this too]].",
    ),
    Cause(
        "closed-without-answer",
        "The server[[ {host}]] closed the connection without an answer[[ and has ended: nothing listens on "
        "port {gone_port} any more]].",
        "[[{?gone_port}Start the server again, and look at its log"
        "||Look at the server's log for a crash; a server that expects https:// does this too]].",
    ),
    Cause(
        "no-answer",
        "Connected, but no answer came[[ within {seconds} s]].",
        "The model may be loading, busy or hung: wait, or look at the server's log.",
    ),
    Cause(
        "not-http",
        "The port[[ {port}]] does not speak HTTP[[; it speaks {protocol}]].",
        "Check the port: the server prints the right one when it starts.",
    ),
    Cause(
        "http2-only",
        "The port[[ {port}]] speaks only HTTP/2 or gRPC, not the HTTP/1.1 of the OpenAI API.",
        "Use the server's HTTP port (Triton: 8000, not 8001).",
    ),
    Cause(
        "headers-stalled",
        "The answer began, but its headers (the part before the text) were not complete[[ after "
        "{seconds} s]].",
        "Look at the server or at the gateway in front of it: one of them hangs.",
    ),
    Cause(
        "headers-too-large",
        "The answer's headers (the part before the text) are too large to be a model server's.",
        "Check the port, and the gateway or login page in front of the server.",
    ),
    Cause(
        "interim-flood",
        "The server says again and again that an answer follows (HTTP status 100 to 199), but sends none.",
        "Look at the server or at the gateway in front of it: this is a defect there.",
    ),
    Cause(
        "tunnel-far-end-down",
        "The SSH tunnel[[ on port {port}]][[ (pid {pid})]] accepts, but the far end of it does not answer.",
        "Start the server on the far host, or check the address that the tunnel leads to.",
    ),
)

_TLS = (
    Cause(
        "tls-on-plain-port",
        "The URL says https://, but the server speaks plain http://[[ on port {port}]].",
        "Change the URL to http://[[: {repair}]].",
    ),
    Cause(
        "tls-no-handshake",
        "The URL says https://, but the server[[ on port {port}]] does not begin to encrypt.",
        "Try http:// instead[[: {repair}]].",
    ),
    Cause(
        "plain-on-tls-port",
        "The URL says http://, but the server[[ on port {port}]] expects encryption (https://).",
        "Change the URL to https://[[: {repair}]].",
    ),
    Cause(
        "tls-self-signed",
        "The server's certificate is signed by itself, so nobody vouches for it[[, and has expired on "
        "{ended}||, and is not valid before {early}]][[{?wrong_host}; nor is it for this host]].",
        "[[Add it to what ${variable} names||Give its file as CA file]], or pin it once the administrator "
        "has confirmed its fingerprint[[{?ended}; have it renewed as well]].",
    ),
    Cause(
        "tls-hostname-mismatch",
        "The server's certificate is for [[{names}||another name]], not for [[{host}||the one in the URL]]"
        "[[; it has expired on {ended}, too||; it is not valid before {early} either]].",
        "Use the name in the certificate as host, or have a certificate issued for this one"
        "[[{?ended}; have it renewed as well]].",
    ),
    Cause(
        "tls-expired",
        "The server's certificate has expired[[ on {expired}]][[ (this machine's clock says {now})]].",
        "Have it renewed, or correct the clock of this machine.",
    ),
    Cause(
        "tls-not-yet-valid",
        "The server's certificate is not valid yet[[: it begins on {begins}]][[ (the clock here "
        "says {now})]].",
        "Correct the clock of this machine, or have a new certificate issued.",
    ),
    Cause(
        "tls-unknown-ca",
        "The server's certificate is signed by an authority[[ ({issuer})]] that "
        "[[${variable} does not contain||the CA file {ca_file} does not contain||this machine does not "
        "know]][[, and has expired on {ended}||, and is not valid before {early}"
        "||{?wrong_host}; nor is it for this host]].",
        "[[Add its certificate to what ${variable} names, unset the variable, or give the CA file for this "
        "provider||Give the authority's CA file for this provider (or in SSL_CERT_FILE)]]"
        "[[{?ended}; have it renewed as well]].",
    ),
    Cause(
        "tls-client-certificate-required",
        "The server wants a client certificate (a file that proves who you are).",
        "Give client certificate and key in the provider's TLS settings.",
    ),
    Cause(
        "tls-version",
        "Server and client have no TLS version (kind of encryption) in common.",
        "Upgrade the server to TLS 1.2 or newer.",
    ),
    Cause(
        "tls-stalled",
        "Connected, but the set-up of the encryption (TLS) did not finish[[ within {seconds} s]].",
        "Check the VPN and any firewall on the way; a server that hangs looks the same.",
    ),
    Cause(
        "tls-pin-mismatch",
        "The server's certificate is not the one that was pinned for this provider.",
        "Ask its administrator whether it was renewed; if so, pin the new one[[: {fingerprint}]].",
    ),
    Cause(
        "tls-file-unreadable",
        "The certificate or key file[[ {path}]][[ (from ${variable})]] cannot be used[[: {reason}]].",
        "[[Correct or unset ${variable}, or give a CA file for this provider"
        "||Correct the path in the provider's TLS settings, or the file's contents]].",
    ),
    Cause(
        "tls-failed",
        "The encrypted connection (TLS) could not be set up[[: {reason}]].",
        "Check that URL and port are those of an https:// server.",
    ),
    Cause(
        "tls-not-verified",
        "The server's certificate is not verified: whoever answers gets the key and the prompts.",
        "Give a CA file or pin the certificate instead of turning verification off.",
        is_warning=True,
    ),
)

NETWORK_CAUSES: tuple[Cause, ...] = _CONNECTION + _TLS
