"""Makes the ONNX files behind the suites real-exports, and others that an importer must read, and their graphs.

    python -m pip install -r scripts/recipes/exports/requirements.txt   in an environment of its own: PyTorch is large
    python scripts/exports_build.py onnx FOLDER [NAME ...]
    python scripts/exports_build.py graphs FOLDER                       where wnpopt is installed

The first makes the files by PyTorch's two exporters and by onnxruntime's quantiser. No weights are downloaded: they are
noise of a fixed seed, while operators, sizes and attributes depend on scripts/recipes/exports and the pinned packages
alone. The second reads the files of the suite and writes instances/graphs/exports, of which
`python scripts/suites.py FAMILY --suites real-exports` makes the instances without PyTorch.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recipes.exports.catalogue import Export

ROOT = Path(__file__).resolve().parents[1]
MADE = ROOT / "scripts" / "recipes" / "exports" / "made.json"
GRAPHS = ROOT / "instances" / "graphs" / "exports"
SEED = 12


def export_onnx(name: str, export: Export, folder: Path) -> Path:
    """The file FOLDER/NAME.onnx; the dynamo exporter keeps the weights beside it."""
    import torch
    from recipes.exports.steps import STEPS
    from torch.export import Dim

    torch.manual_seed(SEED)
    module, example = export.build().eval(), export.example()
    given = example if isinstance(example, tuple) else (example,)
    if export.half:
        module, given = module.half(), tuple(value.half() for value in given)
    if export.exporter == "scripted":
        module = torch.jit.script(module)
    path = folder / f"{name}.onnx"
    named: dict[str, object] = {"input_names": export.input.split(","), "output_names": ["output"]}
    if export.exporter == "dynamo":
        shapes = {axis: Dim(label) for axis, label in export.dynamic.items()}
        torch.onnx.export(
            module, given, path, dynamo=True, external_data=True, verbose=False, opset_version=export.opset,
            dynamic_shapes=(shapes,) if shapes else None, **named,
        )  # fmt: skip
    else:
        axes = {export.input.split(",")[0]: export.dynamic} if export.dynamic else None
        torch.onnx.export(module, given, path, dynamo=False, opset_version=export.opset, dynamic_axes=axes, **named)
    if export.after is not None:
        STEPS[export.after](path, SEED)
    return path


def make_onnx(folder: Path, names: list[str]) -> None:
    """Every file, or those called ``names``."""
    from recipes.exports.catalogue import EXPORTS

    unknown = sorted(set(names) - set(EXPORTS))
    if unknown:
        raise SystemExit(f"no export is called {unknown[0]}; they are {', '.join(EXPORTS)}")
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or EXPORTS:
        began = time.perf_counter()
        path = export_onnx(name, EXPORTS[name], folder)
        beside = path.with_name(path.name + ".data")
        size = path.stat().st_size + (beside.stat().st_size if beside.exists() else 0)
        print(f"{path}: {size / 1e6:.1f} MB in {time.perf_counter() - began:.1f} s", flush=True)


def make_graphs(folder: Path) -> None:
    """The graph of every file that made.json says is of the suite, and their index."""
    from graphs_build import index_row

    from wnpopt.core.jsonio import format_json
    from wnpopt.domain.files.graph import save_graph
    from wnpopt.domain.files.onnx.reader import read_onnx

    GRAPHS.mkdir(parents=True, exist_ok=True)
    index = []
    for row in json.loads(MADE.read_text())["files"]:
        if "about" not in row:
            continue
        path = folder / row["file"]
        name = row.get("suite", path.stem)
        graph = replace(read_onnx(path, dims=row.get("dim"), name=name), source=row["about"])
        save_graph(graph, GRAPHS / f"{name}.json")
        index.append(index_row(f"{name}.json", graph))
    (GRAPHS / "index.json").write_text(format_json({"kind": "index", "graphs": index}) + "\n")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("onnx", "graphs"))
    parser.add_argument("folder", type=Path, help="of the ONNX files")
    parser.add_argument("names", nargs="*", help="ONNX files to make, without .onnx")
    options = parser.parse_args(arguments)
    if options.what == "onnx":
        make_onnx(options.folder, options.names)
    else:
        make_graphs(options.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
