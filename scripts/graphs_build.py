"""Write the networks of ``instances/graphs``: nine that the onnx package carries, four built from their architecture.

    python scripts/graphs_build.py [--check] [FOLDER]

``--check`` writes nothing and fails if a stored file differs from what would be written. The result depends on nothing
but this repository and the networks in the onnx package (``onnx/backend/test/data/light``).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from wnpopt.core.extras import need
from wnpopt.core.jsonio import format_json
from wnpopt.domain.files.graph import graph_to_data
from wnpopt.domain.files.onnx.reader import read_onnx
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.zoo import build_network

LIGHT = {
    "alexnet": ("bvlc_alexnet", "AlexNet with two groups (Krizhevsky et al., 2012), as in BVLC Caffe, input 224"),
    "densenet-121": ("densenet121", "DenseNet-121 (Huang et al., CVPR 2017)"),
    "inception-v1": ("inception_v1", "GoogLeNet (Szegedy et al., CVPR 2015)"),
    "inception-v2": ("inception_v2", "Inception with batch normalisation (Ioffe and Szegedy, ICML 2015)"),
    "resnet-50": ("resnet50", "ResNet-50 (He et al., CVPR 2016), stride in the 3 x 3 convolutions"),
    "shufflenet": ("shufflenet", "ShuffleNet with 4 groups (Zhang et al., CVPR 2018), as in Caffe2"),
    "squeezenet": ("squeezenet", "SqueezeNet 1.1 (Iandola et al., 2016)"),
    "vgg-19": ("vgg19", "VGG-19 (Simonyan and Zisserman, ICLR 2015)"),
    "zfnet-512": ("zfnet512", "ZFNet-512 (Zeiler and Fergus, ECCV 2014)"),
}

BUILT: dict[str, dict[str, int]] = {
    "bert-base": {"tokens": 128},
    "gpt2": {"tokens": 128},
    "mobilenet-v2": {},
    "vit-b-16": {},
}


def graphs() -> dict[str, Graph]:
    """All networks by the name of their file, sorted."""
    onnx = need("onnx", "onnx")
    folder = Path(str(onnx.__file__)).parent / "backend/test/data/light"
    found = {}
    for name, (file, source) in LIGHT.items():
        graph = read_onnx(folder / f"light_{file}.onnx", name=name)
        found[name] = replace(graph, source=f"{source}; from the onnx package, light_{file}.onnx")
    for name, arguments in BUILT.items():
        found[name] = build_network(name, arguments)
    return dict(sorted(found.items()))


def index_row(file: str, graph: Graph) -> dict[str, object]:
    """What an index of graphs says about one."""
    return {
        "file": file,
        "operators": len(graph.operators),
        "macs": graph.macs,
        "flop": graph.flop,
        "parameters": graph.parameters,
        "parameter_bytes": graph.parameter_bytes,
        "activation_bytes": graph.activation_bytes,
        "source": graph.source,
    }


def files() -> dict[str, bytes]:
    """The content of every file by its name."""
    contents = {}
    index = []
    for name, graph in graphs().items():
        contents[f"{name}.json"] = (format_json(graph_to_data(graph)) + "\n").encode()
        index.append(index_row(f"{name}.json", graph))
    contents["index.json"] = (format_json({"kind": "index", "graphs": index}) + "\n").encode()
    return contents


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parents[1] / "instances/graphs")
    parser.add_argument("--check", action="store_true", help="compare with the stored files, write nothing")
    options = parser.parse_args(arguments)
    contents = files()
    if options.check:
        wrong = [name for name, content in contents.items() if not _same(options.folder / name, content)]
        for name in wrong:
            print(f"{options.folder / name} differs from what this script writes", file=sys.stderr)
        return 1 if wrong else 0
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (options.folder / name).write_bytes(content)
    return 0


def _same(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
