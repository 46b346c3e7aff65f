"""Other values in an instance: the same as editing its file."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wnpopt
from wnpopt.core.document import Instance
from wnpopt.core.place import parse, values_at
from wnpopt.core.registry import family

FAMILIES = ("intradp", "slide", "wnp")


def known(name: str) -> Instance:
    case = family(name).doctor
    assert case is not None
    made: Instance = family(name).instance_type.from_data(case.instance)
    return made


def places(data: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in JSON data but the whole."""
    steps: list[tuple[str | int, Any]] = []
    if isinstance(data, dict):
        steps = list(data.items())
    elif isinstance(data, list):
        steps = list(enumerate(data))
    return [place for key, value in steps for place in ((*at, key), *places(value, (*at, key)))]


def path_of(place: tuple[str | int, ...]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return text.removeprefix(".")


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 60), st.integers(2**53, 2**54), st.floats(), st.text(max_size=3),
    st.lists(st.integers(0, 9), max_size=3), st.just({}), st.sampled_from(["all", "energy", "count", "u0", "camera"]),
)  # fmt: skip


@pytest.mark.parametrize("name", FAMILIES)
@given(data=st.data())
@settings(deadline=None, max_examples=150)
def test_replacing_is_editing_the_file(name: str, data: st.DataObject) -> None:
    instance = known(name)
    before = instance.to_data()
    place = data.draw(st.sampled_from(places(before)))
    value = data.draw(VALUES)
    edited: Any = copy.deepcopy(before)
    node = edited
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = value
    try:
        wanted: object = type(instance).from_data(edited)
    except wnpopt.InputError as error:
        wanted = str(error)
    try:
        made: object = instance.replace({path_of(place): value})
    except wnpopt.InputError as error:
        made = str(error)
    assert made == wanted
    assert instance.to_data() == before


@pytest.mark.parametrize("name", FAMILIES)
def test_nothing_replaced_is_the_same(name: str) -> None:
    instance = known(name)
    assert instance.replace() == instance
    data = instance.to_data()
    assert instance.replace(**{key: data[key] for key in data}) == instance


def test_every_entry_and_arrays() -> None:
    instance = known("wnp")
    cores = len(instance.to_data()["chip"]["cores"])  # type: ignore[index]
    made = instance.replace({"subgraphs[*].ticks": np.arange(1, cores + 1)}, name=np.str_("other"))
    assert all(subgraph.ticks == tuple(range(1, cores + 1)) for subgraph in made.subgraphs)  # type: ignore[attr-defined]
    assert made.name == "other"
    assert made.instance_hash != instance.instance_hash
    assert instance.replace({"subgraphs.*.ticks": np.arange(1, cores + 1)}, name="other") == made


def test_changes_are_made_in_order() -> None:
    instance = known("intradp")
    link = {"uplink_bytes_per_s": 3.0, "downlink_bytes_per_s": 4.0}
    made = instance.replace({"link": link, "link.latency_s": 0.5})
    assert made.to_data()["link"] == {**link, "latency_s": 0.5}


@pytest.mark.parametrize(
    ("changes", "fields", "where"),
    [
        ({"subgraphs[99].name": "a"}, {}, "subgraphs[99]"),
        ({"subgraphs[0].nmae": "a"}, {}, "subgraphs[0].nmae"),
        ({"subgraphs.name": "a"}, {}, "subgraphs"),
        ({"name[0]": "a"}, {}, "name"),
        ({"chip.cores[0].x.y": 1}, {}, "chip.cores[0].x"),
        ({"": 1}, {}, ""),
        ({"a..b": 1}, {}, "a..b"),
        ({"[0]": 1}, {}, "[0]"),
        ({"subgraphs[-1].name": 1}, {}, "subgraphs[-1].name"),
        ({"name": "a"}, {"name": "b"}, "name"),
        ({3: 1}, {}, "changes"),
        ([("name", "a")], {}, "changes"),
        ({}, {"kind": "slide"}, "kind"),
        ({}, {"subgraph": []}, "subgraph"),
        ({"edges[0].to": "nobody"}, {}, "edges[0].to"),
        ({"chip.bytes_per_tick": 0.5}, {}, "chip.bytes_per_tick"),
    ],
)
def test_what_is_wrong_is_an_input_error_with_its_path(changes: Any, fields: dict[str, Any], where: str) -> None:
    with pytest.raises(wnpopt.InputError) as caught:
        known("wnp").replace(changes, **fields)
    assert caught.value.where == where
    assert caught.value.what


def test_names_that_may_have_been_meant() -> None:
    with pytest.raises(wnpopt.InputError, match='did you mean "ticks"'):
        known("wnp").replace({"subgraphs[0].tick": 1})
    with pytest.raises(wnpopt.InputError, match='did you mean "bandwidth_hz"'):
        known("slide").replace(bandwith_hz=1.0)


def test_a_value_that_contains_itself() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(wnpopt.InputError, match="contains itself"):
        known("wnp").replace(edges=endless)


def test_a_span_of_time_is_no_number() -> None:
    with pytest.raises(wnpopt.InputError):
        known("wnp").replace({"chip.hop_ticks": np.timedelta64(5, "ns")})


def test_paths_are_those_of_messages() -> None:
    assert parse("users[3].link.gain") == ("users", 3, "link", "gain")
    assert parse("users.3.link") == parse("users[3].link")
    assert parse("a[0][*]") == ("a", 0, "*")
    instance = known("wnp")
    for place, value in values_at(instance, "subgraphs.*.name"):
        assert instance.replace({path_of(place): value}) == instance


def test_a_copy_that_is_wrong_is_an_input_error_too() -> None:
    with pytest.raises(wnpopt.InputError) as caught:
        known("wnp").model_copy(update={"tick_s": -1.0})
    assert caught.value.where == "tick_s"
