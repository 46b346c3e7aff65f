"""Instances made in a program are those of the file, and what is wrong with them is told as of a file."""

from __future__ import annotations

import contextlib
import inspect
import json
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wnpopt
from tests.core.test_replace import VALUES, places
from wnpopt import intradp, slide, wnp
from wnpopt.core.construct import build
from wnpopt.core.document import Count, Document, Instance, PositiveReal
from wnpopt.core.registry import family

MAKE: dict[str, Callable[..., Instance]] = {
    "wnp": wnp.instance, "slide": slide.instance, "intradp": intradp.instance,
}  # fmt: skip


class _Promise(Document):
    deadline_ticks: Count | None = None
    release_ticks: Count = 0


class _Promises(Instance):
    kind: Literal["promises"]
    tick_s: PositiveReal = 1e-3
    makespan_limit_ticks: Count | None = None
    jobs: tuple[_Promise, ...] = ()


def generated(name: str, seed: int) -> Instance:
    tiny: dict[str, dict[str, Any]] = {
        "wnp": {"subgraphs": 5, "cores": 3},
        "slide": {"users": 4, "models": 2},
        "intradp": {"operators": 5, "units": 4},
    }
    made: Instance = family(name).generate(tiny[name], seed)
    return made


def as_arrays(value: Any) -> Any:
    """JSON data with NumPy's arrays and scalars wherever they hold it."""
    if isinstance(value, dict):
        return {key: as_arrays(entry) for key, entry in value.items()}
    if isinstance(value, list):
        if value and len({type(entry) for entry in value}) == 1 and type(value[0]) in (int, float):
            return np.array(value)
        return tuple(map(as_arrays, value))
    if isinstance(value, bool):
        return np.bool_(value)
    if isinstance(value, int):
        return np.int64(value)
    return np.float64(value) if isinstance(value, float) else value


@pytest.mark.parametrize("name", MAKE)
@given(seed=st.integers(0, 10**6), arrays=st.booleans())
@settings(deadline=None, max_examples=25)
def test_an_instance_of_its_own_fields_is_itself(name: str, seed: int, arrays: bool) -> None:
    instance = generated(name, seed)
    fields = {key: value for key, value in instance.to_data().items() if key not in ("kind", "schema_version")}
    given_fields = as_arrays(fields) if arrays else fields
    assert MAKE[name](**given_fields) == instance
    documents = {key: getattr(instance, key) for key in fields}
    assert MAKE[name](**documents) == instance


@pytest.mark.parametrize("name", MAKE)
@given(data=st.data())
@settings(deadline=None, max_examples=200)
def test_a_wrong_value_is_an_input_error_or_one_of_the_short_forms(name: str, data: st.DataObject) -> None:
    """What the file takes the constructor takes alike; what the file refuses is never another error."""
    case = family(name).doctor
    assert case is not None
    edited: Any = json.loads(json.dumps(dict(case.instance)))
    place = data.draw(st.sampled_from(places(edited)))
    node = edited
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = data.draw(VALUES | st.just(np.array([[1.5, np.nan]])) | st.just(np.int64(3)) | st.just(object()))
    fields = {key: value for key, value in edited.items() if key not in ("kind", "schema_version")}
    try:
        wanted = family(name).instance_type.from_data(edited)
    except wnpopt.InputError:
        wanted = None
    if wanted is not None:
        assert MAKE[name](**fields) == wanted
        return
    with contextlib.suppress(wnpopt.InputError):
        assert isinstance(MAKE[name](**fields), Instance)


PARTS: list[Callable[..., Any]] = [
    wnp.chip, wnp.core, wnp.mesh, wnp.radio, wnp.modality, wnp.subgraph, wnp.subgraphs, wnp.edge, slide.link,
    slide.model, slide.user, slide.users, intradp.link, intradp.network_input, intradp.network_output,
    intradp.operator, intradp.power, intradp.window,
]  # fmt: skip
INSTANCES = {name: generated(name, 0) for name in MAKE}
JUNK = VALUES | st.lists(VALUES, max_size=3) | st.dictionaries(st.text(max_size=2), VALUES, max_size=2)


