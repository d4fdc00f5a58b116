"""What is made of any bytes: an answer or an error of ours, within the bounds and without the secret."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from football_assets.redaction import Secrets
from football_assets.thesports.answer import Answer, Response, decode, read
from football_assets.thesports.bounds import BOUNDS, MAX_DEPTH, Bounds, bounds_of
from football_assets.thesports.errors import BrokenAnswer, TheSportsError

SECRET = "k9w2QzX81x7v5"
SECRETS = Secrets([SECRET], names=["u"])
BOUNDS_HERE = Bounds(size=100_000, rows=1_000, values=10_000)

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(SECRET)
trees = st.recursive(
    scalars,
    lambda parts: st.lists(parts) | st.dictionaries(st.text() | st.just(SECRET), parts),
    max_leaves=20,
)
envelopes = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("code", "results", "query", "results_extra", "err", "msg"), trees)
    | {"code": st.sampled_from([0, 0, 0, 429, 404, 9999, "0", True, 10**4200])},
)


def outcome(body: bytes, status: int = 200, expected: type = list) -> Answer | TheSportsError:
    return read("e", expected, Response(status, body, {"Date": "x"}), BOUNDS_HERE, SECRETS)


def assert_sound(found: Answer | TheSportsError, expected: type = list) -> None:
    if isinstance(found, Answer):
        assert type(found.results) is expected
        assert (type(found.query), type(found.extra)) == (dict, dict)
    else:
        assert isinstance(found, TheSportsError)
        assert str(found).isprintable()
        assert len(str(found)) < 600
    with contextlib.suppress(RecursionError):
        assert SECRET not in repr(found)


@settings(max_examples=1_000, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([200, 200, 204, 302, 401, 404, 429, 500, 999]))
def test_any_bytes_are_an_answer_or_an_error(body: bytes, status: int) -> None:
    assert_sound(outcome(body, status))


@settings(max_examples=1_000, deadline=None)
@given(envelopes, st.booleans(), st.sampled_from([list, dict]))
def test_any_envelope_is_an_answer_or_an_error(fields: Any, escaped: bool, expected: type) -> None:
    body = json.dumps(fields, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    assert_sound(outcome(body, expected=expected), expected)


@settings(max_examples=1_000, deadline=None)
@given(
    st.lists(st.sampled_from([*list('[]{},:"\\0ex'), '"a":', "[[", "]]", "true"]), max_size=200),
    st.booleans(),
)
def test_any_broken_json_is_an_error(parts: list[str], wrapped: bool) -> None:
    text = "".join(parts)
    assert_sound(outcome(('{"code":0,"results":[' + text + "]}" if wrapped else text).encode()))


def depth(value: Any) -> int:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if parts is None else 1 + max(map(depth, parts), default=0)


nested = st.recursive(
    st.just(0),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.just("a"), parts),
    max_leaves=50,
)


@settings(max_examples=1_000, deadline=None)
@given(nested, st.integers(0, 70))
def test_depth_is_told_exactly_where_texts_have_no_brackets(tree: Any, more: int) -> None:
    for _ in range(more):
        tree = [tree, [0]]
    excess = BOUNDS_HERE.excess(json.dumps(tree).encode())
    assert (excess is None) == (depth(tree) <= MAX_DEPTH)


@pytest.mark.parametrize("opened", ["[", '{"a":', "[0,", "[[],", '[{"a":0},'])
@pytest.mark.parametrize("field", ["err", "msg", "code", "results"])
@pytest.mark.parametrize("times", [65, 1_010, 10_000])
def test_deep_answer_is_broken(opened: str, field: str, times: int) -> None:
    closed = ("}" if opened.startswith("{") else "]") * times
    found = outcome(f'{{"code":0,"{field}":{opened * times}0{closed}}}'.encode())
    assert type(found) is BrokenAnswer


def hidden(middle: str) -> str:
    """1,000 lists within each other; brackets in texts make them look like lists beside each other."""
    return '["]",' * 1_000 + middle + ',"["]' * 1_000


@pytest.mark.parametrize("field", ["err", "msg", "code", "results"])
def test_depth_that_is_hidden_in_texts_is_no_crash(field: str) -> None:
    body = f'{{"code":0,"{field}":{hidden("0")}}}'.encode()
    assert BOUNDS_HERE.excess(body) is None
    assert_sound(outcome(body))


def test_secret_that_is_hidden_too_deep_is_not_given() -> None:
    body = f'{{"code":0,"results":{hidden(json.dumps(SECRET))}}}'.encode()
    assert type(outcome(body)) is BrokenAnswer


@pytest.mark.parametrize("field", ["code", "err", "msg", "results"])
@pytest.mark.parametrize("digits", [20, 4_200, 5_000])
def test_huge_number_is_an_error(field: str, digits: int) -> None:
    code = "" if field == "code" else '"code":9999,'
    assert isinstance(outcome(f'{{{code}"{field}":{"9" * digits}}}'.encode()), TheSportsError)


def test_bounds_are_of_the_endpoint_and_of_one_row() -> None:
    assert bounds_of("odds/history", one_row=True) is BOUNDS["odds/history"]
    assert bounds_of("team/additional/list", one_row=False) is BOUNDS["team/additional/list"]
    assert bounds_of("team/additional/list", one_row=True).size < BOUNDS["team/additional/list"].size
    assert bounds_of("a/new/list", one_row=False) is bounds_of("team/additional/list", one_row=False)


def test_thousand_live_matches_are_within_the_bounds() -> None:
    tick = [1748453400, "45+", 1.95, 3.4, 4.2, 4, 0, "1-0"]
    incident = {"type": 9, "position": 1, "time": 67, "in_player_name": "x" * 20, "out_player_name": "y" * 20}
    row = {"id": "m" * 15, "score": ["m" * 15, 4, [0] * 7, [0] * 7, 0, ""], "stats": [], "tlive": []}
    live = [row | {"incidents": [incident] * 40, "stats": [{"type": 3, "home": 1, "away": 2}] * 20}] * 1_000
    window = {str(n): [["m" * 15, "eu", tick, "1-0"]] * 4_000 for n in range(20)}
    for endpoint, results in (("match/detail_live", live), ("odds/live", window)):
        body = json.dumps({"code": 0, "results": results}, separators=(",", ":")).encode()
        assert BOUNDS[endpoint].excess(body) is None


def test_fast_and_slow_decoder_agree() -> None:
    assert decode(b'[1,"a",{"b":null}]') == [1, "a", {"b": None}]
    assert decode(b"[1000000000000000000000]") == [10**21]
