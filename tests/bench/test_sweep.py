"""Sweeps from small real stores: every number recomputed here from the stored instances and solutions."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

import wnpopt
from tests.bench.record_factory import record as made
from tests.bench.suite_store import run, small, solved_store
from wnpopt.bench.analysis.runs import Runs
from wnpopt.bench.analysis.sweep import Line, SweepChart, charts, sweep_table
from wnpopt.bench.analysis.table import to_csv, to_latex
from wnpopt.bench.store.manifest import read_manifest
from wnpopt.bench.store.record import Failure, Record
from wnpopt.bench.store.store import Store, StoreWarning, write_records
from wnpopt.bench.suites import materialise as suite_module
from wnpopt.bench.suites.materialise import materialise
from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.online.simulate import BandwidthTrace as Bandwidth
from wnpopt.problems.intradp.online.simulate import simulate
from wnpopt.problems.intradp.solution import IntradpSolution

Solved = tuple[Store, list[Record]]


@pytest.fixture(scope="module")
def owin(tmp_path_factory: pytest.TempPathFactory) -> Solved:
    """rtfs and pacs at two spreads and seeds."""
    chosen = small("owin-heterogeneity", (0.0, 1.5), (0, 1), methods=("rtfs", "pacs"))
    return solved_store(tmp_path_factory.mktemp("owin"), chosen)


@pytest.fixture(scope="module")
def slide(tmp_path_factory: pytest.TempPathFactory) -> Solved:
    return solved_store(tmp_path_factory.mktemp("slide"), small("slide-deadline", (0.8, 2.0), (0, 1)))


@pytest.fixture(scope="module")
def intradp(tmp_path_factory: pytest.TempPathFactory) -> Solved:
    chosen = small("intradp-bandwidth", (5.0, 12.0), (0, 1), variants=("vgg-19",))
    return solved_store(tmp_path_factory.mktemp("intradp"), chosen)


def drawn(store: Store) -> dict[str, SweepChart]:
    found = charts(store, Runs.of(store.latest().values()))
    assert len({chart.name for chart in found}) == len(found)
    return {chart.name: chart for chart in found}


def line(chart: SweepChart, label: str) -> Line:
    (found,) = [one for one in chart.lines if one.label == label]
    return found


def document(path: Path) -> dict[str, object]:
    data = json.loads(path.read_text())
    assert isinstance(data, dict)
    return data


def by_point(solved: Solved) -> dict[tuple[str, float], list[Record]]:
    """Records by (method, x), seeds in order; x from the manifest."""
    store, records = solved
    manifest = read_manifest(store.path)
    assert manifest is not None
    place = {e.instance: (e.x, e.seed) for e in manifest.suites[0].instances}
    found: dict[tuple[str, float], list[Record]] = {}
    for record in sorted(records, key=lambda r: place[r.key.instance_hash][1]):
        found.setdefault((record.key.method, place[record.key.instance_hash][0]), []).append(record)
    return found


def expect(shown: Line, values: dict[float, list[float]]) -> None:
    """The line is the mean, least and greatest of these values at each x."""
    assert shown.x == tuple(sorted(values))
    for i, x in enumerate(shown.x):
        assert shown.mean[i] == pytest.approx(sum(values[x]) / len(values[x]))
        assert shown.low[i] == pytest.approx(min(values[x]))
        assert shown.high[i] == pytest.approx(max(values[x]))
        assert shown.count[i] == len(values[x])


def makespan_ms(store: Store, record: Record) -> float:
    """From the solution's starts and the instance's ticks."""
    assert record.solution is not None
    instance = document(store.instance_path(record.key.instance_hash))
    solution = document(store.solution_path(record.solution))
    cores = [core["name"] for core in instance["chip"]["cores"]]  # type: ignore[index]
    ends = [
        solution["start"][s["name"]] + s["ticks"][cores.index(solution["core"][s["name"]])]  # type: ignore[index]
        for s in instance["subgraphs"]  # type: ignore[attr-defined]
    ]
    return 1000 * float(instance["tick_s"]) * max(ends)  # type: ignore[arg-type]


def test_makespans_bounds_and_reductions(owin: Solved) -> None:
    store, _ = owin
    found = drawn(store)
    assert set(found) == {"owin-heterogeneity-makespan", "owin-heterogeneity-reduction"}
    points = by_point(owin)
    ms = {key: [makespan_ms(store, r) for r in records] for key, records in points.items()}
    chart = found["owin-heterogeneity-makespan"]
    assert (chart.x_label, chart.y_label) == ("heterogeneity (sigma)", "makespan in ms")
    assert [one.label for one in chart.lines] == ["rtfs", "pacs", "best bound"]
    for method in ("rtfs", "pacs"):
        expect(line(chart, method), {x: ms[method, x] for x in (0.0, 1.5)})
    bounds = {
        x: [
            max(a.result.bound or 0, b.result.bound or 0) / 1000
            for a, b in zip(points["rtfs", x], points["pacs", x], strict=True)
        ]
        for x in (0.0, 1.5)
    }  # fmt: skip
    expect(line(chart, "best bound"), bounds)
    saved = found["owin-heterogeneity-reduction"]
    expected = {x: [100 * (r - p) / r for r, p in zip(ms["rtfs", x], ms["pacs", x], strict=True)] for x in (0.0, 1.5)}
    expect(line(saved, "pacs against rtfs"), expected)
    most = {x: [100 * (r - b) / r for r, b in zip(ms["rtfs", x], bounds[x], strict=True)] for x in (0.0, 1.5)}
    expect(line(saved, "at most (best bound)"), most)
    assert {one.label for one in saved.lines} == {"pacs against rtfs", "at most (best bound)"}
    assert sum(expected[1.5]) > sum(expected[0.0])  # the paper's: PACS gains where modalities differ


def test_users_and_rho(slide: Solved) -> None:
    store, _ = slide
    found = drawn(store)
    points = by_point(slide)
    served: dict[str, dict[float, list[float]]] = {}
    rho: dict[str, dict[float, list[float]]] = {}
    for (method, x), records in points.items():
        for record in records:
            assert record.solution is not None
            instance = document(store.instance_path(record.key.instance_hash))
            solution = document(store.solution_path(record.solution))
            users = {u["name"]: u for u in instance["users"]}  # type: ignore[attr-defined]
            flop = {m["name"]: math.fsum(la["flop"] for la in m["layers"]) for m in instance["models"]}  # type: ignore[attr-defined]
            shares = []
            for entry in solution["served"]:  # type: ignore[attr-defined]
                user = users[entry["user"]]
                seconds = flop[entry["model"]] / (user["flop_per_cycle"] * entry["frequency_hz"])
                shares.append(seconds / user["deadline_s"])
            served.setdefault(method, {}).setdefault(x, []).append(len(shares))
            rho.setdefault(method, {}).setdefault(x, []).append(sum(shares) / len(shares))
    assert set(served) == {"greedy", "dai", "equal", "random", "max-frequency"}
    for method, values in served.items():
        expect(line(found["slide-deadline-served"], method), values)
        expect(line(found["slide-deadline-rho"], method), rho[method])
        if method != "dai":
            gains = {
                x: [100 * (a - b) / b for a, b in zip(values[x], served["dai"][x], strict=True)] for x in (0.8, 2.0)
            }
            expect(line(found["slide-deadline-gain"], f"{method} against dai"), gains)
    assert "dai against dai" not in {one.label for one in found["slide-deadline-gain"].lines}
    assert all(0 < value < 1 for values in rho["greedy"].values() for value in values)


def test_latency_and_energy_of_each_network(intradp: Solved) -> None:
    """By the simulator, which shares no code with the verifier's replay that the sweep uses."""
    store, _ = intradp
    found = drawn(store)
    assert set(found) == {"intradp-bandwidth-vgg-19-latency", "intradp-bandwidth-vgg-19-energy"}
    latency: dict[str, dict[float, list[float]]] = {}
    energy: dict[str, dict[float, list[float]]] = {}
    for (method, x), records in by_point(intradp).items():
        for record in records:
            assert record.solution is not None
            instance = wnpopt.load(store.instance_path(record.key.instance_hash))
            solution = wnpopt.load_solution(store.solution_path(record.solution))
            assert isinstance(instance, IntradpInstance)
            assert isinstance(solution, IntradpSolution)
            seconds, joules = simulate(instance, solution, Bandwidth(1.0, (x * 1e6,)))
            latency.setdefault(method, {}).setdefault(x, []).append(1000 * seconds)
            energy.setdefault(method, {}).setdefault(x, []).append(joules)
    assert set(latency) == {"device-only", "server-only", "min-cut", "layer-cut", "auto"}
    for method, values in latency.items():
        expect(line(found["intradp-bandwidth-vgg-19-latency"], method), values)
        expect(line(found["intradp-bandwidth-vgg-19-energy"], method), energy[method])
    bound = line(found["intradp-bandwidth-vgg-19-latency"], "best bound")
    for i, x in enumerate(bound.x):
        mean = bound.mean[i]
        assert mean is not None
        assert 0 < mean <= (1 + 1e-6) * sum(latency["auto"][x]) / 2
    assert found["intradp-bandwidth-vgg-19-latency"].title.startswith("vgg-19")


