"""Every reader of the package as a target of fuzzing."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.fuzz import documents as d
from tests.fuzz import models
from tests.fuzz.frames import PlayedSocket, frame
from tests.fuzz.harness import Read, Target
from wnpopt import api
from wnpopt.core.document import Document
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import parse_json, read_json, write_json
from wnpopt.problems.intradp.execution.remote.channel import PeerError
from wnpopt.problems.intradp.execution.remote.greeting import RefusedError

TARGETS: dict[str, Target] = {}
"""All of them by name."""


def target(
    name: str,
    what: str,
    form: str,
    seeds: Callable[[], Iterable[bytes]],
    refusals: tuple[type[BaseException], ...] = (),
    *,
    names_files: bool = False,
) -> Callable[[Read], Read]:
    def register(read: Read) -> Read:
        TARGETS[name] = Target(name, what, form, read, lambda: iter(seeds()), refusals, names_files)
        return read

    return register


def of_documents(*made: Callable[[], Any]) -> Callable[[], Iterator[bytes]]:
    return lambda: d.dumped(*(one() for one in made))


def given(folder: Path, data: bytes, name: str = "given.json") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def kept(document: Document, folder: Path) -> None:
    """What was read can be written, and is the same when it is read again."""
    write_json(folder / "again.json", document.to_data())
    assert type(document).from_data(read_json(folder / "again.json")) == document, "another document after writing"


def part_of(data: bytes, *keys: str) -> tuple[Any, ...]:
    """Parts of an object that stands for several files."""
    whole = parse_json(data)
    return tuple(whole.get(key) for key in keys)


# Documents


@target(
    "json", "JSON itself: core/jsonio.py", "bytes", lambda: d.dumped({"a": [1, 2.5, None, "é", {"b": True}]}, d.INDEX)
)
def _json(folder: Path, data: bytes) -> None:
    read = read_json(given(folder, data))
    write_json(folder / "again.json", read)
    assert read_json(folder / "again.json") == read


def _of_family(family: str) -> None:
    def read(folder: Path, data: bytes) -> None:
        instance = api.load(given(folder, data))  # type: ignore[arg-type]
        assert isinstance(instance.instance_hash, str)
        kept(instance, folder)
        _shown(folder, "show", folder / "given.json")

    TARGETS[f"{family}-instance"] = Target(
        f"{family}-instance", f"instances of {family}", "json", read, lambda: d.dumped(*d.instances(family))
    )

    def verified(folder: Path, data: bytes) -> None:
        posed, plan = part_of(data, "instance", "plan")
        instance = api.load(given(folder, json.dumps(posed).encode()))  # type: ignore[arg-type]
        solution = api.load_solution(given(folder, json.dumps(plan).encode(), "plan.json"))  # type: ignore[arg-type]
        kept(solution, folder)
        certificate = api.verify(instance, solution)
        assert str(certificate.violations).isprintable()

    TARGETS[f"{family}-plan"] = Target(
        f"{family}-plan", f"solutions of {family}, through the verifier", "json", verified, lambda: d.plans(family)
    )


for _family in ("wnp", "slide", "intradp"):
    _of_family(_family)


@target("wnp-state", "states of running plans (`fixed`)", "json", of_documents(d.state))
def _state(folder: Path, data: bytes) -> None:
    from wnpopt.problems.wnp.state import WnpState

    state = api.load_state(given(folder, data))  # type: ignore[arg-type]
    kept(state, folder)
    assert isinstance(state, WnpState)
    state.check(d.pair("wnp", d.PLACES["wnp"][0])[0])


@target("wnp-scenarios", "scenarios of `simulate` and `--robust`", "json", d.scenarios)
def _scenarios(folder: Path, data: bytes) -> None:
    from wnpopt.problems.wnp.runtime.robust.scenarios import scenarios_of
    from wnpopt.problems.wnp.runtime.simulate import load_scenario

    instance: Any = d.pair("wnp", d.PLACES["wnp"][0])[0]
    file = given(folder, data)
    kept(scenarios_of(instance, file), folder)
    with suppress(InputError):
        load_scenario(file, instance)


@target("wnp-stream", "streams of `simulate --stream`, with their arrivals", "json", d.streams, names_files=True)
def _stream(folder: Path, data: bytes) -> None:
    from wnpopt.problems.wnp.runtime.stream.requests import requests_of
    from wnpopt.problems.wnp.runtime.stream.simulate import load_stream

    (folder / "other.json").write_text(json.dumps(d.instance("wnp")))
    stream, templates = load_stream(given(folder, data))
    assert requests_of(stream, templates, 0).count >= 1


@target(
    "layers",
    "maps to layers (`layers`, `run`)",
    "json",
    of_documents(lambda: d.layers("wnp"), lambda: d.layers("intradp")),
)
def _layers(folder: Path, data: bytes) -> None:
    layers = api.load_layers(given(folder, data))  # type: ignore[arg-type]
    kept(layers, folder)
    layers.facts()
    for family in ("wnp", "intradp"):
        instance, solution = d.pair(family, d.PLACES[family][0])
        with suppress(InputError):
            api.layer_schedule(instance, solution, layers)


@target("intradp-table", "plan tables of `replay`, `run` and `calibrate`", "json", of_documents(d.table))
def _table(folder: Path, data: bytes) -> None:
    from wnpopt.problems.intradp.online.replay_command import _read

    read: Any = _read(given(folder, data))
    kept(read, folder)
    if hasattr(read, "plans"):
        read.at(1.5).solution(read.instance)


@target("front", "fronts and results of `plot`", "json", of_documents(d.front, d.result))
def _front(folder: Path, data: bytes) -> None:
    from wnpopt.cli.plot import _other
    from wnpopt.core import registry
    from wnpopt.plotting.convergence import result_convergence

    for family in ("wnp", "intradp"):
        other = _other(given(folder, data), registry.family(family))
        if isinstance(other, Mapping):
            result_convergence(d.pair(family, d.PLACES[family][0])[0], other)
        elif other is not None:
            kept(other, folder)


# Arrays


@target("slide-columns", "instances of slide in columns (.npz)", "npz", lambda: [d.columns()])
def _columns(folder: Path, data: bytes) -> None:
    from wnpopt.problems.slide.columnar.columns import load_columns

    columns = load_columns(given(folder, data, "given.npz"))
    assert columns.snr_hz.shape == (columns.users,)
    assert columns.model_bits.shape == (columns.models,)


@target("slide-allocation", "solutions of slide in columns (.npz)", "npz", lambda: [d.allocation()])
def _allocation(folder: Path, data: bytes) -> None:
    from wnpopt.problems.slide.columnar.allocation import load_allocation

    assert load_allocation(given(folder, data, "given.npz")).user.ndim == 1


# Networks, chips, radio


@target("onnx", "ONNX models of `import`, with data beside them", "onnx", models.models)
def _onnx(folder: Path, data: bytes) -> None:
    from wnpopt.domain.files.graph import graph_from_data, graph_to_data
    from wnpopt.domain.files.network import load_network

    (folder / "weights.bin").write_bytes(models.WEIGHTS)
    graph = load_network(given(folder, data, "given.onnx")).graph
    write_json(folder / "graph.json", graph_to_data(graph))
    graph_from_data(read_json(folder / "graph.json"))


@target("onnx-run", "ONNX models of `run`, `serve` and `measure`, with their weights", "onnx", models.models)
def _onnx_run(folder: Path, data: bytes) -> None:
    from wnpopt.execution.network import RunnableNetwork

    (folder / "weights.bin").write_bytes(models.WEIGHTS)
    network = RunnableNetwork.read(given(folder, data, "given.onnx"))
    assert network.opset
    for name in network.constants:
        network.constant(name)


@target("graph", "graph files", "json", of_documents(d.graph))
def _graph(folder: Path, data: bytes) -> None:
    from wnpopt.domain.files.graph import graph_from_data, graph_to_data
    from wnpopt.domain.files.network import load_network

    graph = load_network(given(folder, data)).graph
    write_json(folder / "again.json", graph_to_data(graph))
    graph_from_data(read_json(folder / "again.json"))


@target(
    "composition",
    "compositions of networks, fused",
    "json",
    of_documents(d.composition, lambda: d.composition("late"), lambda: d.composition("mid")),
    names_files=True,
)
def _composition(folder: Path, data: bytes) -> None:
    from wnpopt.domain.files.network import load_network

    (folder / "graph.json").write_text(json.dumps(d.graph()))
    (folder / "model.onnx").write_bytes(models.plain())
    assert load_network(given(folder, data)).graph.operators


@target("chip", "chips", "json", of_documents(d.chip))
def _chip(folder: Path, data: bytes) -> None:
    from wnpopt.domain.files.chip import load_chip

    assert load_chip(given(folder, data)).cores


@target("radio", "radio scenarios", "json", of_documents(d.radio))
def _radio(folder: Path, data: bytes) -> None:
    from wnpopt.domain.files.radio import load_radio

    assert load_radio(given(folder, data)).scenario


@target(
    "stg",
    "standard task graphs (.stg)",
    "text",
    lambda: [
        b"3\n0 0 0\n1 5 1 0\n2 7 1 1\n3 2 2 1 2\n4 0 1 3\n",
        b"2 4\n1 5 0\n2 7 1 1 9\n3 0 1 2 4\n",
        b"1\n0 0 0\n1 4 1 0\n",
    ],
)
def _stg(folder: Path, data: bytes) -> None:
    from wnpopt.domain.files.stg import read_stg

    assert read_stg(given(folder, data, "given.stg")).name


PROFILES = (b"operator,core,time_ms\nconv,gpu,1.5\nconv,cpu,\n", b"core,operator,time_s\ncpu,a,0.25\ncpu,b,1e-3\n")


@target("profile", "tables of measured times (.csv)", "text", lambda: PROFILES)
def _profile(folder: Path, data: bytes) -> None:
    from wnpopt.domain.files.profile import read_profile

    read_profile(given(folder, data, "given.csv"))


@target(
    "profile-json",
    "tables of measured times (.json)",
    "json",
    of_documents(
        lambda: {
            "kind": "profile",
            "schema_version": 1,
            "name": "bench",
            "rows": [
                {"operator": "conv1", "core": "gpu", "time_s": 1.2e-4},
                {"operator": "lrn", "core": "npu", "time_s": None},
            ],
        }
    ),
)
def _profile_json(folder: Path, data: bytes) -> None:
    from wnpopt.domain.files.profile import read_profile

    read_profile(given(folder, data))


# Tables


@target(
    "trace",
    "bandwidth traces of `replay` and `run` (.csv)",
    "text",
    lambda: [b"s,MB/s\n0,8\n1,9.5\n2,0\n3,1e1\n", b'"t","r"\r\n0.5,1\r\n1.0,2\r\n1.52,3\r\n'],
)
def _trace(folder: Path, data: bytes) -> None:
    from wnpopt.problems.intradp.online.trace_file import read_trace

    trace = read_trace(given(folder, data, "given.csv"))
    assert trace.finish(0.5, 1000.0) >= 0.5


@target(
    "measured",
    "measured latencies of `calibrate` (.csv)",
    "text",
    lambda: [
        b"plan,megabytes_per_s,latency_ms,energy_j,note\ndevice-only,8,12.5,0.2,a\nserver-only,8,9,,b\n",
        b"strategy,latency_s\nplan.json,0.5\nmin-cut,0.25\n",
        b"plan,bandwidth_bytes_per_s,latency_s\ntable.json,2e6,1\nlayer-cut,0,2\n",
    ],
    names_files=True,
)
def _measured(folder: Path, data: bytes) -> None:
    from wnpopt.problems.intradp.calibration.measured import read_measurements

    instance, solution = d.pair("intradp", d.PLACES["intradp"][0])
    (folder / "plan.json").write_text(json.dumps(solution.to_data()))
    (folder / "table.json").write_text(json.dumps(d.table()))
    assert len(read_measurements(instance, given(folder, data, "given.csv"))) >= 2  # type: ignore[arg-type]


# Solvers


@target(
    "solution-file",
    "solutions of exported models, of HiGHS, CBC, SCIP, Gurobi (`decode`)",
    "text",
    lambda: [
        b"Optimal - objective value 12\n 0 x(0_1) 1 0\n** 1 y 2.5 0\n",
        b"objective value: 12\nx[0,1]  1  (obj:1)\ny  2.5  (obj:0)\n",
        b"# Objective value = 1\nx 1\ny 2\n",
        b"Model status\nOptimal\n\n# Primal solution values\nFeasible\n# Columns 2\nx 1\ny 0\n# Rows 1\nr 1\n",
        b"Columns\n Index Status Lower Upper Primal Dual Type Name\n 0 BS 0 inf 1 0 Continuous x\nRows\n 0 1 2 3 r\n",
    ],
)
def _solution_file(folder: Path, data: bytes) -> None:
    from wnpopt.backends.values import in_order, read_values

    in_order(["x[0,1]", "y"], read_values(given(folder, data, "given.sol")))


DECODED = ("wnp", "slide", "intradp")


@target(
    "decoded",
    "values of variables, decoded and verified (`decode`)",
    "json",
    lambda: d.dumped(
        {"family": "wnp", "values": {"makespan": 12, "start[0]": 0.0}},
        {"family": "slide", "values": {"serve[0,0]": 1.0}},
        {"family": "intradp", "values": {"a[0]": 3, "b[1]": 2.5}},
    ),
)
def _decoded(_folder: Path, data: bytes) -> None:
    family, values = part_of(data, "family", "values")
    name = family if family in DECODED else "wnp"
    told = values if isinstance(values, dict) else {"x": values}
    api.decode(d.pair(name, d.PLACES[name][0])[0], "milp", None, {**_variables(name), **told})


def _variables(family: str) -> dict[str, float]:
    """Names that the formulation has, so that what is decoded is not refused for having none."""
    import pyomo.environ as pyo

    if family not in _NAMES:
        model: Any = api.compile_model(d.pair(family, d.PLACES[family][0])[0], "milp")
        inner = getattr(model, "model", model)
        names = (
            [v.name for v in inner.component_data_objects(pyo.Var)] if hasattr(inner, "component_data_objects") else []
        )
        _NAMES[family] = names
    return dict.fromkeys(_NAMES[family][:50], 0.0)


_NAMES: dict[str, list[str]] = {}


def _linear() -> Any:
    import numpy as np
    from scipy.sparse import csc_array

    from wnpopt.backends.linear import LinearModel

    two = np.zeros(2)
    fields = {
        "cost": two + 1,
        "matrix": csc_array(np.ones((1, 2))),
        "row_lower": two[:1],
        "row_upper": two[:1] + 5,
        "lower": two,
        "upper": two + 9,
        "integer": np.array([True, False]),
        "maximise": False,
        "offset": 0.0,
    }
    return LinearModel(variables=[], column=np.arange(2), **fields)


@target(
    "cbc",
    "CBC's solution file",
    "text",
    lambda: [
        b"Optimal - objective value 3.0\n      0 C0 1 0\n      1 C1 2 0\n",
        b"Infeasible - objective value 0\n",
        b"Stopped on time - objective value 5\n** 0 C0 3 1\n",
    ],
)
def _cbc(folder: Path, data: bytes) -> None:
    from wnpopt.backends.ending import Ending
    from wnpopt.backends.solvers.cbc import _answer

    _answer(_linear(), given(folder, data, "answer.sol"), "", False, Ending.LIMIT)


@target(
    "glpk",
    "GLPK's solution file",
    "text",
    lambda: [
        b"c Problem:\ns mip 1 2 o 3\ni 1 3\nj 1 1\nj 2 2\ne o f\n",
        b"s bas 1 2 f f 3\ni 1 b 3 0\nj 1 b 1 0\nj 2 b 2 0\ne o f\n",
    ],
)
def _glpk(folder: Path, data: bytes) -> None:
    from wnpopt.backends.solvers.glpk import _answer
    from wnpopt.core.budget import Budget

    _answer(_linear(), given(folder, data, "answer.sol"), "", Budget(None))


@target(
    "solver-log",
    "logs of CBC and GLPK, line by line",
    "text",
    lambda: [
        b"Cbc0010I After 0 nodes, best possible 3.5 (1 s)\nLower bound: 2.5\nResult - Optimal\n",
        b"+ 10: mip = 5.0e+00 >= 3.0e+00 40.0% (2; 0)\n>>>>> 4.0e+00 >= 3.5e+00\n",
    ],
)
def _solver_log(_folder: Path, data: bytes) -> None:
    from wnpopt.backends.solvers import cbc, glpk

    text = data.decode("utf-8", "replace")
    for line in text.splitlines():
        cbc.possible(line)
        glpk.possible(line)
    cbc.lower_bound(text)


# Stores


@target(
    "store",
    "stores of runs: records, checked again (`bench`, `report`, `verify --store`)",
    "lines",
    lambda: [d.records()],
)
def _store(folder: Path, data: bytes) -> None:
    from wnpopt.bench.store.recheck import recheck
    from wnpopt.bench.store.store import Store

    for name in ("runs", "solutions", "instances"):
        (folder / name).mkdir()
    given(folder / "runs", data, "a.jsonl")
    instance, _ = d.pair("wnp", d.PLACES["wnp"][0])
    (folder / "instances" / f"{instance.instance_hash}.json").write_text(json.dumps(instance.to_data()))
    store = Store.open(folder)
    store.frame()
    list(recheck(store))


@target("analysis", "stores of runs: tables and profiles (`bench`, `report`)", "lines", lambda: [d.records()])
def _analysis(folder: Path, data: bytes) -> None:
    from wnpopt.bench.analysis.analysis import analyse

    (folder / "runs").mkdir()
    given(folder / "runs", data, "a.jsonl")
    analyse(folder)


@target("manifest", "a store's suites (suite.json)", "json", of_documents(lambda: d.MANIFEST))
def _manifest(folder: Path, data: bytes) -> None:
    from wnpopt.bench.store.manifest import Manifest, read_manifest, write_manifest

    given(folder, data, "suite.json")
    manifest = read_manifest(folder)
    assert isinstance(manifest, Manifest)
    for suite in manifest.suites[:3]:
        write_manifest(folder, manifest.with_suite(suite))


@target("index", "indices of best known values (index.json)", "json", of_documents(lambda: d.INDEX))
def _index(folder: Path, data: bytes) -> None:
    from wnpopt.bench.index.row import References, read_index, write_index

    file = given(folder, data, "index.json")
    References().of(str(folder / "b.json"), "0" * 64)
    rows = read_index(file)
    write_index(file, rows)
    assert read_index(file) == rows


@target(
    "history",
    "histories of `bench adversarial`",
    "lines",
    lambda: [
        b'{"event":"step","restart":0,"step":1,"instance_hash":"ab","score":{"kind":"ratio","value":1.5}}\n'
        b'{"event":"finished","restart":0,"evaluated":3,"accepted":1}\n'
    ],
)
def _history(folder: Path, data: bytes) -> None:
    from wnpopt.bench.adversarial.archive import read_history

    list(read_history(given(folder, data, "history.jsonl")))


# Processes and peers

KEY = b"a key of sixteen"
NONCE = "5" * 64


def _greeting(side: str) -> Iterator[bytes]:
    from wnpopt.problems.intradp.execution.remote.channel import PROTOCOL, TALK
    from wnpopt.problems.intradp.execution.remote.greeting import _proof

    proof = _proof(KEY, side, NONCE, NONCE)
    hello = {"protocol": PROTOCOL, "nonce": NONCE}
    said: tuple[dict[str, object], ...]
    said = ({**hello, "proof": proof}, _job()) if side == "device" else (hello, {"proof": proof}, {"ready": 2})
    yield b"".join(frame(TALK, json.dumps(words).encode()) for words in said)
    yield frame(TALK, json.dumps({"error": "no"}).encode())


def _job() -> dict[str, object]:
    plan = d.pair("intradp", d.PLACES["intradp"][0])[1].to_data()
    trace = [0.5, [1e6, 2e6], 0.0, 1.0]
    return {
        "model": "m",
        "instance": "i",
        "plans": [plan],
        "patience": [4.0, 0.5],
        "emulated": {"bytes_per_s": 1e6, "latency_s": 0.001, "trace": trace},
    }


def _played(data: bytes) -> Any:
    from wnpopt.problems.intradp.execution.remote.channel import FrameChannel

    return FrameChannel(PlayedSocket(data))  # type: ignore[arg-type]


@contextmanager
def _known_nonces() -> Iterator[None]:
    """What both sides draw is known, so that proofs can be right."""
    from types import SimpleNamespace

    from wnpopt.problems.intradp.execution.remote import greeting

    drawn = greeting.secrets
    greeting.secrets = SimpleNamespace(token_hex=lambda _size: NONCE)  # type: ignore[assignment]
    try:
        yield
    finally:
        greeting.secrets = drawn


class _Model:
    """Of a :class:`SplitModel` what a job is compared with."""

    fingerprint: Mapping[str, str] = {"model": "m", "instance": "i"}

    def plan(self, solution: Any) -> Any:
        from wnpopt.problems.intradp.execution.matching import check_plan

        check_plan(d.pair("intradp", d.PLACES["intradp"][0])[0], solution)  # type: ignore[arg-type]
        return solution


@target(
    "serve-greeting",
    "what a device says to `serve`: greeting and job",
    "frames",
    lambda: _greeting("device"),
    (PeerError, RefusedError),
)
def _serve_greeting(_folder: Path, data: bytes) -> None:
    from wnpopt.problems.intradp.execution.remote.greeting import welcome
    from wnpopt.problems.intradp.execution.remote.job import accepted
    from wnpopt.problems.intradp.execution.remote.pace import Pace

    with _known_nonces():
        _, _, emulated = accepted(_Model(), welcome(_played(data), KEY))  # type: ignore[arg-type]
    if emulated is not None:
        Pace.from_data(emulated).finish(1.0, 1000)


@target(
    "run-greeting",
    "what a server says to `run`: greeting",
    "frames",
    lambda: _greeting("server"),
    (PeerError, RefusedError),
)
def _run_greeting(_folder: Path, data: bytes) -> None:
    from wnpopt.problems.intradp.execution.remote.greeting import greet

    with _known_nonces():
        greet(_played(data), KEY, _job())


def _inference() -> Iterator[bytes]:
    from wnpopt.problems.intradp.execution.remote.channel import DONE, ECHO, PROBE, START, TENSORS

    report = {
        "began": 1.0,
        "segments": [[0, 1, 0.1, 0.2]],
        "computing": [0.1],
        "arrived": [[0, 0.1]],
        "sent": [[3, 0.1, 0.2]],
        "timed": [[20000, 0.01]],
    }
    done = frame(DONE, json.dumps(report).encode(), 0)
    yield frame(START, b"", 1) + frame(TENSORS, bytes(16), 1, 3) + frame(PROBE, bytes(64), 0, 64) + done
    yield frame(PROBE, bytes(100), 0, 8) + frame(TENSORS, bytes(16), 0, 3, due=0.001, spent=0.5) + done
    yield frame(ECHO, bytes(64)) + done


class _Side:
    """Of a :class:`ReadySide` one message that it gets, of 16 bytes."""

    def __init__(self) -> None:
        from types import SimpleNamespace

        import numpy as np

        self.buffers = {"t": np.zeros(4, np.float32)}
        self.program = SimpleNamespace(sends={}, receives={3: (SimpleNamespace(name="t"),)})


@target("inference", "frames of an inference between `run` and `serve`", "frames", _inference, (PeerError,))
def _inference_frames(_folder: Path, data: bytes) -> None:
    from wnpopt.problems.intradp.execution.remote.device import _timed
    from wnpopt.problems.intradp.execution.remote.link import SharedLink
    from wnpopt.problems.intradp.execution.remote.pace import goodput

    class Link(SharedLink):
        """Reads in this thread."""

        def _send_all(self) -> None:
            pass

        def _receive_all(self) -> None:
            pass

    link = Link(_played(data), [_Side()])  # type: ignore[list-item]
    link._probing = 0.0
    SharedLink._receive_all(link)
    goodput([*link.timed, *_timed(link._report or {})])
    assert link.failed is not None, "the connection was closed"
    raise link.failed


def _answers() -> Iterator[bytes]:
    _, solution = d.pair("wnp", d.PLACES["wnp"][0])
    outcome = {
        "solution": solution.to_data(),
        "termination": "proved",
        "bounds": [[12, "milp"]],
        "warm_start": "none",
        "found_by": None,
        "build_s": 0.1,
        "message": "",
        "infeasible": False,
        "infeasible_proof": "",
    }
    yield from d.dumped(
        {
            "say": "done",
            "outcome": outcome,
            "start": [solution.to_data(), 12, "pacs"],
            "bounds": [[11.5, "lp"]],
            "runtime_s": 0.5,
        },
        {"say": "solution", "objective": 12, "solution": solution.to_data(), "time_s": 0.1},
        {"say": "bound", "value": 11.0, "source": "milp", "time_s": 0.2},
    )


@target("child", "what a child process says of its run", "json", _answers)
def _child(_folder: Path, data: bytes) -> None:
    from wnpopt.core import registry
    from wnpopt.solving import remote

    heard = remote._heard(data)
    if heard is None:
        return
    known = remote._Known()
    if heard["say"] == "done":
        known.done = heard
    else:
        known.solutions = (heard,)
        known.done = None
    family = registry.family("wnp")
    remote._attempt(family, registry.method("wnp", "milp"), known, (_error(), "x"), 1.0)


def _error() -> Any:
    from wnpopt.core.status import Termination

    return Termination.ERROR


# Words of the command line that have a grammar


@target(
    "words",
    "values of options: --set, --dim, --value, --bandwidths, --solver-option, paths of fields",
    "text",
    lambda: [
        b"users[*].deadline_s=0.1:0.5:3\nbatch=2\nsr=16000,1\n1:50\nthreads=4\nusers[3].deadline_s\n",
        b"bandwidth_hz=1e6,2e6\na=1\nx=true,false\n1,2,5\na=0.5\nradio.slots\n",
        b'delivery=unicast,"multicast"\na=1\nx=1\n1:5:0.5\na=on\nusers.3.link\n',
    ],
)
def _words(_folder: Path, data: bytes) -> None:
    from wnpopt.bench.sweep.axes import Axis
    from wnpopt.core.place import parse
    from wnpopt.core.solver_choice import setting_of
    from wnpopt.domain.files.network import dimensions, input_values
    from wnpopt.problems.intradp.online.table import parse_grid

    lines = [line[:1500] for line in data.decode("utf-8", "surrogateescape").split("\n")]  # as long as people type
    readers: tuple[Callable[[str], Any], ...] = (
        Axis.parse,
        lambda text: dimensions([text]),
        lambda text: input_values([text]),
        parse_grid,
        setting_of,
        parse,
    )
    refused: InputError | None = None
    for line, read in zip(lines, readers, strict=False):
        try:
            read(line.replace("\0", ""))
        except InputError as error:
            str(error)
            refused = error
    if refused is not None:
        raise refused


@target("key", "the shared key of `run` and `serve`", "bytes", lambda: [b"0123456789abcdef\n"])
def _key(folder: Path, data: bytes) -> None:
    from wnpopt.problems.intradp.execution.remote.greeting import read_key

    assert len(read_key(given(folder, data, "run.key"), make=False)) >= 16


# The command line, end to end

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("verify", "given.json", "plan.json"),
    ("verify", "given.json", "plan.json", "--json"),
    ("show", "given.json"),
    ("show", "given.json", "plan.json", "--json"),
    ("export", "given.json", "--formulation", "milp", "-o", "model.lp"),
    ("solve", "given.json", "--method", "greedy", "--out", "out.json"),
    ("solve", "given.json", "--method", "rtfs", "--json"),
    ("solve", "given.json", "--method", "device-only", "--json"),
    ("decode", "given.json", "plan.json", "-o", "out.json"),
    ("layers", "given.json", "plan.json", "--map", "given.json"),
    ("import", "profile", "given.json", "--network", "plan.json", "-o", "out.json"),
    ("replay", "plan.json", "--trace", "given.json", "--requests", "2", "--period", "1"),
    ("calibrate", "given.json", "plan.json", "-o", "out.json"),
    ("simulate", "given.json", "plan.json", "--policy", "static", "--runs", "2"),
    ("simulate", "--stream", "given.json", "--policy", "fifo"),
    ("plot", "given.json", "plan.json", "-o", "out.svg"),
)


def _lines() -> Iterator[bytes]:
    for family in d.PLACES:
        whole = json.loads(next(iter(d.plans(family))))
        yield from d.dumped(*({"command": number} | whole for number in range(len(COMMANDS))))


def run_command(folder: Path, *words: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the command line in this process."""
    from wnpopt.cli.main import main

    out, err = io.StringIO(), io.StringIO()
    named = [
        str(folder / word) if isinstance(word, str) and word.endswith((".json", ".svg", ".lp")) else str(word)
        for word in words
    ]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(named)
    return code, out.getvalue(), err.getvalue()


def _shown(folder: Path, *words: str | Path) -> None:
    code, out, err = run_command(folder, *words)
    assert code in (0, 1, 2), f"exit code {code}: {err}"
    assert "Traceback" not in err, err
    if code == 2:
        assert not out, f"stdout has {out!r} beside exit code 2"
        assert err.strip(), "exit code 2 without a message"
        raise InputError(err.strip().splitlines()[0])


@target("command-line", "the command line: exit codes, messages", "json", _lines)
def _command_line(folder: Path, data: bytes) -> None:
    number, posed, plan = part_of(data, "command", "instance", "plan")
    given(folder, json.dumps(posed).encode())
    given(folder, json.dumps(plan).encode(), "plan.json")
    _shown(folder, *COMMANDS[number % len(COMMANDS) if isinstance(number, int) else 0])
