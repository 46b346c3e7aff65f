"""Makes the ONNX files of the suite real-exports, and others that an importer must read, from seeded random weights.

    python -m pip install -r scripts/recipes/exports/requirements.txt
    python -m scripts.recipes.exports FOLDER [NAME ...]

No weights are downloaded. Sizes, operators and attributes depend on the code of this folder and on the pinned
packages alone; the weights are noise of a fixed seed. PyTorch is no dependency of wnpopt: use an environment of its own.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import torch
from torch.export import Dim

from .catalogue import EXPORTS, Export
from .steps import STEPS

SEED = 12


def write(name: str, export: Export, folder: Path) -> Path:
    """The file FOLDER/NAME.onnx; a network of more than 1 MB by the dynamo exporter keeps its weights beside it."""
    torch.manual_seed(SEED)
    module = export.build().eval()
    example = export.example()
    if export.half:
        module, example = module.half(), example.half()
    path = folder / f"{name}.onnx"
    options: dict[str, object] = {"input_names": [export.input], "output_names": ["output"], "opset_version": export.opset}
    if export.exporter == "dynamo":
        shapes = {axis: Dim(label) for axis, label in export.dynamic.items()}
        torch.onnx.export(
            module, (example,), path, dynamo=True, external_data=True, verbose=False,
            dynamic_shapes=(shapes,) if shapes else None, **options,
        )  # fmt: skip
    else:
        axes = {export.input: export.dynamic} if export.dynamic else None
        torch.onnx.export(module, (example,), path, dynamo=False, dynamic_axes=axes, **options)
    if export.after is not None:
        STEPS[export.after](path, SEED)
    return path


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="only these")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    unknown = sorted(set(options.names) - set(EXPORTS))
    if unknown:
        parser.error(f"no export is called {unknown[0]}; they are {', '.join(EXPORTS)}")
    for name in options.names or EXPORTS:
        began = time.perf_counter()
        path = write(name, EXPORTS[name], options.folder)
        beside = path.with_name(path.name + ".data")
        size = path.stat().st_size + (beside.stat().st_size if beside.exists() else 0)
        print(f"{path}: {size / 1e6:.1f} MB in {time.perf_counter() - began:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
