"""Names of networks: that of the graph, or of its file where an exporter gave the graph none of its own."""

from __future__ import annotations

import re

_EXPORTERS = re.compile(
    r"""(
      (torch|main|jit|tf2onnx|keras2onnx|sklearn|skl2onnx|onnxmltools|onnx|onnxruntime|ort|paddle(2?[-_ ]?onnx)?|pytorch
       |tensorflow|tf|tflite|mxnet|caffe2?|converted|optimi[sz]ed|graph|model|network|module|function|forward|export
       |default|unnamed|untitled|no[-_ ]?name|sub|test|predict|serving|spox)
      [-_. ]*
    )+ \d*""",
    re.VERBOSE | re.IGNORECASE,
)
"""Words of which exporters make names: ``main_graph``, ``torch-jit-export``, ``tf2onnx``, ``model_0``."""

_SERIAL = re.compile(r"[0-9a-f]{16,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+", re.IGNORECASE)
"""Numbers and random identifiers."""

_SENTENCES = ("model from paddlepaddle.",)


def is_generic(name: str) -> bool:
    """True if ``name`` is one that exporters give to every graph."""
    plain = name.strip()
    if plain.casefold() in _SENTENCES:
        return True
    return any(pattern.fullmatch(plain) for pattern in (_EXPORTERS, _SERIAL))


def network_name(given: str, stem: str) -> str:
    """The graph's own name ``given``, or the file's ``stem`` where that says nothing or cannot be printed."""
    plain = given.strip()
    return plain if plain and plain.isprintable() and not is_generic(plain) else stem
