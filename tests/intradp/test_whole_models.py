"""Whole networks against execution: what is local of them, and that rows change where windows say, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.intradp.onnx_blocks import BLOCKS, convnext, quantised, swin, unet, vit
from tests.intradp.onnx_rig import Read, wrong_rows
from wnpopt.problems.intradp.execution.measure import measure_onnx
from wnpopt.problems.intradp.imports.classify import TensorRows, classify
from wnpopt.problems.intradp.imports.row_window import RowWindow
from wnpopt.problems.intradp.instance import IntradpInstance

pytest.importorskip("onnx", reason="the extra onnx is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

EXACT = ("squeeze and excitation", "unet", "quantised", "half precision", "text")
"""Networks in which every row that may change does, up to two that a saturated value hides."""


@pytest.mark.parametrize("name", BLOCKS)
def test_rows_change_where_windows_say(name: str, tmp_path: Path) -> None:
    build, whole = BLOCKS[name]
    read = Read.of(build(), tmp_path, chosen=True)
    kinds = [kind for kind, _ in read.locality.operators]
    told = [o.op_type for o, kind in zip(read.graph.operators, kinds, strict=True) if kind == "global"]
    assert len(told) == whole, told
    assert read.locality.counts() == (len(kinds) - whole, whole)
    wrong, spare = wrong_rows(read, 0, 12)
    assert wrong == []
    if name in EXACT:
        assert max(spare.values()) <= 2


def test_a_row_too_few_is_noticed(tmp_path: Path) -> None:
    """Whichever operator reads more than it steps over: a window that is a row short shows."""
    for build, least in ((convnext, 2), (unet, 7)):
        read = Read.of(build(), tmp_path, chosen=True)
        tried = 0
        for i, operator in enumerate(read.instance.operators):
            for k, edge in enumerate(operator.inputs):
                if edge.window == "all" or edge.window.kernel <= edge.window.stride or edge.window.upsample > 1:
                    continue
                tried += 1
                short = read.instance.to_data()
                short["operators"][i]["inputs"][k]["window"]["kernel"] -= 1  # type: ignore[index]
                assert wrong_rows(replace(read, instance=IntradpInstance.from_data(short)), 0, 12)[0]
        assert tried >= least


def test_windows_of_swin_are_local_in_rows_of_windows(tmp_path: Path) -> None:
    read = Read.of(swin(), tmp_path, chosen=True)
    rows = read.locality.rows
    softmax = [i for i, o in enumerate(read.graph.operators) if o.op_type == "Softmax"]
    for i in softmax:
        made = read.graph.operators[i].outputs[0]
        assert rows[made] == TensorRows(0, inner=2)  # three rows of two windows
        assert read.instance.operators[i + 1].units == 3
    split = next(i for i, o in enumerate(read.graph.operators) if len(read.graph.tensor(o.outputs[0]).shape) == 6)
    (window,) = read.locality.operators[split][1].values()
    assert window == RowWindow(4, 4)


def test_images_of_a_batch_share_rows(tmp_path: Path) -> None:
    """Tokens of three images: row u is that of all of them."""
    read = Read.of(vit(3), tmp_path, chosen=True)
    assert read.instance.operators[0].units == 20
    shapes = {len(read.graph.tensor(o.outputs[0]).shape) for o in read.graph.operators}
    assert shapes >= {3, 4, 5}
    assert all(rows is not None for rows in read.locality.rows.values())


def test_the_dimension_is_chosen(tmp_path: Path) -> None:
    """Rows of an image lie along its height, of a sequence of channels along time, whichever place that has."""
    for name, axis in (("convnext", 2), ("sounds", 2), ("unet", 2)):
        read = Read.of(BLOCKS[name][0](), tmp_path, chosen=True)
        assert read.locality.axis["x"] == axis
        fewer = classify(read.graph, {"x": 1}).counts()[0]
        assert fewer < read.locality.counts()[0]


def test_plans_of_quantised_networks_send_eight_bits(tmp_path: Path) -> None:
    read = Read.of(quantised(), tmp_path, chosen=True)
    for operator, planned in zip(read.graph.operators, read.instance.operators[1:-1], strict=True):
        each = 4 if operator.op_type == "Softmax" or "float" in read.graph.tensor(operator.outputs[0]).dtype else 1
        assert planned.output_bytes == each * read.graph.tensor(operator.outputs[0]).elements
    assert [o.precision for o in read.graph.operators] == ["float32", "int8", "int8", "int8", "int8", "float32"]


def test_merged_quantisations_are_measured_with_what_they_are_merged_into(tmp_path: Path) -> None:
    read = Read.of(quantised(), tmp_path, chosen=True)
    seconds = measure_onnx(tmp_path / "model.onnx", repeats=1)
    assert set(seconds) == {operator.name for operator in read.graph.operators}
    assert all(value > 0 for value in seconds.values())
