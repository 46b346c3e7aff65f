"""Costs measured by running: they fit what was measured, and go into an instance that is still the network's."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.intradp.test_run import KEY, PATIENT, exchange, instance_for, network_file, serving
from wnpopt.cli.main import main
from wnpopt.core.errors import InputError
from wnpopt.execution.unsplit import UnsplitNetwork
from wnpopt.problems.intradp.execution.costs.bench import CostBench, OperatorTimes, SegmentTime
from wnpopt.problems.intradp.execution.costs.calibrated import measure_costs, with_costs
from wnpopt.problems.intradp.execution.costs.groups import group_side
from wnpopt.problems.intradp.execution.costs.link_costs import LinkCosts
from wnpopt.problems.intradp.execution.costs.observed import observe
from wnpopt.problems.intradp.execution.costs.plans import cut_plan, named_plan, split_plan
from wnpopt.problems.intradp.execution.costs.side_costs import SideCosts, fit
from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.execution.nodes import cut_array
from wnpopt.problems.intradp.execution.remote.connection import connect
from wnpopt.problems.intradp.execution.remote.device import DeviceRunner
from wnpopt.problems.intradp.execution.remote.job import SplitModel
from wnpopt.problems.intradp.execution.side import SharedConstants
from wnpopt.problems.intradp.instance import Cost, IntradpInstance
from wnpopt.problems.intradp.verify import replay

pytest.importorskip("onnx", reason="the extra run is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")


@pytest.fixture
def model(tmp_path: Path) -> SplitModel:
    network = ExecutableNetwork.read(network_file(tmp_path))
    return SplitModel(instance_for(network, fused=True), network)


def taken(costs: SideCosts, operators: list[OperatorTimes], segment: SegmentTime) -> float:
    """Seconds of a segment by the contract."""
    total = costs.segment_s * segment.messages
    for number, rows in segment.rows:
        cost, units = costs.costs[number - 1], operators[number - 1].units
        if rows:
            total += cost.fixed_s + (cost.full_s - cost.fixed_s) * rows / units
            total += cost.partial_s if rows < units else 0.0
    return total


def test_a_line_through_the_parts() -> None:
    assert OperatorTimes(10, ((10, 5.0), (5, 3.0), (2, 1.8))).line() == pytest.approx((1.0, 4.0))
    assert OperatorTimes(2, ((2, 5.0), (1, 3.0))).line() == pytest.approx((1.0, 4.0))
    assert OperatorTimes(1, ((1, 5.0),)).line() == (0.0, 5.0)
    assert OperatorTimes(10, ((10, 5.0), (5, 1.0), (2, 2.0))).line() == (1.5, 0.0)  # fewer rows took longer


def test_costs_that_explain_everything_are_found() -> None:
    """Whatever was made by one factor, a start for parts and seconds a message comes out again."""
    rng = np.random.default_rng(1)
    truth = SideCosts(tuple(Cost(fixed_s=f, full_s=8 * f, partial_s=0.2 * f) for f in rng.uniform(1e-5, 1e-4, 12)),
                      7e-5, 0.0, 0.0, 0.0)  # fmt: skip
    factor = 0.6
    operators = []
    for cost in truth.costs:
        points = [(20, cost.full_s)]
        points += [(r, cost.fixed_s + (cost.full_s - cost.fixed_s) * r / 20 + cost.partial_s) for r in (10, 4)]
        operators.append(OperatorTimes(20, tuple((rows, seconds / factor) for rows, seconds in points)))
    segments = []
    for _ in range(40):
        first, last = sorted(rng.choice(13, 2, replace=False).tolist())
        rows = tuple((number, int(rng.choice([20, 7, 13]))) for number in range(first + 1, last + 1))
        bare = SegmentTime(rows, int(rng.integers(1, 4)), 0.0)
        segments.append(SegmentTime(rows, bare.messages, taken(truth, operators, bare)))
    found = fit(operators, sum(cost.full_s for cost in truth.costs), segments)
    assert found.error < 1e-9
    assert found.segment_s == pytest.approx(truth.segment_s)
    for one, other in zip(found.costs, truth.costs, strict=True):
        assert (one.fixed_s, one.full_s, one.partial_s) == pytest.approx((other.fixed_s, other.full_s, other.partial_s))


def test_what_segments_tell_of_an_operator_counts() -> None:
    """Operators alone say 1 s each; together they take 1 s, of which segments show the first to take 0.8."""
    operators = [OperatorTimes(1, ((1, 1.0),)), OperatorTimes(1, ((1, 1.0),))]
    segments = [SegmentTime(((1, 1),), 0, 0.8), SegmentTime(((2, 1),), 0, 0.2)]
    found = fit(operators, 1.0, segments)
    assert [cost.full_s for cost in found.costs] == pytest.approx([0.8, 0.2], rel=0.02)
    unknown = fit(operators, 1.0, [])
    assert [cost.full_s for cost in unknown.costs] == pytest.approx([0.5, 0.5], rel=1e-3)
    idle = SegmentTime(((1, 1), (2, 1)), 1, 1e-6)  # a plan that computes what nobody reads: the runtime leaves it out
    assert [cost.full_s for cost in fit(operators, 1.0, [*segments, idle]).costs] == pytest.approx([0.8, 0.2], rel=0.02)
    negative = fit(operators, 1.0, [SegmentTime(((1, 1), (2, 1)), 3, 0.2)])  # nothing is cheaper than free
    assert negative.segment_s == 0
    assert all(cost.full_s >= 0 for cost in negative.costs)


def test_groups_compute_their_rows(model: SplitModel) -> None:
    """Of the tensors that they read in the network, every group makes the rows that the network makes."""
    network, bench = model.network, CostBench(model)
    inputs = network.random_inputs(3)
    names = {t for o in network.graph.operators for t in (*o.inputs, *o.outputs)} - set(inputs)
    tensors = {**inputs, **UnsplitNetwork(network).tensors(names, inputs)}

    def rows_of(tensor: str, rows: tuple[int, int]) -> np.ndarray:
        where = network.locality.rows[tensor]
        return tensors[tensor] if where is None else cut_array(tensors[tensor], where, (0, network.units(tensor)), rows)

    tried = 0
    for number in range(1, len(bench.groups) - 1):
        units = model.instance.operators[number].units
        for rows in {(0, units), (units // 4, units // 2), (units - 1, units)}:
            if rows[0] < rows[1]:
                side = group_side(network, model.own, bench.groups[number], rows, SharedConstants(network))
                (bound,) = side.segments
                for buffer in bound.segment.inputs:
                    side.buffers[buffer.name][...] = rows_of(buffer.tensor, buffer.rows)
                bound.run()
                for buffer in bound.segment.outputs:
                    expected = rows_of(buffer.tensor, buffer.rows)
                    np.testing.assert_allclose(side.buffers[buffer.name], expected, rtol=1e-4, atol=1e-4)
                    tried += rows != (0, units)
    assert tried >= 6


def test_an_instance_takes_what_was_measured(model: SplitModel) -> None:
    ticks = iter(range(10**9))
    bench = CostBench(model, repeats=2, pause_s=0.0, clock=lambda: next(ticks) * 1e-4)  # whatever is timed takes 0.1 ms
    link = LinkCosts(2e-3, 5e6, 8e6)
    made, both = measure_costs(bench, slowdown=3.0, link=link, rounds=1, rates=(1.0,), search_s=0.2)
    costs = both["server"]
    # Of one machine, with nothing that ran over a link.
    assert both["device"].segment_s == pytest.approx(costs.segment_s)
    assert made.name == model.instance.name
    assert costs.whole_s == pytest.approx(1e-4)
    assert costs.sum_s == pytest.approx(1e-4 * len(costs.costs))
    assert made.link.latency_s == 2e-3
    assert made.link.efficiency == pytest.approx((2 / 1e7) / (1 / 5e6 + 1 / 8e6))
    assert made.segment_s.device == pytest.approx(3 * made.segment_s.server)
    for operator, cost in zip(made.operators[1:-1], costs.costs, strict=True):
        assert operator.server.full_s == cost.full_s
        assert operator.device.full_s == pytest.approx(3 * cost.full_s, abs=1e-12)
        assert operator.device.partial_s == pytest.approx(3 * operator.server.partial_s, abs=1e-12)
    plan = named_plan(made, "device-only")
    assert replay(model.instance, plan).latency_s != replay(made, plan).latency_s
    kept = with_costs(model.instance, device=costs)
    assert [o.server for o in kept.operators] == [o.server for o in model.instance.operators]
    assert kept.link == model.instance.link


def test_plans_that_send_too_much_are_not_measured(model: SplitModel) -> None:
    """With transfers "small" most cuts are no plans: the costs come from those that are."""
    instance = model.instance.changed(transfers="small", deadline_s=1e-9)
    small = SplitModel(instance, model.network)
    with pytest.raises(InputError, match="does not fit"):
        small.plan(cut_plan(instance, 2))
    bench = CostBench(small, repeats=1, pause_s=0.0)
    made, costs = measure_costs(bench, ("server",), rounds=1, rates=(1.0,), search_s=0.1)
    assert list(costs) == ["server"]
    assert [o.device for o in made.operators] == [o.device for o in instance.operators]
    assert [o.server.full_s for o in made.operators[1:-1]] == [cost.full_s for cost in costs["server"].costs]


def test_segments_as_they_ran(model: SplitModel) -> None:
    """What both sides computed, segment by segment; and only that of inferences that were shared."""
    plans = [cut_plan(model.instance, 4), named_plan(model.instance, "device-only"), exchange(model.instance)]
    with serving(model) as (server, _):
        reach = partial(connect, ("127.0.0.1", server.port), None)
        with DeviceRunner(model, plans, reach, KEY, patience=PATIENT) as runner:
            seen = observe(runner, 2)
            server.close()
            with pytest.raises(InputError, match="no inference was shared"):
                observe(runner, 1)
    assert set(seen) == {(place, side) for place in range(3) for side in ("device", "server")}
    for (place, side), times in seen.items():
        aside = CostBench(model, repeats=1).segments(plans[place], side)
        assert [(one.rows, one.messages) for one in times] == [(one.rows, one.messages) for one in aside]
        assert all(one.seconds > 0 for one in times)
    assert seen[1, "server"] == []
    assert len(seen[2, "device"]) == 2


def test_plans_for_measuring(model: SplitModel) -> None:
    instance = model.instance
    for first in range(2, len(instance.operators) - 1):
        model.plan(cut_plan(instance, first))
    late = instance.changed(deadline_s=0.0)  # kept by nobody, and no matter here
    assert split_plan(late, 0.2).instance == named_plan(late, "layer-cut").instance == instance.name
    with pytest.raises(InputError, match="at least 1"):
        CostBench(model, repeats=0)


def test_measured_on_the_command_line(model: SplitModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Costs and the emulated link of this machine, in an instance that the solver takes."""
    file, out = tmp_path / "small.json", tmp_path / "calibrated.json"
    link = model.instance.link.model_copy(update={"latency_s": 0.01})
    file.write_text(json.dumps(model.instance.changed(link=link).to_data()))

    def cli(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    measure = ("measure", model.network.path, "-o", out)
    code, stdout, stderr = cli(
        *measure, "--instance", file, "--emulate", "--slowdown", 2, "--search", 0.1, "--repeats", 1, "--json"
    )
    assert code == 0, stderr
    told = json.loads(stdout)
    assert told["latency_s"] >= 0.01  # no message is there before the emulated link has brought it
    assert 0 < told["efficiency"] <= 1
    made = IntradpInstance.from_data(json.loads(out.read_text()))
    assert made.link.latency_s == told["latency_s"]
    assert made.segment_s.device == pytest.approx(2 * told["sides"]["device"]["segment_s"])
    assert made.segment_s.server == pytest.approx(told["sides"]["server"]["segment_s"])
    for side, factor in (("device", 2), ("server", 1)):
        fixed = sum(getattr(operator, side).fixed_s for operator in made.operators)
        assert fixed == pytest.approx(factor * told["sides"][side]["fixed_s"])
        assert told["sides"][side]["whole_s"] > 0
    assert cli("solve", out, "--method", "layer-cut", "--out", tmp_path / "plan.json")[0] == 0
    for arguments, words in (
        ((), "--core: is needed, or --instance"),
        (("--core", "a", "--emulate"), "--emulate: is for --instance"),
        (("--core", "a", "--side", "server"), "--side: is for --instance"),
        (("--core", "a", "--instance", file), "--core: does not go with --instance"),
        (("--instance", file, "--emulate", "--connect", "127.0.0.1:1"), "does not go with --emulate"),
        (("--instance", file, "--side", "server", "--slowdown", 2), "--slowdown: is for the device"),
        (("--instance", file, "--threads", 2), "--threads"),
        (("--instance", tmp_path / "none.json"), "none.json"),
        (("--instance", file, "--connect", "127.0.0.1:1", "--key", file), "--connect: is for --side device"),
        (("--instance", file, "--side", "device", "--connect", "127.0.0.1:1", "--key", file), "no server answers"),
    ):
        code, stdout, stderr = cli(*measure, *arguments)
        assert (code, stdout) == (2, ""), stderr
        assert words in stderr
        assert len(stderr.splitlines()) == 1