def test_what_was_not_run_is_none(slide: Solved, tmp_path: Path) -> None:
    store, records = slide
    points = by_point(slide)
    gone = {id(r) for r in points["random", 2.0]} | {id(points["random", 0.8][1])} | {id(r) for r in points["dai", 0.8]}
    other = copied(store, tmp_path, [r for r in records if id(r) not in gone])
    found = drawn(other)
    served = line(found["slide-deadline-served"], "random")
    assert served.x == (0.8, 2.0)
    assert (served.mean[1], served.low[1], served.high[1], served.count) == (None, None, None, (1, 0))
    assert served.mean[0] == served.low[0] == served.high[0] == points["random", 0.8][0].result.objective
    assert line(found["slide-deadline-rho"], "random").mean[1] is None
    assert line(found["slide-deadline-gain"], "greedy against dai").mean[0] is None
    assert line(found["slide-deadline-gain"], "greedy against dai").mean[1] is not None


def test_a_failed_run_counts_for_nothing(slide: Solved, tmp_path: Path) -> None:
    store, records = slide
    broken = [msgspec.structs.replace(r, failure=Failure.CRASH) if r.key.method == "equal" else r for r in records]
    found = drawn(copied(store, tmp_path, broken))
    for chart in found.values():
        assert not [one for one in chart.lines if one.label.startswith("equal")]
        assert [one for one in chart.lines if one.label.startswith("greedy")]