@pytest.mark.parametrize("make", PARTS, ids=lambda make: f"{make.__module__.split('.')[-2]}.{make.__name__}")
@given(data=st.data())
@settings(deadline=None, max_examples=40)
def test_a_part_of_anything_is_a_part_or_an_input_error(make: Callable[..., Any], data: st.DataObject) -> None:
    named = [p for p in inspect.signature(make).parameters.values() if p.kind is not p.VAR_KEYWORD]
    with contextlib.suppress(wnpopt.InputError):
        part = make(**{parameter.name: data.draw(JUNK) for parameter in named})
        assert isinstance(part, dict | list)
        for name in MAKE:
            key = {"wnp": "chip", "slide": "users", "intradp": "operators"}[name]
            with contextlib.suppress(wnpopt.InputError):
                INSTANCES[name].replace({key: part})


@pytest.mark.parametrize("name", MAKE)
def test_every_field_of_the_schema_is_an_argument(name: str) -> None:
    schema = family(name).instance_type.model_json_schema(by_alias=True)
    arguments = set(inspect.signature(MAKE[name]).parameters)
    assert arguments >= set(schema["properties"]) - {"kind", "schema_version"}
    assert not any(p.kind is p.VAR_KEYWORD for p in inspect.signature(MAKE[name]).parameters.values())


def small(**fields: Any) -> Any:
    """A wnp instance of two subgraphs on two cores."""
    told: dict[str, Any] = {
        "chip": wnp.chip(["a", "b"], hop_s=2.5e-6, bytes_per_s=1e9),
        "subgraphs": [wnp.subgraph("one", [1e-3, None]), wnp.subgraph("two", {"b": 2e-3})],
        "edges": [("one", "two", 10)],
    }
    return wnp.instance("small", **(told | fields))


def test_seconds_become_ticks_once_to_the_safe_side() -> None:
    made = small()
    assert [s.ticks for s in made.subgraphs] == [(1000, None), (None, 2000)]
    assert made.chip.hop_ticks == 3  # 2.5 us, up
    assert made.chip.bytes_per_tick == 1000
    slow = small(tick_s=1e-4, chip=wnp.chip(["a", "b"], hop_s=0, bytes_per_s=19_999))
    assert slow.chip.bytes_per_tick == 1  # 1.9999, down
    assert [s.ticks for s in slow.subgraphs] == [(10, None), (None, 20)]
    exact = small(subgraphs=wnp.subgraphs(["x"], seconds=np.array([[3e-4, 0.1 + 0.2]])), edges=[])
    assert exact.subgraphs[0].ticks == (300, 300_000)  # no tick more for what floating point adds
    slots = small(radio=wnp.radio([[5, 6]], slot_s=0.5e-3, slots=7), modalities={"m": 20})
    assert (slots.radio.slot_ticks, slots.radio.block_slots, slots.blocks) == (500, 7, 1)
    assert slots.radio.bits_per_slot == (((5,), (6,)),)


@given(st.integers(0, 10**9), st.sampled_from([1e-6, 1e-5, 2.5e-7, 1e-3]))
@settings(deadline=None)
def test_whole_ticks_given_in_seconds_stay_whole(ticks: int, tick_s: float) -> None:
    made = small(tick_s=tick_s, chip=wnp.chip(["a"], hop_ticks=0, bytes_per_tick=1),
                 subgraphs=[wnp.subgraph("one", ticks * tick_s)], edges=[])  # fmt: skip
    assert made.subgraphs[0].ticks == (ticks,)


