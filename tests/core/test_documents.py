"""Documents, canonical JSON and hashes."""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wnpopt.core.canonical import canonical_json, content_hash
from wnpopt.core.document import LATER, Document, Instance, Real
from wnpopt.core.errors import InputError, one_line
from wnpopt.core.jsonio import format_json, parse_json, read_json, write_json
from wnpopt.core.registry import family
from wnpopt.core.units import per_tick_down, ticks_up

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def instance(**changes: object) -> Instance:
    case = family("wnp").doctor
    assert case is not None
    made = family("wnp").instance_type.from_data({**case.instance, **changes})
    assert isinstance(made, Instance)
    return made


def shuffled(value: object, rng: random.Random) -> object:
    if isinstance(value, dict):
        keys = list(value)
        rng.shuffle(keys)
        return {key: shuffled(value[key], rng) for key in keys}
    if isinstance(value, list):
        return [shuffled(entry, rng) for entry in value]
    return value


@given(JSON, st.randoms(use_true_random=False))
def test_key_order_does_not_matter(value: object, rng: random.Random) -> None:
    assert canonical_json(value) == canonical_json(shuffled(value, rng))


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_the_readable_form_reads_back_equal(value: dict[str, object]) -> None:
    assert json.loads(format_json(value)) == value


def test_where_a_text_ends_too_soon_is_told_once() -> None:
    with pytest.raises(InputError, match=r"is not JSON: Unterminated string starting at line 1 column 7$"):
        parse_json(b'{"a": "b')


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_parse_json_agrees_with_json(value: dict[str, object]) -> None:
    assert parse_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "number", ["1e308", "1.7976931348623157e+308", "-1e-0999", "9" * 250 + ".5", "1" * 400 + ".0e-300"]
)
def test_numbers_near_the_ends_of_floats(number: str) -> None:
    """Only what is infinite as a float is refused, not what looks as if it might be."""
    assert parse_json(f'{{"a": [{number}], "name": "0e999"}}'.encode()) == {"a": [float(number)], "name": "0e999"}


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    message = ""
    try:
        parse_json(raw)
    except InputError as error:
        message = str(error)
    assert "\n" not in message


def test_one_and_one_point_zero_are_alike() -> None:
    assert content_hash({"a": 1, "b": [2.0, 0.5]}) == content_hash({"b": [2, 0.5], "a": 1.0})
    assert content_hash({"a": 1}) != content_hash({"a": 1.5})


def plainly(value: object) -> object:
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, dict):
        return {key: plainly(entry) for key, entry in value.items()}
    return [plainly(entry) for entry in value] if isinstance(value, list | tuple) else value


@given(JSON, st.lists(JSON, max_size=5), st.integers(1, 80))
def test_the_canonical_form_is_sorted_compact_json_however_much_is_alike(
    value: object, others: list[object], times: int
) -> None:
    for data in (value, [value, *others] * times, [{"%s": value, "b": entry} for entry in others * times]):
        text = json.dumps(plainly(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert canonical_json(data) == text.encode("utf-8", "surrogatepass")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.none(), min_size=32))
def test_long_lists_of_numbers_have_the_same_canonical_form(values: list[float | None]) -> None:
    text = json.dumps(plainly(values), separators=(",", ":"))
    assert canonical_json(values) == canonical_json(tuple(values)) == text.encode()


def test_many_different_numbers_are_written_as_python_writes_each() -> None:
    rng = random.Random(7)
    powers = [math.ldexp(1 + k * 2**-52, n) for n in range(-14, 51) for k in (-1, 0, 1)]
    edges = [1e-4, math.nextafter(1e-4, 0), 1e15, math.nextafter(1e15, 0), 1e16, 0.1 + 0.2, 5e-324]
    spread = [10 ** rng.uniform(-4, 15) for _ in range(20_000)] + [rng.randrange(10**9) / 1e4 for _ in range(2_000)]
    for values in (spread, powers, [*spread, *powers], [*spread, *edges], [-value for value in spread]):
        text = json.dumps(plainly(values), separators=(",", ":"))
        assert canonical_json(values) == text.encode()


@pytest.mark.parametrize("count", [1, 40, 400])
def test_a_number_that_is_not_finite_is_refused_wherever_it_stands(count: int) -> None:
    for wrong in (float("nan"), float("inf")):
        for values in ([0.5 + k for k in range(count)], [0.5] * count):
            with pytest.raises(ValueError, match="JSON"):
                canonical_json([*values, wrong])