def test_serving_nobody_has_no_rho_and_no_gain(tmp_path: Path) -> None:
    chosen = small("slide-deadline", (0.01, 1.0))
    store, _ = solved_store(tmp_path, chosen)
    found = drawn(store)
    assert line(found["slide-deadline-served"], "greedy").mean[0] == 0
    assert line(found["slide-deadline-rho"], "greedy").mean[0] is None
    assert line(found["slide-deadline-gain"], "greedy against dai").mean[0] is None
    assert line(found["slide-deadline-gain"], "greedy against dai").mean[1] is not None


def test_limits_that_differ_make_lines_of_their_own(intradp: Solved, tmp_path: Path) -> None:
    store, records = intradp
    manifest = read_manifest(store.path)
    assert manifest is not None
    file = store.path / manifest.suites[0].instances[0].file
    other = copied(store, tmp_path, records)
    write_records(other, [run(other, file, "auto", 7.0)])
    latency = drawn(other)["intradp-bandwidth-vgg-19-latency"]
    assert [one.label for one in latency.lines] == [
        "device-only", "server-only", "min-cut", "layer-cut", "auto 5 s", "auto 7 s", "best bound",
    ]  # fmt: skip
    assert line(latency, "auto 5 s").count == (2, 2)
    assert line(latency, "auto 7 s").count == (1, 0)


