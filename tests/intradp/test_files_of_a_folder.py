"""Whole models of exporters and packages: no row changes that its windows say cannot."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.intradp.onnx_rig import NotExecutableError, Read, wrong_rows
from wnpopt.domain.files.onnx.reader import read_flat

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

TABLES = Path(__file__).resolve().parents[2] / "scripts" / "recipes" / "exports"
FILES = sorted(Path(os.environ.get("WNPOPT_ONNX_FILES", os.devnull)).rglob("*.onnx"))


def options(path: Path) -> dict[str, dict[str, int]]:
    """The dimensions and values that the tables of tried files have for a file of this name."""
    tables = [json.loads((TABLES / name).read_text(encoding="utf-8"))["files"] for name in ("public.json", "made.json")]
    row = next((row for table in tables for row in table if row["file"] == path.name), {})
    return {"dims": row.get("dim", {}), "values": row.get("value", {})}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # perturbed networks overflow
@pytest.mark.skipif(not FILES, reason="set WNPOPT_ONNX_FILES to a folder of ONNX files")
@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_rows_change_where_windows_say(path: Path, tmp_path: Path) -> None:
    """Three rows of every input, moved both ways; control flow is flat, constants are in the model."""
    _, flat = read_flat(path, **options(path))
    onnx.external_data_helper.load_external_data_for_model(flat, str(path.parent))
    try:
        read = Read.of(flat, tmp_path, chosen=True)
        assert wrong_rows(read, 0, 3)[0] == []
    except NotExecutableError as error:
        pytest.skip(str(error)[:100])