def test_numbers_that_are_not_finite_have_no_canonical_form() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"a": float("nan")})


def test_the_hash_is_about_content() -> None:
    plain = instance()
    assert instance(name="another", source="somewhere").instance_hash == plain.instance_hash
    assert instance(tick_s=1e-6).instance_hash == plain.instance_hash, "defaults are filled in"
    assert instance(tick_s=2e-6).instance_hash != plain.instance_hash


def test_the_hash_survives_hash_seeds() -> None:
    code = (
        "from wnpopt.core.registry import family; f = family('wnp'); "
        "print(f.instance_type.from_data(f.doctor.instance).instance_hash)"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "42")
    }
    assert seen == {instance().instance_hash + "\n"}


def test_documents_are_equal_by_content() -> None:
    first, second = instance(), instance()
    assert first.rates.size > 0  # type: ignore[attr-defined]  # now one of them has cached arrays
    assert first == second
    assert hash(first) == hash(second)
    assert first != instance(tick_s=2e-6)
    assert first != "instance"


def test_a_copy_carries_nothing_that_was_cached() -> None:
    first = instance()
    assert first.instance_hash
    assert first.rates.size > 0  # type: ignore[attr-defined]
    changed = first.model_copy(update={"tick_s": 3e-6})
    assert changed.instance_hash == instance(tick_s=3e-6).instance_hash
    assert "rates" not in changed.__dict__


def test_documents_are_frozen() -> None:
    made = instance()
    with pytest.raises(Exception, match="frozen"):
        made.name = "other"  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        made.rates[0, 0, 0] = 3  # type: ignore[attr-defined]


def test_writing_is_atomic(tmp_path, monkeypatch) -> None:
    path = tmp_path / "file.json"
    write_json(path, {"a": 1})
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", lambda _fd: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(InputError, match="No space left"):
        write_json(path, {"a": 2})
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["file.json"], "nothing is left behind"


def test_reading_what_was_written(tmp_path) -> None:
    path = tmp_path / "ä.json"
    write_json(path, {"name": "Ω→", "list": [[1, 2], [3]], "empty": {}, "none": None})
    assert read_json(path) == {"name": "Ω→", "list": [[1, 2], [3]], "empty": {}, "none": None}


@pytest.mark.parametrize(
    ("seconds", "tick", "expected"),
    [(0.5e-3, 1e-6, 500), (1e-3 / 2, 1e-6, 500), (500.1e-6, 1e-6, 501), (0.0, 1e-6, 0), (1e-9, 1e-6, 1), (3.0, 1.0, 3)],
)
def test_durations_round_up(seconds: float, tick: float, expected: int) -> None:
    assert ticks_up(seconds, tick) == expected


@given(st.floats(0, 1e6), st.sampled_from([1e-9, 1e-6, 1e-3, 1.0]))
def test_rounding_is_to_the_safe_side(value: float, tick: float) -> None:
    assert ticks_up(value, tick) * tick >= value * (1 - 2e-9)
    assert per_tick_down(value / tick, tick) <= value * (1 + 2e-9) + 1e-9


def test_messages_are_one_line() -> None:
    assert one_line("a\nb\t\x1b[31m") == "a\\nb\\t\\x1b[31m"


class Part(Document):
    old: Real = 1.0
    new: Annotated[Real | None, LATER] = None


class Whole(Document):
    parts: tuple[Part, ...] = ()
    one: Part | None = None
    later: Annotated[Part, LATER] = Part(old=2.0)
    others: Annotated[tuple[Part, ...], LATER] = ()


def test_later_fields_are_left_out_wherever_they_have_their_defaults() -> None:
    assert Whole().to_data() == {"parts": [], "one": None}
    whole = Whole(parts=(Part(), Part(new=0.0)), one=Part(new=3.0), later=Part(), others=(Part(old=4.0),))
    assert whole.to_data() == {
        "parts": [{"old": 1.0}, {"old": 1.0, "new": 0.0}],
        "one": {"old": 1.0, "new": 3.0},
        "later": {"old": 1.0},
        "others": [{"old": 4.0}],
    }
    assert Whole.from_data(whole.to_data()) == whole
    assert Whole(later=Part(old=2.0)) == Whole()
    assert Whole(later=Part(old=2.0, new=1.0)).to_data()["later"] == {"old": 2.0, "new": 1.0}
    assert whole.put({("parts", 0, "new"): 5.0}).parts[0].new == 5.0
