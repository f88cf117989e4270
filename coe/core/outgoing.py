"""HTTP to addresses that people typed: checked when the connection is made, bounded in time and size, redirects not
followed.

The check is on the very address that is then connected to, so a name that changes its mind between check and use
gains nothing. Python's own client is used because nothing else is needed: requests and urllib3 would resolve the name
themselves.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 60.0
TOTAL_SECONDS = 180.0
MOST_BYTES = 64 * 1024 * 1024


class Unreachable(Exception):
    """There was no answer; `sentence` says why in plain words."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class AddressRefused(Unreachable):
    """The address is private, link-local or otherwise not one that the portal may call."""


class NameUnknown(Unreachable):
    pass


class TooLarge(Unreachable):
    pass


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def is_allowed(host: str, port: int) -> bool:
    """Whether an administrator allowed this host (or this host and port) although it may be private."""
    allowed = {entry.lower() for entry in settings.PRIVATE_HOSTS_ALLOWED}
    return bool({host.lower(), f"{host.lower()}:{port}", f"[{host.lower()}]:{port}"} & allowed)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet (an IPv4 address inside an IPv6 one is judged as such)."""
    ip = ipaddress.ip_address(address.split("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if inner is not None:
        ip = inner
    return ip.is_global and not ip.is_multicast


def connect(host: str, port: int, timeout: float) -> socket.socket:
    """A connection to `host`, after looking at the address it has now. Raises `Unreachable` and its kinds."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NameUnknown(f"There is no server by the name {host}.") from None
    if not is_allowed(host, port) and not all(is_public(str(where[0])) for *_, where in found):
        raise AddressRefused(
            f"{host} is a private address. An administrator can allow it in the setting PRIVATE_HOSTS_ALLOWED."
        )
    for family, kind, protocol, _name, where in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(timeout)
            sock.connect(where)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        except OSError:
            sock.close()
    raise Unreachable(f"{host} does not answer on port {port}.")


class _Plain(http.client.HTTPConnection):
    def connect(self) -> None:
        self.sock = connect(self.host, self.port, CONNECT_SECONDS)


class _Secure(http.client.HTTPSConnection):
    def connect(self) -> None:
        sock = connect(self.host, self.port, CONNECT_SECONDS)
        self.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=self.host)


class Outgoing:
    """One server, one connection that is kept open. Not for two threads at once (but `abort` is)."""

    def __init__(
        self, url: str, *, silence: float = SILENCE_SECONDS, total: float = TOTAL_SECONDS, most_bytes: int = MOST_BYTES
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unreachable("The address must begin with http:// or https:// and name a server.")
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise Unreachable("The port in the address must be a number up to 65535.") from None
        self.host, self.silence, self.total, self.most_bytes = parts.hostname, silence, total, most_bytes
        self.prefix = parts.path.rstrip("/")
        kind = _Secure if parts.scheme == "https" else _Plain
        self._connection = kind(parts.hostname, port, timeout=CONNECT_SECONDS)

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        most_bytes: int | None = None,
    ) -> Answer:
        """The server's answer, whatever its status. Raises `Unreachable` and its kinds."""
        most = min(most_bytes or self.most_bytes, self.most_bytes)
        # The timer ends even a server that sends one byte a minute for ever.
        timer = threading.Timer(self.total, self.abort)
        timer.daemon = True
        timer.start()
        try:
            was_open = self._connection.sock is not None
            try:
                return self._once(method, path, headers, body, most)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # A kept connection may have been closed by the server while it was idle: that is no fault of the
                # server.
                if not was_open:
                    raise
                self.close()
                return self._once(method, path, headers, body, most)
        except ssl.SSLCertVerificationError as error:
            raise Unreachable(f"The certificate of {self.host} is not valid: {error.verify_message}.") from None
        except TimeoutError:
            raise Unreachable(f"{self.host} took too long to answer.") from None
        except (OSError, http.client.HTTPException):
            raise Unreachable(f"The connection to {self.host} broke off before the answer was complete.") from None
        except ValueError:
            raise Unreachable(
                f"The address or the credentials for {self.host} hold characters that cannot be sent."
            ) from None
        finally:
            timer.cancel()

    def _once(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, most: int) -> Answer:
        complete = False
        try:
            if self._connection.sock is None:
                self._connection.connect()
            self._connection.sock.settimeout(self.silence)
            self._connection.request(method, self.prefix + path, body=body, headers=dict(headers))
            response = self._connection.getresponse()
            parts, size = [], 0
            while part := response.read(1 << 20):
                size += len(part)
                if size > most:
                    raise TooLarge(f"{self.host} sent more than {most // 1048576} MB in one answer.")
                parts.append(part)
            if response.length:
                # Reading piece by piece, Python does not say that the server stopped before what it had promised.
                raise http.client.IncompleteRead(b"", response.length)
            complete = True
            return Answer(
                response.status, {key.lower(): value for key, value in response.getheaders()}, b"".join(parts)
            )
        finally:
            if not complete:
                self.close()

    def abort(self) -> None:
        """Break off what is under way, from another thread."""
        sock = self._connection.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return

    def close(self) -> None:
        self._connection.close()
