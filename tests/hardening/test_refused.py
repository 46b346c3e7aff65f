"""What is refused with exit code 2 has written nothing: all of the input is checked before the first file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hardening.inputs import Inputs
from tests.hardening.trials import TRIALS
from tests.samples import ordinarily
from wnpopt.cli.main import main

LIMITS = (
    ("--workers", "0"), ("--time-limit", "-1"), ("--gap", "-1"), ("--no-improvement", "x"), ("--solver", "nonsense"),
    ("--solver-option", "x"),
)  # fmt: skip
RUNS = (*LIMITS, ("--methods", "nonsense"), ("--seeds", "-1"), ("--threads", "0"))
BATCH = (*RUNS, ("--dask", "nonsense"), ("--rerun", "x"), ("--memory", "0"), ("--warm-start", "x"), ("--grace", "-1"))
BAD: dict[str, tuple[tuple[str, ...], ...]] = {
    "sweep": (*RUNS, ("--set", "chip.hop=1"), ("--set", "chip.hop_ticks=-1"), ("--methods", "milp", "--gap", "2,")),
    "batch": (*BATCH, ("--total-time", "-1"), ("no/such/file.json",)),
    "bench": (*LIMITS, ("--rerun", "x"), ("--dask", "nonsense"), ("--preset", "x"), ("--dask", "tcp://127.0.0.1:9")),
    "adversarial": (("--method", "x"), ("--steps", "-1"), ("--top", "0"), ("--time-limit", "x"), ("--restarts", "0x")),
    "generate": (("--count", "0"), ("--seed", "-1"), ("--cores", "0"), ("--nonsense", "1")),
    "solve": (
        ("--method", "x"), ("--warm-start", "x"), ("--warm-start", "no.json"), ("--fixed", "no.json"),
        ("--robust", "no.json"), ("--layers", "no.json"), ("--solver", "x"), ("--threads", "0"), ("--gap", "-1"),
        ("--iterations", "5"),
    ),
    "report": (("--figures", "x"),),
    "tables": (("--formats", "x"), ("--profile-target", "x"), ("--baseline", "no")),
    "table": (("--method", "x"), ("--bandwidths", "x"), ("--time-limit", "-1"), ("--plot", "x.txt")),
    "pareto": (("--method", "x"), ("--points", "0"), ("--plot", "x.txt"), ("--threads", "0")),
    "simulate": (("--policy", "x"), ("--scenario", "x"), ("--runs", "0"), ("--plot", "x.txt"), ("--loads", "1")),
    "replay": (("--estimator", "x"), ("--period", "-1"), ("--plot", "x.txt"), ("--window", "0")),
    "calibrate": (("--keep", "x"), ("--seed", "-1")),
    "export": (("--formulation", "x"),),
    "import": (("--device", "x"), ("--dim", "x"), ("--bandwidth", "0"), ("--channel", "no.npz")),
    "plot": (("--figure", "x"), ("no.json",)),
}  # fmt: skip
"""By command, what is added to arguments that are right."""


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    return Inputs(tmp_path_factory.mktemp("inputs"))


@pytest.mark.parametrize("command", ordinarily(1, BAD))
def test_nothing_is_written(
    command: str, given: Inputs, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if command in ("import", "calibrate", "replay"):
        pytest.importorskip("onnx", reason="the extra run is not installed")
    trial = TRIALS[command](given, tmp_path)
    monkeypatch.chdir(tmp_path)
    for bad in BAD[command]:
        capsys.readouterr()
        code = main([*trial.arguments, *bad])
        out, err = capsys.readouterr()
        assert code == 2, (bad, code, out, err)
        assert err.startswith("wnpopt: "), (bad, err)
        assert list(tmp_path.rglob("*")) == [], bad
