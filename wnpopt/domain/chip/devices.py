"""A library of devices and accelerator cores, each with its source.

Peak rates are those of the data sheet or follow from it as units times 2 times clock; they are bounds, so set
``efficiency`` (with :func:`dataclasses.replace`) where a measurement is at hand. Launch overheads are typical orders
of magnitude, not data-sheet figures: about 5 us for a kernel of a desktop GPU, 20 us on an embedded one, 1 us for a
descriptor of an accelerator core. Matrix arrays do :data:`NONLINEAR` work on a lane a column, one step in four cycles
(an assumption: slower than a vector core, not impossible); the chip of the Eyeriss paper cannot. Energies: for GPUs the
board's power over its peak (an upper bound for arithmetic); for cores those of Horowitz, "Computing's energy problem",
ISSCC 2014, Figure 1.1.9 (45 nm): a fused multiply-add of 4.6 pJ in 32-bit, 1.5 pJ in 16-bit floating point and about
0.3 pJ in 8-bit integers, and 1.3 nJ for 8 bytes of DRAM, the lower end of its range.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from wnpopt.core.errors import InputError
from wnpopt.core.near import near
from wnpopt.domain.chip.hardware import Chip, Core, mesh

_DRAM_J = 1.3e-9 / 8
_FP32_J, _FP16_J, _INT8_J = 4.6e-12 / 2, 1.5e-12 / 2, 0.3e-12 / 2

NONLINEAR = (
    "Softmax", "LogSoftmax", "LRN", "LayerNormalization", "GroupNormalization", "InstanceNormalization",
    "RMSNormalization", "Gelu", "Erf", "Exp", "Log", "Pow", "Sqrt", "Div", "Reciprocal", "Tanh", "Mish", "Softplus",
    "HardSwish", "Attention", "LSTM", "GRU", "RNN",
)  # fmt: skip
"""Operators beyond multiply-accumulate, pooling and simple activations: not on a bare multiply-accumulate array."""

_LANE_CYCLES = 4
"""Cycles of a lane for a step of a nonlinear function; an array has one lane a column, beside its accumulators."""


def _gpu(
    name: str,
    lanes: int,
    clock_hz: float,
    bytes_per_s: float,
    launch_s: float,
    board_w: float,
    source: str,
    *,
    dot4: bool = False,
) -> Core:
    peak = lanes * 2 * clock_hz
    peaks = (("int8", 4 * peak),) if dot4 else ()
    return Core(name, peak, bytes_per_s, launch_s, energy_per_flop_j=board_w / peak, source=source, peaks=peaks)


def _array(
    name: str,
    rows: int,
    columns: int,
    clock_hz: float,
    bytes_per_s: float,
    *,
    bits: int,
    source: str,
    idle_w: float = 0.0,
) -> Core:
    """A multiply-accumulate array: full speed for products, a lane a column for :data:`NONLINEAR`."""
    return Core(
        name,
        rows * columns * 2 * clock_hz,
        bytes_per_s,
        1e-6,
        element_bits=bits,
        energy_per_flop_j=_INT8_J if bits == 8 else _FP16_J,
        energy_per_byte_j=_DRAM_J,
        idle_w=idle_w,
        source=source,
        vector_types=NONLINEAR,
        vector_flop_per_s=columns * clock_hz / _LANE_CYCLES,
    )


def _tensor(base: Core, name: str, peak: float, source: str) -> Core:
    """The matrix units of ``base`` in 16-bit floating point, at the same board power."""
    power = base.energy_per_flop_j * base.peak_flop_per_s
    return Core(
        name,
        peak,
        base.memory_bytes_per_s,
        base.launch_s,
        element_bits=16,
        energy_per_flop_j=power / peak,
        source=source,
    )


_XAVIER_SHEET = "NVIDIA Jetson Xavier NX data sheet DA-09366-001 v1.3, page 1"
_XAVIER = _gpu(
    "jetson-xavier-nx-fp32", 384, 1.1e9, 128 / 8 * 2 * 1.6e9, 20e-6, 15.0,
    f"{_XAVIER_SHEET}: 384 CUDA cores at 1100 MHz, 128-bit LPDDR4x at 1600 MHz, 15 W mode",
)  # fmt: skip
_ORIN_BRIEF = "NVIDIA Jetson AGX Orin technical brief v1.2"
_ORIN = _gpu(
    "jetson-agx-orin-fp32", 2048, 1.3e9, 204.8e9, 20e-6, 60.0,
    f"{_ORIN_BRIEF}: 2048 CUDA cores at 1.3 GHz (5.3 TFLOPS), LPDDR5 at 204.8 GB/s, 60 W",
)  # fmt: skip

DEVICES: Mapping[str, Core] = MappingProxyType(
    {
        core.name: core
        for core in (
            _XAVIER,
            _tensor(
                _XAVIER, "jetson-xavier-nx-fp16", 48 * 64 * 2 * 1.1e9,
                f"{_XAVIER_SHEET}: 48 Volta tensor cores, 64 multiply-adds a clock each (Volta V100 white paper)",
            ),
            _ORIN,
            _tensor(
                _ORIN, "jetson-agx-orin-fp16", 170e12 / 4,
                f"{_ORIN_BRIEF}: GPU 170 sparse INT8 TOPS, a quarter of it dense in FP16",
            ),
            _gpu(
                "rtx-3080", 8704, 1.71e9, 760e9, 5e-6, 320.0,
                "NVIDIA Ampere GA102 white paper: 8704 cores, boost 1.71 GHz, 760 GB/s, 320 W",
            ),
            _gpu(
                "gtx-1080-ti", 3584, 1.582e9, 484e9, 5e-6, 250.0,
                "NVIDIA GeForce GTX 1080 Ti specifications: 3584 cores, boost 1582 MHz, 484 GB/s, 250 W; four 8-bit "
                "multiply-adds a core and clock (DP4A, Mixed-precision programming with CUDA 8, 2016)",
                dot4=True,
            ),
            Core(
                "phone-npu", 15e12, 64 / 8 * 2 * 2.75e9, 50e-6, unsupported=("LSTM", "GRU", "RNN"), element_bits=8,
                energy_per_flop_j=_INT8_J, energy_per_byte_j=_DRAM_J,
                source="Qualcomm Snapdragon 865 product brief: AI engine of 15 TOPS, 64-bit LPDDR5 at 2750 MHz",
            ),
            Core(
                "phone-cpu", 4 * 16 * 2.4e9, 64 / 8 * 2 * 2.75e9, 1e-6, energy_per_flop_j=_FP32_J,
                energy_per_byte_j=_DRAM_J,
                peaks=(("float16", 2 * 4 * 16 * 2.4e9), ("int8", 4 * 4 * 16 * 2.4e9)),
                source="Qualcomm Snapdragon 865: four Cortex-A77, two 128-bit FMA pipes each, all at 2.4 GHz; half "
                "precision and dot products of 8-bit integers (Armv8.2) fill the same pipes with 2 and 4 times as many",
            ),
            _array(
                "tpu-v1", 256, 256, 700e6, 34e9, bits=8, idle_w=28.0,
                source="Jouppi et al., In-datacenter performance analysis, ISCA 2017, Table 2: 92 TOPS, 34 GB/s",
            ),
            _array(
                "systolic-64", 64, 64, 700e6, 12.8e9, bits=8,
                source="an edge core like TPU v1 (ISCA 2017): 64 x 64 units at its 700 MHz; 64-bit DDR at 800 MHz",
            ),
            _array(
                "systolic-32", 32, 32, 700e6, 12.8e9, bits=8,
                source="an edge core like TPU v1 (ISCA 2017): 32 x 32 units at its 700 MHz; 64-bit DDR at 800 MHz",
            ),
            _array(
                "eyeriss",
                12,
                14,
                200e6,
                64 / 8 * 60e6,
                bits=16,
                source="Chen et al., Eyeriss, JSSC 52(1), 2017: 168 units at 200 MHz, 64-bit link at 60 MHz",
            ).without_vector(),
            _array(
                "eyeriss-like-1024", 32, 32, 500e6, 6.4e9, bits=16,
                source="a row-stationary core like Eyeriss (JSSC 2017), scaled to 1024 units at 500 MHz; 6.4 GB/s",
            ),
            Core(
                "vector-dsp", 128 * 2 * 1e9, 12.8e9, 1e-6, element_bits=16, energy_per_flop_j=_FP16_J,
                energy_per_byte_j=_DRAM_J,
                source="a generic vector processor: 2048-bit FP16 multiply-add at 1 GHz; 64-bit DDR at 800 MHz",
            ),
        )
    }
)  # fmt: skip
"""Cores by name."""

_CHIPS: Mapping[str, tuple[tuple[str, ...], int]] = MappingProxyType(
    {
        "edge-2x2": (("systolic-64", "systolic-32", "eyeriss-like-1024", "vector-dsp"), 2),
        "edge-2x3": (("systolic-64", "systolic-32", "eyeriss-like-1024", "vector-dsp", "systolic-32", "vector-dsp"), 3),
        "edge-4x4": (
            ("systolic-64", "systolic-32", "eyeriss-like-1024", "vector-dsp") * 2
            + ("vector-dsp", "eyeriss-like-1024", "systolic-32", "systolic-64") * 2,
            4,
        ),
    }
)

CHIPS: tuple[str, ...] = tuple(_CHIPS)
"""Names of the ready-made chips."""


def device(name: str) -> Core:
    """The core called ``name``; raises :class:`InputError` naming the known ones."""
    if name not in DEVICES:
        raise InputError(f"the core {name!r} is not known; known are {', '.join(DEVICES)}{near(name, DEVICES)}")
    return DEVICES[name]


def chip(name: str) -> Chip:
    """A ready-made heterogeneous chip; raises :class:`InputError` naming the known ones.

    Its mesh moves 16 bytes a cycle at 1 GHz and takes 3 cycles a hop, as a plain wormhole router does (Dally and
    Towles, Principles and Practices of Interconnection Networks, 2004, chapter 16); a byte costs 1 pJ a hop.
    """
    if name not in _CHIPS:
        raise InputError(f"the chip {name!r} is not known; known are {', '.join(CHIPS)}{near(name, CHIPS)}")
    types, columns = _CHIPS[name]
    cores = [device(core) for core in types]
    return mesh(name, cores, columns=columns, hop_s=3e-9, bytes_per_s=16e9, energy_per_byte_hop_j=1e-12)
