"""Why a host gave no answer, in the words of a message. They never hold an address or a query."""

from __future__ import annotations

import errno
import os
import ssl

import aiohttp


def cause_of(error: BaseException) -> str:
    """What happened, to follow the host's name: "thesports.com cannot be reached (connection refused)"."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "cannot be reached (its name is not known)"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "cannot be reached (its certificate is not trusted)"
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return "cannot be reached (no TLS connection)"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"cannot be reached ({_by_the_system(error)})"
    if isinstance(error, aiohttp.InvalidURL):
        return "is no address that can be asked"
    if isinstance(error, aiohttp.ClientResponseError):
        return "did not answer in HTTP"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "sent an answer that breaks off or cannot be unpacked"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "closed the connection without an answer"
    if isinstance(error, OSError) and error.errno is not None:
        return f"lost the connection ({_by_the_system(error)})"
    return f"gave no answer ({type(error).__name__})"


def _by_the_system(error: OSError) -> str:
    code = error.errno
    if code is None or code not in errno.errorcode:
        return "no connection"
    return os.strerror(code).lower()
