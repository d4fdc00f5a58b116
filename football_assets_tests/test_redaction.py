"""The secrets of a process: found in every spelling, and nothing found where they are not."""

from __future__ import annotations

import html
import json
import string
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from football_assets.redaction import NOTICE, PIECE, Secrets, cleaned, protect, redacted

SECRET = "k9/w2+Qz-81 é&x7"
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "percent-encoded": quote,
    "wholly percent-encoded": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "with plus signs": quote_plus,
    "twice": lambda text: quote(quote(text, safe="")),
    "as HTML": html.escape,
    "as HTML entities": lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    "as JSON": lambda text: json.dumps(text)[1:-1],
    "as JSON with slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "as JSON escapes": lambda text: "".join(f"\\u{ord(sign):04x}" for sign in text),
    "encoded in HTML in JSON": lambda text: json.dumps(html.escape(quote(text)))[1:-1],
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_secret_is_found_in_any_spelling(spell: Callable[[str], str]) -> None:
    secrets = Secrets([SECRET])
    assert secrets.redacted(f"https://x/?user=u&secret={spell(SECRET)}&y") == NOTICE
    for start in range(len(SECRET) - PIECE + 1):
        assert secrets.redacted(f"({spell(SECRET[start : start + PIECE])})") == NOTICE


@pytest.mark.parametrize("form", sorted(SPELLINGS.keys() - {"as JSON with slashes"}))
def test_body_with_the_secret_is_suspected(form: str) -> None:
    body = json.dumps({"name": f"https://x/?secret={SPELLINGS[form](SECRET)}"})
    assert Secrets([SECRET]).may_be_in(body.encode())
    assert Secrets([SECRET]).may_be_in(body.replace("/", "\\/").encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Grêmio",
        "62%",
        "https://x.example/a%20b%C3%A9?x=1&amp;y=2&#39;",
        "C:\\new",
        SECRET[:5],
        "a" * 10_000,
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    secrets = Secrets([SECRET], names=["u"])
    assert secrets.redacted_with_names(text) == text
    assert not secrets.may_be_in(json.dumps({"name": text}).encode())


def test_name_of_a_setting_may_be_told_whatever_the_secret() -> None:
    assert Secrets(["my-secret-1"]).redacted("check THESPORTS_SECRET") == "check THESPORTS_SECRET"


def test_name_is_told_only_within_other_words() -> None:
    secrets = Secrets([SECRET], names=["u"])
    assert secrets.redacted_with_names("bad user u") == NOTICE
    assert secrets.redacted_with_names("?user%3du%26x") == NOTICE
    assert secrets.redacted_with_names("unknown user") == "unknown user"
    assert secrets.redacted("bad user u") == "bad user u"


def test_short_secret_is_looked_for_whole() -> None:
    assert Secrets(["abc"]).redacted("xabcx") == NOTICE
    assert Secrets(["abc"]).redacted("ab c") == "ab c"


def test_nests_are_cleaned_keys_and_values() -> None:
    nest = {"a": [SECRET, 1, None, {SECRET: ("x", quote(SECRET))}], "b": True}
    clean = {"a": [NOTICE, 1, None, {NOTICE: ["x", NOTICE]}], "b": True}
    assert Secrets([SECRET]).cleaned(nest) == clean


def test_without_secrets_nothing_is_touched() -> None:
    nest = {"a": [SECRET]}
    assert Secrets().cleaned(nest) is nest
    assert not Secrets().may_be_in(b"%41")
    assert Secrets(["", ""]).redacted("x") == "x"


def test_newest_secrets_of_the_process_count() -> None:
    try:
        protect([SECRET])
        assert (redacted(SECRET), cleaned([SECRET])) == (NOTICE, [NOTICE])
    finally:
        protect([])
    assert redacted(SECRET) == SECRET


@given(
    before=st.text(),
    spell=st.sampled_from(list(SPELLINGS.values())),
    after=st.text(),
    secret=st.text(string.ascii_letters + string.digits + "/+=&-_.!é <>", min_size=1),
)
def test_secret_is_found_between_any_texts(
    before: str, spell: Callable[[str], str], after: str, secret: str
) -> None:
    assert Secrets([secret]).redacted(f"{before} {spell(secret)} {after}") == NOTICE


@given(st.text())
def test_any_text_is_looked_through(text: str) -> None:
    assert Secrets([SECRET], names=["u"]).redacted_with_names(text) in (text, NOTICE)
