"""Instances: what is refused, with which words, and what is read."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.instance import IntradpInstance

DATA = Path(__file__).parent / "data"


def example() -> dict[str, object]:
    found: dict[str, object] = json.loads((DATA / "example-skip.json").read_text())
    return found


def changed(path: list[str | int], value: object) -> dict[str, object]:
    data = copy.deepcopy(example())
    node: object = data
    for step in path[:-1]:
        node = node[step]  # type: ignore[index]
    node[path[-1]] = value  # type: ignore[index]
    return data


@pytest.mark.parametrize(
    ("path", "value", "where", "what"),
    [
        (["operators", 1, "name"], "input", "operators[1].name", "names must differ"),
        (["operators", 1, "inputs", 0, "from"], "nobody", "operators[1].inputs[0].from", "no operator called"),
        (["operators", 1, "inputs", 0, "from"], "c2", "operators[1].inputs[0].from", "topological order"),
        (["operators", 1, "inputs", 0, "from"], "c1", "operators[1].inputs[0].from", "topological order"),
        (["operators", 1, "units"], 0, "operators[1].units", "at least 1"),
        (["operators", 1, "units"], 6.0, "operators[1].units", "integer"),
        (["operators", 1, "device", "fixed_s"], 1.0, "operators[1].device.fixed_s", "at most full_s"),
        (["operators", 1, "device", "full_s"], -1.0, "operators[1].device.full_s", "at least 0"),
        (["operators", 0, "device", "full_s"], 1.0, "operators[0].device.full_s", "the input costs 0"),
        (["operators", 4, "server", "full_s"], 1.0, "operators[4].server.full_s", "the output costs 0"),
        (["operators", 0, "inputs"], [{"from": "c1", "window": "all"}], "operators[0].inputs", ""),
        (["operators", 1, "inputs", 0, "window", "stride"], 0, "operators[1].inputs[0].window.stride", "at least 1"),
        (["operators", 1, "inputs", 0, "window", "kernel"], 3.0, "operators[1].inputs[0].window.kernel", "integer"),
        (["operators", 1, "inputs", 0, "window", "padding"], 2**53, "operators[1].inputs[0].window", "2^53"),
        (["operators"], [], "operators", "at least 2 entries are needed"),
        (["link", "uplink_bytes_per_s"], 0, "link.uplink_bytes_per_s", "above 0"),
        (["operators", 1, "output_bytes"], 1.7e308, "operators", "overflow"),
        (["power_w", "compute"], 1e308, "power_w", "overflow"),
        (["operators", 1, "inputs", 0, "window"], "most", "operators[1].inputs[0].window", 'an object or "all"'),
        (["transfers"], "none", "transfers", "small"),
        (["surprise"], 1, "surprise", "unknown field"),
    ],
)
def test_refused(path: list[str | int], value: object, where: str, what: str) -> None:
    with pytest.raises(InputError) as error:
        IntradpInstance.from_data(changed(path, value))
    assert error.value.where.startswith(where)
    assert what in error.value.what


def test_defaults_and_hash() -> None:
    data = example()
    for field in ("transfers", "objective", "deadline_s"):
        del data[field]
    link = data["link"]
    assert isinstance(link, dict)
    del link["latency_s"]
    operators = data["operators"]
    assert isinstance(operators, list)
    del operators[1]["inputs"][0]["window"]["upsample"]
    short, full = IntradpInstance.from_data(data), IntradpInstance.from_data(example())
    assert short.instance_hash == full.instance_hash
    assert IntradpInstance.from_data(full.to_data()) == full
    renamed = IntradpInstance.from_data({**example(), "name": "other", "source": None})
    assert renamed.instance_hash == full.instance_hash


def test_frozen() -> None:
    instance = IntradpInstance.from_data(example())
    with pytest.raises(Exception, match="frozen"):
        instance.transfers = "small"  # type: ignore[misc]
