"""Random intradp instances: chains, residual and dense blocks, encoder-decoders, transformer blocks.

Every instance is a function of its options and its seed alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np

from wnpopt.core.options import name_of, option, options_of, read
from wnpopt.problems.intradp.instance import IntradpInstance

KINDS = ("chain", "residual", "dense", "encoder-decoder", "transformer")
COMPUTE_W = 13.35
"""Power of a device that computes (Intra-DP, Table 2)."""


@dataclass(frozen=True)
class Shape:
    """Options of the generator."""

    shape: str = option("chain", "kind of the network", choices=KINDS)
    operators: int = option(12, "number of operators, roughly; input and output included", least=4, most=10_000)
    units: int = option(16, "rows of the input", least=2, most=10_000)
    speedup: float = option(10.0, "how much faster the server computes", least=1e-6, most=1e6)
    launch: float = option(0.05, "launch cost as a share of an average operator's time on the device", least=0, most=1)
    bandwidth: float = option(
        2.0, "1: the input takes as long on the link as the network on the device", least=1e-6, most=1e6
    )
    latency_s: float = option(0.0, "latency of the link in seconds", least=0, most=1e3)
    objective: str = option("latency", "what is minimised", choices=("latency", "energy"))
    transfers: str = option("any", "tensors that may be sent; small: up to the input's size", choices=("any", "small"))
    slack: float = option(0.0, "deadline as a multiple of the time on the device; 0 for none", least=0, most=1e3)
    efficiency: float = option(1.0, "share of the link's rates that carries the tensors", least=1e-6, most=1)
    partial: float = option(
        0.0, "cost of computing some rows only, as a share of an average operator's time, on average", least=0, most=1e3
    )
    segment: float = option(
        0.0, "cost of cutting a side's work at a message, as a share of an average operator's time", least=0, most=1e3
    )
    launch_w: float = option(0.0, "power of launches, partial operators and cuts; 0: as computing", least=0, most=1e6)
    power_spread: float = option(
        0.0, "standard deviation of the operators' log-normal powers; 0: the same for all", least=0, most=10
    )


OPTIONS = options_of(Shape)


def generate(options: Mapping[str, int | float | str], seed: int) -> IntradpInstance:
    """The instance of ``options`` (see :data:`OPTIONS`) and ``seed``; raises :class:`InputError` naming a bad one."""
    shape = read(Shape, options, ignored=("name",))
    rng = np.random.default_rng([seed, 0x69647031])
    build = _Builder(shape, rng, seed)
    {
        "chain": _chain,
        "residual": _residual,
        "dense": _dense,
        "encoder-decoder": _encoder_decoder,
        "transformer": _transformer,
    }[shape.shape](build)
    return build.instance(name_of(options, f"intradp-{shape.shape}-{shape.operators}x{shape.units}-s{seed}"))


class _Builder:
    """Collects operators; tensors are named by the operators that make them."""

    def __init__(self, shape: Shape, rng: np.random.Generator, seed: int) -> None:
        self.shape, self.rng = shape, rng
        self.later = np.random.default_rng([seed, 0x69647032])  # its own, so that the rest stays what it was
        self.units: dict[str, int] = {}
        self.width: dict[str, float] = {}
        self.data: list[dict[str, object]] = []
        self.add("input", [], shape.units, 3.0, 0.0)

    def add(self, name: str, inputs: list[tuple[str, object]], units: int, width: float, work: float) -> str:
        """An operator of ``units`` rows, ``width`` kilobytes a row, and device time proportional to ``work``."""
        self.units[name], self.width[name] = units, width
        self.data.append(
            {
                "name": name, "units": units, "output_bytes": round(1000.0 * width * units),
                "inputs": [{"from": source, "window": window} for source, window in inputs], "work": work,
            }
        )  # fmt: skip
        return name

    def conv(self, name: str, source: str, kernel: int = 3, stride: int = 1, widen: float = 1.0) -> str:
        """A convolution with the padding that keeps the rows (over the stride)."""
        units = -(-self.units[source] // stride)
        width = self.width[source] * widen
        work = units * width * kernel * float(self.rng.lognormal(0.0, 0.4))
        window = {"kernel": kernel, "stride": stride, "padding": kernel // 2}
        return self.add(name, [(source, window)], units, width, work)

    def join(self, name: str, sources: list[str], wider: bool = False) -> str:
        """An elementwise operator of several tensors: their sum, or with ``wider`` their concatenation."""
        width = sum(self.width[s] for s in sources) if wider else self.width[sources[0]]
        return self.add(
            name, [(s, _SAME) for s in sources], self.units[sources[0]], width, 0.3 * self.units[sources[0]] * width
        )

    def classify(self, source: str) -> str:
        """A global operator."""
        work = 2.0 * self.units[source] * self.width[source]
        return self.add("classify", [(source, "all")], 1, 4.0, work)

    def instance(self, name: str) -> IntradpInstance:
        shape = self.shape
        last = next(reversed(self.units))
        self.add("output", [(last, _SAME)], self.units[last], self.width[last], 0.0)
        total = sum(float(str(op["work"])) for op in self.data)
        seconds = 0.1 / total
        launch = shape.launch * 0.1 / len(self.data)
        whole = 0.0
        for op in self.data:
            work = float(op.pop("work")) * seconds  # type: ignore[arg-type]
            for side, factor in (("device", 1.0), ("server", 1.0 / shape.speedup)):
                fixed = launch * factor if work > 0 else 0.0
                op[side] = {"fixed_s": fixed, "full_s": fixed + work * factor}
                whole += fixed + work if side == "device" else 0.0
            if work > 0:
                self._add_later(op)
        rate = shape.bandwidth * float(self.data[0]["output_bytes"]) / whole  # type: ignore[arg-type]
        cut = shape.segment * 0.1 / len(self.data)
        return IntradpInstance.from_data(
            {
                "kind": "intradp", "schema_version": 1, "name": name, "source": "wnpopt generator",
                "operators": self.data,
                "link": {
                    "uplink_bytes_per_s": rate, "downlink_bytes_per_s": rate, "latency_s": shape.latency_s,
                    "efficiency": shape.efficiency,
                },
                "power_w": {
                    "compute": COMPUTE_W, "communicate": 4.25, "standby": 4.04, "launch": shape.launch_w or None,
                },
                "transfers": shape.transfers, "objective": shape.objective,
                "deadline_s": shape.slack * whole if shape.slack > 0 else None,
                "segment_s": {"device": cut, "server": cut / shape.speedup},
            }
        )  # fmt: skip

    def _add_later(self, op: dict[str, object]) -> None:
        """What cutting an operator costs, and its power."""
        device, server = cast("list[dict[str, float]]", [op["device"], op["server"]])
        share, power = self.later.uniform(0.0, 2.0), self.later.normal()
        if self.shape.partial > 0:
            device["partial_s"] = float(self.shape.partial * share * 0.1 / len(self.data))
            server["partial_s"] = device["partial_s"] / self.shape.speedup
        if self.shape.power_spread > 0:
            device["compute_w"] = COMPUTE_W * float(np.exp(self.shape.power_spread * power))


_SAME = {"kernel": 1, "stride": 1, "padding": 0}


def _chain(build: _Builder) -> None:
    """Convolutions, every third halving the rows, and a classifier."""
    last = "input"
    for i in range(build.shape.operators - 3):
        halve = i % 3 == 2 and build.units[last] >= 4
        last = build.conv(
            f"conv{i}", last, int(build.rng.choice([1, 3, 5])), 2 if halve else 1, 1.5 if halve or i == 0 else 1.0
        )
    build.classify(last)


def _residual(build: _Builder) -> None:
    """A stem, blocks of two convolutions with a skip, some halving the rows with a 1×1 convolution in the skip."""
    last = build.conv("stem", "input", 3, 1, 2.0)
    i = 0
    while len(build.data) < build.shape.operators - 4:
        halve = i % 2 == 1 and build.units[last] >= 4
        skip = build.conv(f"down{i}", last, 1, 2, 1.5) if halve else last
        first = build.conv(f"block{i}.a", last, 3, 2 if halve else 1, 1.5 if halve else 1.0)
        last = build.join(f"add{i}", [build.conv(f"block{i}.b", first), skip])
        i += 1
    build.classify(last)


def _dense(build: _Builder) -> None:
    """Dense blocks of up to four layers, each reading all before it, and transitions that halve the rows."""
    last = build.conv("stem", "input", 3, 1, 2.0)
    i = 0
    while len(build.data) < build.shape.operators - 3:
        parts = [last]
        for k in range(4):
            if len(build.data) >= build.shape.operators - 4:
                break
            joined = build.join(f"cat{i}.{k}", parts, wider=True) if k else last
            parts.append(build.conv(f"dense{i}.{k}", joined, 3, 1, 2.0 / max(1.0, build.width[joined])))
        last = build.join(f"cat{i}", parts, wider=True)
        if build.units[last] >= 4:
            last = build.conv(f"transition{i}", last, 1, 2, 0.6)
        i += 1
    build.classify(last)


def _encoder_decoder(build: _Builder) -> None:
    """Halving convolutions, then upsampling joined with the encoder's tensor of the same rows; no global operator."""
    levels = max(1, (build.shape.operators - 3) // 4)
    last, kept = build.conv("stem", "input", 3, 1, 1.5), []
    for i in range(levels):
        if build.units[last] < 2 or build.units[last] % 2:
            break
        kept.append(last)
        last = build.conv(f"down{i}", last, 3, 2, 1.6)
    for i, skip in enumerate(reversed(kept)):
        window = {"kernel": 1, "stride": 1, "padding": 0, "upsample": 2}
        units, width = 2 * build.units[last], build.width[last] * 0.6
        up = build.add(f"up{i}", [(last, window)], units, width, 0.5 * units * width)
        joined = build.join(f"cat{i}", [up, skip], wider=True)
        last = build.conv(f"dec{i}", joined, 3, 1, build.width[skip] / build.width[joined])


def _transformer(build: _Builder) -> None:
    """Row-wise projections and feed-forward parts around attention, which reads all rows of keys and values."""
    last = build.conv("embed", "input", 1, 1, 2.0)
    i = 0
    while len(build.data) < build.shape.operators - 3:
        keys = build.conv(f"keys{i}", last, 1)
        width, units = build.width[last], build.units[last]
        mixed = build.add(f"attend{i}", [(last, _SAME), (keys, "all")], units, width, 1.5 * units * width)
        summed = build.join(f"add{i}", [mixed, last])
        last = build.join(f"out{i}", [build.conv(f"feed{i}", summed, 1), summed])
        i += 1
    build.classify(last)
