"""Keeps the secrets of this process out of all that it tells. The one place that knows how to find them.

What the API sends is filtered where it arrives (`thesports.answer`); what goes to the log, to a report or to
an alert, where it leaves. What a secret is, the settings say.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, quote, quote_plus, unquote, unquote_plus, urlsplit

#: What stands in the place of a text that repeats a secret.
NOTICE = "(not shown: it repeats the credentials)"

#: So many characters of a secret in a row give it away. Shorter secrets are looked for whole.
PIECE = 6
#: An answer is searched for so many characters from a secret's begin: what cuts a text cuts off its end.
_BEGIN = 12
#: A text may be encoded so many times over, e.g. percent-encoded inside HTML inside JSON.
_ROUNDS = 4

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
#: Letters and digits in a roundabout spelling, which honest answers need for none, and the sign before each.
_ROUNDABOUT = {
    b"%": re.compile(rb"%(?:25|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa])"),
    b"&": re.compile(rb"&#(?:4[89]|5[0-7]|6[5-9]|[7-9][0-9]|1[0-2][0-9]|0|[xX])"),
    b"\\": re.compile(rb"\\u00(?:3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa])"),
}


_PASSWORD = re.compile(r"""password\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s\\]|\\.)+))""")


class Secrets:
    """A set of secrets, and `names` (user names) that are not told where they stand as words of their own."""

    def __init__(self, secrets: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        known = {secret for secret in secrets if secret}
        words = "|".join(re.escape(name) for name in names if name)
        self._pieces = tuple({piece for secret in known for piece in _pieces(secret)})
        self._shortest = min(map(len, self._pieces), default=0)
        self._names = re.compile(rf"(?<!\w)(?:{words})(?!\w)") if words else None
        self._begins = tuple({begin for secret in known for begin in _written(secret[:_BEGIN])})

    def redacted(self, text: str) -> str:
        """The text; in its place `NOTICE` where it repeats a secret, or 6 characters of one, in any spelling:
        as it is, percent-encoded, as HTML, with JSON's escapes, or several of these at once."""
        return NOTICE if self._pieces and any(map(self._has_piece, _spellings(text))) else text

    def redacted_with_names(self, text: str) -> str:
        """The same, also where it repeats a name."""
        if self._names and any(map(self._names.search, _spellings(text))):
            return NOTICE
        return self.redacted(text)

    def cleaned(self, value: Any) -> Any:
        """Decoded JSON, or another nest of dicts, lists and tuples, with each text `redacted`, keys too."""
        if not self._pieces:
            return value
        if isinstance(value, str):
            return self.redacted(value)
        if isinstance(value, dict):
            return {self.cleaned(name): self.cleaned(part) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.cleaned(part) for part in value]
        return value

    def may_be_in(self, body: bytes) -> bool:
        """Whether JSON has to be `cleaned`: it holds the first 12 characters of a secret, as they are or as
        usually encoded, or spells letters in a roundabout way. Looking for each piece would take as long as
        decoding; this takes 4 per cent of that."""
        if not self._begins:
            return False
        if any(begin in body for begin in self._begins):
            return True
        return any(sign in body and form.search(body) for sign, form in _ROUNDABOUT.items())

    def _has_piece(self, text: str) -> bool:
        if len(text) < self._shortest:
            return False
        return any(piece in text for piece in self._pieces)


_of_this_process = Secrets()


def protect(secrets: Iterable[str]) -> None:
    """Make these the secrets of this process, in place of those before."""
    global _of_this_process
    _of_this_process = Secrets(secrets)


def redacted(text: str) -> str:
    """The text, or `NOTICE` where it repeats a secret of this process."""
    return _of_this_process.redacted(text)


def error_line(error: BaseException) -> str:
    """An error's message on one line of at most 500 characters, without this process's secrets. Engines name
    the place first and the cause last: of a longer one both ends are kept."""
    message = redacted(str(getattr(error, "description", None) or error))
    text = " ".join(message.split()) or type(error).__name__
    return text if len(text) <= 500 else f"{text[:200]} … {text[-297:]}"


def cleaned(value: Any) -> Any:
    """A nest of dicts and lists without the secrets of this process; see `Secrets.cleaned`."""
    return _of_this_process.cleaned(value)


def secrets_of_url(url: str) -> list[str]:
    """What gives access in a URL: the password, the values of its query, and the parts of its path that look
    drawn by lot (16 signs or more, or 8 with a digit), e.g. of a webhook."""
    try:
        parts = urlsplit(url)
        password = parts.password
    except ValueError:
        return [url]
    values = [value for pair in parts.query.split("&") if (value := pair.partition("=")[2])]
    path = [
        part for part in parts.path.split("/") if len(part) >= 16 or (len(part) >= 8 and _has_digit(part))
    ]
    return [unquote(secret) for secret in (password, *values, *path) if secret]


def secrets_of_database(address: str) -> list[str]:
    """The passwords in a database's address, a URL or libpq's words (`host=... password=...`), as they are
    when decoded, whatever else is wrong with it."""
    _, is_url, rest = address.partition("://")
    if not is_url:
        found = [re.sub(r"\\(.)", r"\1", quoted or plain) for quoted, plain in _PASSWORD.findall(address)]
    else:
        try:
            parts = urlsplit(f"//{rest}")
            found = [unquote(parts.password or ""), *parse_qs(parts.query).get("password", ())]
        except ValueError:
            return [address]
    return [secret for secret in found if secret]


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in text)


def _pieces(secret: str) -> Iterator[str]:
    return (secret[start : start + PIECE] for start in range(max(len(secret) - PIECE, 0) + 1))


def _written(text: str) -> Iterator[bytes]:
    """A text as servers usually write it into JSON."""
    for spelling in (text, quote(text), quote(text, safe=""), quote_plus(text), html.escape(text)):
        for escaped in (json.dumps(spelling)[1:-1], json.dumps(spelling, ensure_ascii=False)[1:-1]):
            for slashed in (escaped, escaped.replace("/", "\\/")):
                yield slashed.encode("utf-8", "surrogatepass")


def _spellings(text: str) -> Iterator[str]:
    """The text, and what each way to decode makes of it, over and over."""
    if _SIGNS.isdisjoint(text):
        yield text
        return
    seen = {text}
    newest = [text]
    for _ in range(_ROUNDS):
        yield from newest
        newest = [spelling for one in newest for decode in _DECODERS if (spelling := decode(one)) not in seen]
        newest = list(dict.fromkeys(newest))
        seen.update(newest)
    yield from newest


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else escape[3]


#: Without one of these a text is not encoded.
_SIGNS = frozenset("%+&\\")
_DECODERS: tuple[Callable[[str], str], ...] = (unquote, unquote_plus, html.unescape, _unescaped)
