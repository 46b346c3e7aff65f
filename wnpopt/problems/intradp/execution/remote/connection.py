"""Addresses and sockets: this machine without more ado, any other by TLS alone."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from pathlib import Path

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.execution.remote.channel import FrameChannel, PeerError
from wnpopt.problems.intradp.execution.remote.greeting import PATIENCE_S


def address_of(text: str, flag: str) -> tuple[str, int]:
    """HOST:PORT, with [HOST]:PORT for one with colons; raises :class:`InputError` for what is none."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or not 0 <= int(port[:6]) <= 65535:
        raise InputError(f"found {text!r}; HOST:PORT with a port of 0 to 65535 is needed", where=flag)
    return host, int(port)


def is_here(host: str) -> bool:
    """True for an address that only this machine reaches."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def server_tls(host: str, certificate: Path | None, certificate_key: Path | None) -> ssl.SSLContext | None:
    """What a server on ``host`` speaks; raises :class:`InputError` where TLS is needed and there is no certificate."""
    if certificate is None:
        if not is_here(host):
            raise InputError(
                f"is needed to listen on {host}: beyond this machine everything goes by TLS", where="--certificate"
            )
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _load(lambda: context.load_cert_chain(certificate, certificate_key), certificate)
    return context


def client_tls(host: str, authority: Path | None) -> ssl.SSLContext | None:
    """What a device says to ``host``: ``authority`` is the certificate that it trusts."""
    if authority is None:
        if not is_here(host):
            raise InputError(
                f"is needed to connect to {host}: beyond this machine everything goes by TLS", where="--certificate"
            )
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # the certificate itself is what is trusted, wherever the server stands
    _load(lambda: context.load_verify_locations(authority), authority)
    return context


def connect(address: tuple[str, int], tls: ssl.SSLContext | None) -> FrameChannel:
    """A connection to a server; raises :class:`PeerError` where there is none."""
    told = f"no server answers at {address[0]}:{address[1]}"
    try:
        connection = socket.create_connection(address, PATIENCE_S)
    except OSError as error:
        raise PeerError(f"{told}: {(error.strerror or str(error)).lower()}") from None
    if tls is not None:
        try:
            connection = tls.wrap_socket(connection, server_hostname=address[0])
        except OSError as error:
            connection.close()
            raise PeerError(f"no TLS connection to {address[0]}:{address[1]}: {error}") from None
        except BaseException:
            connection.close()
            raise
    return FrameChannel(connection)


def _load(load: object, path: Path) -> None:
    assert callable(load)
    try:
        load()
    except (OSError, ssl.SSLError) as error:
        told = (getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)).lower()
        raise InputError(f"no certificate can be read: {told}", file=str(path)) from None