def test_without_a_manifest_or_without_runs_there_is_nothing(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    write_records(store, [made("a", "rtfs", objective=3.0)])
    assert charts(store, Runs.of(store.latest().values())) == ()
    materialise(small("slide-deadline", (1.0,)), "quick", tmp_path)
    assert charts(store, Runs.of(store.latest().values())) == ()


def test_a_damaged_manifest_is_named(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    (tmp_path / "suite.json").write_text("[]")
    with pytest.raises(InputError, match=r"suite\.json"):
        charts(store, Runs.of([]))


def test_a_suite_of_another_version_is_passed_over(slide: Solved, monkeypatch: pytest.MonkeyPatch) -> None:
    store, _ = slide
    monkeypatch.setattr("wnpopt.bench.analysis.sweep.suites", dict)
    with pytest.warns(StoreWarning, match="slide-deadline"):
        assert charts(store, Runs.of(store.latest().values())) == ()


def test_a_solution_that_is_gone_costs_what_needs_it(slide: Solved, tmp_path: Path) -> None:
    store, records = slide
    other = copied(store, tmp_path, records)
    lost = by_point(slide)["greedy", 0.8][0]
    assert lost.solution is not None
    other.solution_path(lost.solution).unlink()
    with pytest.warns(StoreWarning, match=lost.solution[:12]):
        found = charts(other, Runs.of(other.latest().values()))
    shown = {chart.name: chart for chart in found}
    assert line(shown["slide-deadline-served"], "greedy").count == (2, 2)
    assert line(shown["slide-deadline-rho"], "greedy").count == (1, 2)


def test_two_suites_of_one_store_have_their_own_charts(slide: Solved, tmp_path: Path) -> None:
    store, records = slide
    other = copied(store, tmp_path, records)
    cores = small("owin-cores", (2.0,), methods=("rtfs",))
    files = materialise(cores, "quick", tmp_path)
    write_records(other, [run(other, file, "rtfs", None) for file in files])
    assert list(drawn(other)) == [
        "owin-cores-makespan", "owin-cores-reduction",
        "slide-deadline-served", "slide-deadline-rho", "slide-deadline-gain",
    ]  # fmt: skip


def test_a_table_has_every_number_of_a_chart(slide: Solved) -> None:
    store, _ = slide
    chart = drawn(store)["slide-deadline-served"]
    table = sweep_table(chart)
    assert table.name == chart.name
    assert len(table.rows) == 2 * len(chart.lines)
    assert [(row[0], row[1]) for row in table.rows[: len(chart.lines)]] == [(0.8, one.label) for one in chart.lines]
    for row in table.rows:
        shown = line(chart, str(row[1]))
        i = shown.x.index(float(str(row[0])))
        assert row[2:] == (shown.mean[i], shown.low[i], shown.high[i], shown.count[i])
    assert to_csv(table).splitlines()[0] == "x,line,mean,low,high,count"
    assert "median deadline (s)" in to_latex(table)


def test_a_table_shows_nothing_where_nothing_is_known() -> None:
    chart = SweepChart("c", "t", "x", "y", (Line("a", (1.0, 2.0), (None, 3.0), (None, 2.0), (None, 4.0)),))
    table = sweep_table(chart)
    assert table.rows == ((1.0, "a", None, None, None, None), (2.0, "a", 3.0, 2.0, 4.0, None))
    assert to_csv(table).splitlines()[1] == "1.0,a,,,,"
    assert sweep_table(replace(chart, lines=())).rows == ()


def test_the_registry_of_sweeps_is_that_of_suites() -> None:
    from wnpopt.bench.analysis import sweep

    assert sweep.suites is suite_module.suites


def copied(store: Store, path: Path, records: list[Record]) -> Store:
    """Another store with these records, and all instances, solutions and the manifest of ``store``."""
    other = Store.create(path)
    for folder in ("instances", "solutions"):
        for file in (store.path / folder).iterdir():
            (path / folder / file.name).write_bytes(file.read_bytes())
    (path / "suite.json").write_bytes((store.path / "suite.json").read_bytes())
    write_records(other, records)
    return other
