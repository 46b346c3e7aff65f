"""Reading instances: what is accepted, what is refused and where the message points."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wnpopt
from tests.slide.tiny import mixes, tiny_instance
from wnpopt.core.errors import InputError
from wnpopt.problems.slide import SlideInstance

DATA = Path(__file__).parent / "data"
Data = dict[str, Any]


def plain() -> Data:
    return json.loads((DATA / "slide-unit-200.json").read_text())  # type: ignore[no-any-return]


def setting(path: str, value: object) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        node: Any = data
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in steps:
            node = node[step]
        node[last] = value

    return change


BAD = [
    ("bandwidth_hz", 0, "bandwidth_hz", "above 0"),
    ("resource_block_hz", 0, "resource_block_hz", "above 0"),
    ("resource_block_hz", -1.0, "resource_block_hz", "above 0"),
    ("cache_bits", -1.0, "cache_bits", "at least 0"),
    ("delivery", "broadcast", "delivery", '"unicast" or "multicast"'),
    ("objective", "max", "objective", '"count" or "weighted"'),
    ("models", [], "models", "at least 1"),
    ("models.0.layers", [], "models[0].layers", "at least 1"),
    ("models.0.layers", [{"bits": 0, "flop": 1}], "models[0].layers", "above 0"),
    ("models.0.layers", [{"bits": 1e308, "flop": 1}, {"bits": 1e308, "flop": 1}], "models[0].layers", "overflows"),
    ("models.0.layers.1.flop", -1.0, "models[0].layers[1].flop", "at least 0"),
    ("models.1.name", "model0", "models[1].name", "names must differ"),
    ("models.1.size", 3, "models[1].size", "unknown field"),
    ("users.3.name", "u0", "users[3].name", "names must differ"),
    ("users.3.name", "a->b", "users[3].name", "->"),
    ("users.3.deadline_s", -0.1, "users[3].deadline_s", "at least 0"),
    ("users.3.deadline_s", float("inf"), "users[3].deadline_s", "finite"),
    ("users.3.deadline_s", True, "users[3].deadline_s", "number"),
    ("users.3.deadline_s", "1", "users[3].deadline_s", "number"),
    ("users.3.frequency_hz", [2e9, 1e9], "users[3].frequency_hz", "lower frequency"),
    ("users.3.frequency_hz", [0, 1e9], "users[3].frequency_hz[0]", "above 0"),
    ("users.3.frequency_hz", [1e9], "users[3].frequency_hz[1]", "missing"),
    ("users.3.flop_per_cycle", 0, "users[3].flop_per_cycle", "above 0"),
    ("users.3.flop_per_cycle", 1e307, "users[3].flop_per_cycle", "overflows"),
    ("users.3.energy_per_flop_hz2", None, "users[3].energy_per_flop_hz2", "number"),
    ("users.3.weight", -1, "users[3].weight", "at least 0"),
    ("users.3.models", [], "users[3].models", "at least 1"),
    ("users.3.models", ["model9"], "users[3].models[0]", "is no model"),
    ("users.3.models", ["model0", "model0"], "users[3].models[1]", "names must differ"),
    ("users.3.link", {}, "users[3].link", "spectral_efficiency, or power_w"),
    ("users.3.link", {"power_w": 1.0}, "users[3].link", "gain and noise_w_per_hz is missing"),
    ("users.3.link", {"spectral_efficiency": 1.0, "power_w": 1.0}, "users[3].link", "not both"),
    ("users.3.link", {"spectral_efficiency": 0}, "users[3].link.spectral_efficiency", "above 0"),
    ("users.3.link", {"spectral_efficiency": None}, "users[3].link.spectral_efficiency", "number"),
    ("users.3.link", {"spectral_efficiency": 1e308}, "users[3].link", "overflows"),
    ("users.3.link", {"power_w": 1e-200, "gain": 1e-200, "noise_w_per_hz": 1.0}, "users[3].link", "underflows"),
    ("users.3.link", {"rate": 1.0}, "users[3].link.rate", "unknown field"),
    ("users.3.priority", 1, "users[3].priority", "unknown field"),
]


@pytest.mark.parametrize(("path", "value", "where", "what"), BAD, ids=[f"{p}={str(v)[:20]}" for p, v, _, _ in BAD])
def test_bad_values_are_refused_with_their_path(path: str, value: object, where: str, what: str) -> None:
    data = plain()
    setting(path, value)(data)
    with pytest.raises(InputError) as caught:
        SlideInstance.from_data(data)
    assert caught.value.where == where
    assert what in caught.value.what


@pytest.mark.parametrize("field", ["name", "bandwidth_hz", "models", "users", "kind", "schema_version"])
def test_missing_fields_are_named(field: str) -> None:
    data = plain()
    del data[field]
    with pytest.raises(InputError) as caught:
        SlideInstance.from_data(data)
    assert caught.value.where == field


def test_defaults_are_the_contract_s() -> None:
    data = plain()
    short = json.loads(json.dumps(data))
    for field in ("resource_block_hz", "delivery", "cache_bits", "objective"):
        del short[field]
    for user in short["users"]:
        for field, default in (
            ("receive_w", 0.0),
            ("min_accuracy", 0.0),
            ("weight", 1.0),
            ("models", None),
            ("energy_j", None),
        ):
            if user[field] == default:
                del user[field]
    assert SlideInstance.from_data(short).instance_hash == SlideInstance.from_data(data).instance_hash


def test_users_may_be_empty_and_nobody_served() -> None:
    data = plain()
    data["users"] = []
    instance = SlideInstance.from_data(data)
    for method in wnpopt.methods("slide"):
        result = wnpopt.solve(instance, method, threads=1)
        assert (result.status, result.objective, result.gap) == ("optimal", 0.0, 0.0), method


def test_instances_are_frozen_and_arrays_read_only() -> None:
    instance = SlideInstance.from_data(plain())
    with pytest.raises(Exception, match="frozen"):
        instance.bandwidth_hz = 1.0  # type: ignore[misc]
    for name, value in vars(instance.columns).items():
        assert not hasattr(value, "flags") or not value.flags.writeable, name


def test_writing_and_reading_changes_nothing(tmp_path: Path) -> None:
    for variants, seed in mixes(60):
        instance = tiny_instance(variants, seed)
        wnpopt.save(instance, tmp_path / "i.json")
        again = wnpopt.load(tmp_path / "i.json")
        assert again == instance
        assert again.instance_hash == instance.instance_hash
        assert again.to_data() == instance.to_data()
        solution = wnpopt.solve(instance, "greedy").solution
        assert solution is not None
        wnpopt.save(solution, tmp_path / "s.json")
        assert wnpopt.load_solution(tmp_path / "s.json") == solution


def test_importing_the_family_is_light() -> None:
    code = (
        "import sys, wnpopt.problems.slide;"
        "heavy = {'numba', 'cvxpy', 'pyomo', 'scipy', 'matplotlib', 'highspy', 'ortools'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
