"""The suites of intradp: tiny instances proved by trying all plans, the others as far as search gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import combinations, count
from math import isclose
from pathlib import Path
from typing import cast

from recipes.exports.suite import halved

import wnpopt
from wnpopt.core.budget import Budget
from wnpopt.core.method import Context
from wnpopt.core.trace import Trace
from wnpopt.domain.chip.devices import device
from wnpopt.problems.intradp.generate import KINDS, generate
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods import enumerate as every
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import verify

TIME_LIMIT = 20.0
FEW = 1_000_000
"""Plans that are tried one by one."""
NETWORKS = (
    "bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet", "squeezenet", "vgg19",
    "zfnet512",
)  # fmt: skip
BANDWIDTHS = (1, 5, 10, 20, 50)


def tiny() -> Iterator[IntradpInstance]:
    """Every shape, both objectives, few enough plans to try them all."""
    for seed in range(40):
        options = {
            "shape": KINDS[seed % 5], "operators": 5 + seed % 3, "units": 3 + seed % 3,
            "bandwidth": (0.8, 2.0, 5.0)[seed % 3],
            "objective": "energy" if seed % 4 == 3 else "latency", "transfers": "small" if seed % 7 == 6 else "any",
        }  # fmt: skip
        instance = generate(options, seed)
        if every.count(instance) <= FEW:
            yield instance


def chains() -> Iterator[IntradpInstance]:
    """Chains of 8 to 60 operators and 16 to 224 rows."""
    for seed, (operators, units) in enumerate([(8, 16), (12, 32), (16, 56), (24, 112), (40, 224), (60, 224)]):
        for bandwidth in (0.7, 1.5, 4.0):
            name = f"intradp-chain-{operators}x{units}-b{bandwidth:g}"
            yield generate({"operators": operators, "units": units, "bandwidth": bandwidth, "name": name}, seed)


def onnx_nine() -> Iterator[IntradpInstance]:
    """The nine networks of the onnx package on a Xavier NX and an RTX 3080, fused, at 1 to 50 MB/s."""
    import onnx

    from wnpopt.domain.files.onnx.reader import read_onnx
    from wnpopt.problems.intradp.imports.fuse import fuse
    from wnpopt.problems.intradp.imports.graph import from_graph

    folder = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
    for network in NETWORKS:
        graph = read_onnx(folder / f"light_{network}.onnx", name=network)
        for bandwidth in BANDWIDTHS:
            instance = from_graph(
                graph, device("jetson-xavier-nx-fp32"), device("rtx-3080"),
                uplink_bytes_per_s=bandwidth * 1e6, name=f"{network}-{bandwidth}MBps",
            )  # fmt: skip
            data = fuse(instance).instance.to_data()
            data["source"] = "onnx package, light models; roofline times; zero-halo operators fused"
            yield IntradpInstance.from_data(data)


FIELDS: Mapping[str, Mapping[str, int | float | str]] = {
    "efficiency": {"efficiency": 0.6},
    "partial": {"partial": 1.0},
    "segment": {"segment": 0.3},
    "launch-power": {"launch_w": 6.0, "objective": "energy"},
    "compute-power": {"power_spread": 1.0, "objective": "energy"},
}
"""The generator's options for each optional field."""
FEW_BY_VERIFIER = 4_000
"""Plans of an instance of tiny-fields, so that a test can try them all by the verifier alone."""


def tiny_fields() -> Iterator[IntradpInstance]:
    """One for each optional field, where it changes the best plan, and for each pair and all, where each counts."""
    pairs = list(combinations(FIELDS, 2))
    for fields in [*((field,) for field in FIELDS), *pairs, tuple(FIELDS)]:
        name = "all" if fields == tuple(FIELDS) else "+".join(fields)
        yield next(filter(None, map(partial(with_fields, fields, f"tiny-{name}"), count(700))))


def with_fields(fields: tuple[str, ...], name: str, seed: int) -> IntradpInstance | None:
    """The tiny instance of ``seed`` with ``fields``; None where one of them does not matter, or plans are too many."""
    options: dict[str, int | float | str] = {
        "shape": KINDS[seed % 5], "operators": 5 + seed % 3, "units": 3 + seed % 2,
        "bandwidth": (0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0)[seed % 7], "launch": 0.5, "name": name,
    }  # fmt: skip
    for field in fields:
        options |= FIELDS[field]
    made = generate(options, seed)
    if every.count(made) > FEW_BY_VERIFIER:
        return None
    best, _ = by_all_plans(made)
    for field in fields:
        other = without(field, made)
        value = verify(made, best_plan(other)).objective
        replaced = value is not None and value > best * (1 + 1e-6)
        if isclose(by_all_plans(other)[0], best, rel_tol=1e-6) or not (replaced or len(fields) > 1):
            return None
    return made


def without(field: str, instance: IntradpInstance) -> IntradpInstance:
    """The instance with the default in ``field``."""
    data = instance.to_data()
    operators = cast("list[dict[str, dict[str, object]]]", data["operators"])
    if field == "segment":
        data.pop("segment_s", None)
    if field == "efficiency":
        cast("dict[str, object]", data["link"]).pop("efficiency", None)
    if field == "launch-power":
        cast("dict[str, object]", data["power_w"]).pop("launch", None)
    for operator in operators:
        if field == "compute-power":
            operator["device"].pop("compute_w", None)
        if field == "partial":
            operator["device"].pop("partial_s", None)
            operator["server"].pop("partial_s", None)
    return IntradpInstance.from_data(data)


SUITES: Mapping[str, Callable[[], Iterator[IntradpInstance]]] = {
    "tiny": tiny,
    "tiny-fields": tiny_fields,
    "chains": chains,
    "onnx-nine": onnx_nine,
    "real-exports": halved,
}


def best_plan(instance: IntradpInstance) -> IntradpSolution:
    """The first of the best plans of a tiny instance."""
    return _tried(instance)[0]


def by_all_plans(instance: IntradpInstance) -> tuple[float, float]:
    """(optimum, bound) of a tiny instance."""
    solution, bound = _tried(instance)
    value = verify(instance, solution).objective
    assert value is not None
    return value, bound


def _tried(instance: IntradpInstance) -> tuple[IntradpSolution, float]:
    budget = Budget(None)
    outcome = every.solve(instance, Context(budget, Trace("min", budget), None, (), lambda _: None))
    assert outcome.solution is not None
    return outcome.solution, outcome.bounds[0].value


def entry(suite: str, instance: IntradpInstance, time_limit: float, threads: int | None) -> dict[str, object]:  # noqa: ARG001
    """The index's row of an instance: best known value, bound and how it was proved."""
    file = f"{instance.name}.json"
    if every.count(instance) <= FEW:
        value, least = by_all_plans(instance)
        return {"file": file, "best": value, "bound": least, "proved": True, "how": "all plans"}
    result = wnpopt.solve(instance, "auto", time_limit=time_limit, threads=threads)
    best, bound = result.objective, result.bound
    assert best is not None
    assert bound is not None
    proved = bound >= best * (1 - 1e-6)
    how = f"auto, bound by {result.bound_by}" + ("" if proved else f", not proved in {time_limit:g} s")
    return {"file": file, "best": best, "bound": min(bound, best), "proved": proved, "how": how}
