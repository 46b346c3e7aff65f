"""The page of predicted beside measured: its figures are those of its rows, and no network is taken for another."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx", reason="the extra run is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])
    import predicted_measured

    return predicted_measured


def test_figures(script) -> None:  # type: ignore[no-untyped-def]
    def row(rate: float, strategy: str, predicted: float, measured: float, messages: int = 0):  # type: ignore[no-untyped-def]
        spent = (0.9 * measured, measured, 2 * measured)
        over = (4e-4,) if messages else ()
        return script.Measured("squeezenet", rate, strategy, predicted, spent, messages, over, 1e-7)

    rows = [
        row(8, "layer-cut", 1.05, 1.0, 2), row(8, "split", 1.0, 0.97, 9),  # the best
        row(30, "layer-cut", 1.5, 2.0, 2), row(30, "split", 1.6, 1.6, 9),  # the other is better by a fifth
    ]  # fmt: skip
    network = {
        "name": "squeezenet", "slowdown": 6.0, "operators": 3, "calibration_s": 1.0, "whole_s": [1, 1], "sum_s": 1,
        "segment_s": [0, 0], "fit": [0, 0], "latency_s": 0.0, "rows": rows,
    }  # fmt: skip
    recovered = [{"what": "killed", "latency_s": 0.2, "usual_s": 0.1, "allowed_s": 0.1}]
    told = {what: (got, met) for what, _, got, met in script.figures([network], recovered)}
    assert told["error of the prediction, median"] == ("4.0 %", True)
    assert told["error of the prediction, worst"] == ("25.0 % (squeezenet, 30 MB/s, layer-cut)", False)
    assert told["best named is best measured, or within 3 %"] == ("1 of 2", False)
    assert told["SqueezeNet at 30 MB/s: gain of the split over the layer cut"] == ("20.0 %", True)
    assert told["SqueezeNet at 8 MB/s: gain of the split over the layer cut"] == ("3.0 %", False)
    assert [met for what, (_, met) in told.items() if "overhead" in what] == [True]
    assert [met for what, (_, met) in told.items() if "recovery" in what] == [False]
    asked = argparse.Namespace(network=["squeezenet:6"], **(script.DEFAULTS | {"repeats": 3}))
    page = script.page([network], recovered, ["- Machine: a test."], asked)
    assert "python scripts/predicted_measured.py --network squeezenet:6 --repeats 3" in page
    assert "| 30 | layer-cut | 2 | **1500.00** | 2000.00 |" in page
    assert "| 30 | split | 9 | 1600.00 | **1600.00** |" in page


def test_networks_that_the_repository_makes(script, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """They import, run, and give numbers that tell inputs apart; a name that is none is said."""
    from wnpopt.execution.unsplit import UnsplitNetwork
    from wnpopt.problems.intradp.execution.network import ExecutableNetwork

    for name in ("made", "squeezenet"):
        file = script.network_file(name, tmp_path)
        network = ExecutableNetwork.read(file)
        unsplit = UnsplitNetwork(network)
        one, other = (next(iter(unsplit.outputs(network.random_inputs(seed)).values())) for seed in (1, 2))
        assert np.isfinite(one).all()
        assert np.abs(one - other).max() > 1e-2 * np.abs(one).max()
        assert np.unique(one).size > 5
    for name, words in (("nonet", r"no light_nonet\.onnx"), ("none.onnx", r"no file none\.onnx")):
        with pytest.raises(FileNotFoundError, match=words):
            script.network_file(name, tmp_path)