def test_deadlines_are_rounded_down_and_releases_up() -> None:
    made: Any = build(_Promises, name="p", makespan_limit_s=0.0129, jobs=[{"deadline_s": 0.0079, "release_s": 0.0071}])
    assert (made.makespan_limit_ticks, made.jobs[0].deadline_ticks, made.jobs[0].release_ticks) == (12, 7, 8)
    assert build(_Promises, name="p", makespan_limit_s=None).makespan_limit_ticks is None


WRONG: list[tuple[Callable[[], object], str, str]] = [
    (lambda: small(subgraphs=[]), "subgraphs", "at least 1 entry"),
    (lambda: small(chipp=3), "chipp", 'did you mean "chip"'),
    (lambda: small(subgraphs=[wnp.subgraph("one", [1.0])]), "subgraphs[0].seconds", "has 1 entries; 2"),
    (lambda: small(subgraphs=[wnp.subgraph("one", [1.0, float("nan")])]), "subgraphs[0].seconds[1]", "found nan"),
    (lambda: small(subgraphs=[wnp.subgraph("one", [1.0, -1])]), "subgraphs[0].seconds[1]", "at least 0"),
    (lambda: small(subgraphs=[wnp.subgraph("one", [1.0, "2"])]), "subgraphs[0].seconds[1]", "number of seconds"),
    (lambda: small(subgraphs=[wnp.subgraph("one", [True, 1])]), "subgraphs[0].seconds[0]", "number of seconds"),
    (lambda: small(subgraphs=[wnp.subgraph("one", 1e300)]), "subgraphs[0].seconds[0]", "2^53"),
    (lambda: small(subgraphs=[wnp.subgraph("one", {"c": 1})]), "subgraphs[0].seconds", "the cores are a, b"),
    (lambda: small(subgraphs=[wnp.subgraph("one", [None, None])]), "subgraphs[0].seconds", "null for every core"),
    (lambda: small(subgraphs=[wnp.subgraph("one", 1, ticks=[1, 1])]), "subgraphs[0].seconds", "given as ticks, too"),
    (lambda: small(subgraphs=np.arange(3)), "subgraphs[0]", "an object is needed"),
    (lambda: small(edges=[("one", "two")]), "edges[0]", "from, to and bytes"),
    (lambda: small(edges={("one", "zwei"): 3}), "edges[0].to", "no subgraph"),
    (lambda: small(edges=3), "edges", "a list is needed"),
    (lambda: small(modalities={"m": 3}), "radio", "missing field"),
    (lambda: small(modalities={"m": 3}, radio=wnp.radio([[1.5]], slot_s=1e-3, slots=3)),
     "radio.bits_per_slot[0][0][0]", "an integer"),
    (lambda: small(modalities={"m": 3}, radio=wnp.radio([[1]], slot_s=1e-9, slots=3.0)), "radio.slots", "an integer"),
    (lambda: small(modalities={"m": 3}, radio=wnp.radio([[1]], slot_s=0, slots=3)), "radio.slot_s", "at least 1"),
    (lambda: small(tick_s=0), "tick_s", "above 0"),
    (lambda: small(tick_s="1"), "tick_s", "number"),
    (lambda: small(chip=wnp.chip([], hop_s=0, bytes_per_s=1e9)), "chip.cores", "at least 1 entry"),
    (lambda: small(chip=wnp.chip(["a", "b"], hop_s=0, bytes_per_s=1e3)), "chip.bytes_per_s", "another tick_s"),
    (lambda: small(chip=wnp.chip(["a", "b"], hops=0)), "hops", 'did you mean "hop_s"'),
    (lambda: wnp.instance("x"), "chip", "missing field"),
    (lambda: wnp.subgraph("x"), "seconds", "seconds or ticks"),
    (lambda: wnp.subgraphs(3, seconds=[[1], [2]]), "seconds", "3 are needed"),
    (lambda: wnp.subgraphs(3, secs=1), "secs", "unknown field"),
    (lambda: wnp.mesh(2**53), "names", "1000000"),
    (lambda: small(modalities={"m": 3}, radio=wnp.radio([[1]], slot_ticks=1, slots=2**50, block_slots=1)),
     "radio.bits_per_slot[0][0]", "one for each coherence block"),
    (lambda: wnp.mesh(3, columns=0), "columns", "at least 1"),
    (lambda: slide.user("u"), "deadline_s", "missing field"),
    (lambda: slide.users(2, deadlines=3), "deadlines", 'did you mean "deadline_s"'),
    (lambda: slide.users(2, link=3, gain=3), "link", "one of the two"),
    (lambda: slide.model("m", 0.5, bits=[1, 2], flop=[1]), "flop", "2 are needed"),
    (lambda: slide.model("m", 0.5, bits=3, flop=[1]), "bits", "a list"),
    (lambda: slide.instance("s", bandwidth_hz=1.0, models=[slide.model("m", 1, bits=[1], flop=[1])],
                            users=slide.users(1, deadline_s=1, spectral_efficiency=1, frequency_hz=[2, 1],
                                              flop_per_cycle=1, energy_per_flop_hz2=1)),
     "users[0].frequency_hz", "lower frequency"),
    (lambda: intradp.link(1.0, uplink_bytes_per_s=2.0), "uplink_bytes_per_s", "one of the two"),
    (lambda: intradp.operator("o", units=1, output_bytes=1, inputs="x", device=1), "server", "missing field"),
    (lambda: intradp.instance("i", operators=[intradp.network_input(4, 4), intradp.network_output("inputt")],
                              link=1e6, power_w=intradp.power(1, 1, 1)), "operators[1].inputs[0].from", "inputt"),
    (lambda: intradp.instance("i", operators=[], link="fast", power_w={}), "operators", "at least 2"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "where", "what"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_an_input_error_with_its_path(make: Callable[[], object], where: str, what: str) -> None:
    with pytest.raises(wnpopt.InputError) as caught:
        make()
    assert caught.value.where == where
    assert what in caught.value.what


def test_users_by_columns_are_users_one_by_one() -> None:
    device: dict[str, Any] = {"frequency_hz": (1e8, 1e9), "flop_per_cycle": 8.0, "energy_per_flop_hz2": 1e-29}
    deadlines, gains = np.array([0.1, 0.2]), np.array([1e-9, 3e-9])
    lists = [None, ["m"]]
    columns = slide.users(["x", "y"], deadline_s=deadlines, power_w=0.1, gain=gains, noise_w_per_hz=4e-21,
                          models=lists, energy_j=[None, 2], **device)  # fmt: skip
    singly = [
        slide.user(name, deadline_s=deadlines[i], link=slide.link(power_w=0.1, gain=gains[i], noise_w_per_hz=4e-21),
                   models=lists[i], energy_j=[None, 2][i], **device)
        for i, name in enumerate(["x", "y"])
    ]  # fmt: skip
    models = [slide.model("m", 0.5, bits=[1e6], flop=[1e6])]
    made = [slide.instance("s", bandwidth_hz=1e6, models=models, users=users) for users in (columns, singly)]
    assert made[0] == made[1]
    assert made[0].users[1].models == ("m",)
    assert slide.instance("s", bandwidth_hz=1e6, models=models, users=[]).users == ()


def test_two_users_share_a_pair_of_frequencies_or_have_two() -> None:
    """A pair is one value: it is never taken for a number a user."""
    common = slide.users(2, frequency_hz=[1.0, 2.0])
    assert [user["frequency_hz"] for user in common] == [[1.0, 2.0]] * 2
    own = slide.users(2, frequency_hz=np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert [user["frequency_hz"] for user in own] == [[1.0, 2.0], [3.0, 4.0]]


def test_what_is_made_is_a_file(tmp_path: Any) -> None:
    path = tmp_path / "small.json"
    wnpopt.save(small(), path)
    assert wnpopt.load(path) == small()
    assert json.loads(path.read_text())["subgraphs"][1]["ticks"] == [None, 2000]
