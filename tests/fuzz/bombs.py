"""Inputs of up to a megabyte that ask for as much work as they can: deep, long, repeated, compressed, declared huge.

``bombs(target)`` yields names and inputs. From a valid document each list is made long, each object full of unknown
fields, each text and number as long as fits; other forms have what is worst for them.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from tests.fuzz.harness import MOST, Target

ROOM = MOST - 4096


def bombs(target: Target) -> Iterator[tuple[str, bytes]]:
    yield "nothing", b""
    yield "zeros", bytes(ROOM)
    yield "spaces", b" " * ROOM
    yield "lines", b"\n" * ROOM
    yield "commas", b"," * ROOM
    yield "quotes", b'"' * ROOM
    yield "digits", b"9" * ROOM
    if target.form in ("json", "lines") or target.name == "json":
        yield from _of_json(target)
    elif target.form in ("text", "bytes"):
        yield from _of_text(next(iter(target.seeds())))
    elif target.form == "npz":
        yield from _of_npz(next(iter(target.seeds())))
    elif target.form == "onnx":
        yield from _of_onnx()
    elif target.form == "frames":
        yield from _of_frames()


def _of_json(target: Target) -> Iterator[tuple[str, bytes]]:
    yield "brackets", b"[" * ROOM
    yield "braces", b'{"a":' * (ROOM // 5)
    deep = 900
    inner = b"[" + b"0," * ((ROOM - 2 * deep) // 2) + b"NaN]"
    yield "deep, then long, then wrong", b'{"a":' + b"[" * deep + inner + b"]" * deep + b"}"
    keys = ",".join(f'"{number:07d}":0' for number in range(ROOM // 12))
    yield "keys, the last one twice", f'{{{keys},"0":0,"0":1}}'.encode()
    yield "surrogates", b'{"a":["' + b"\\ud835\\udd38" * (ROOM // 12) + b'"]}'
    document = json.loads(next(iter(target.seeds())).split(b"\n")[0])
    for place in sorted(_containers(document), key=len)[:40]:
        yield from _grown(document, place)


def _containers(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    if isinstance(value, dict | list):
        yield at
    for key, entry in entries:
        yield from _containers(entry, (*at, key))


def _grown(document: Any, place: tuple[Any, ...]) -> Iterator[tuple[str, bytes]]:
    told = ".".join(map(str, place))
    here = _at(document, place)
    if isinstance(here, dict):
        extra = {f"x{number}": 0 for number in range(ROOM // 16)}
        yield f"unknown fields in {told}", _with(document, place, here | extra)
        key = next((key for key, value in here.items() if isinstance(value, str)), None)
        if key is not None:
            yield f"a long {told}.{key}", _with(document, place, here | {key: "é" * (ROOM // 6)})
    elif here:
        size = len(json.dumps(here[0])) + 12
        count = max(1, (ROOM - len(json.dumps(document))) // size)
        yield f"{told}, {count} times alike", _with(document, place, [here[0]] * count)
        if isinstance(here[0], dict) and isinstance(here[0].get("name"), str):
            named = [here[0] | {"name": f"n{number}"} for number in range(count)]
            yield f"{told}, {count} times", _with(document, place, named)
        yield f"{told}, wrong everywhere", _with(document, place, [None] * (ROOM // 6))


def _at(document: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        document = document[key]
    return document


def _with(document: Any, place: tuple[Any, ...], value: Any) -> bytes:
    if not place:
        return json.dumps(value).encode()
    copy = deepcopy(document)
    _at(copy, place[:-1])[place[-1]] = value
    return json.dumps(copy).encode()


def _of_text(seed: bytes) -> Iterator[tuple[str, bytes]]:
    first, _, rest = seed.partition(b"\n")
    yield "its lines again and again", seed + rest * (ROOM // max(1, len(rest)))
    yield "its first line again and again", (first + b"\n") * (ROOM // (len(first) + 1))
    yield "one line of it", seed.replace(b"\n", b" ") * (ROOM // len(seed))
    yield "a name of spaces", b"x" + b" " * ROOM + b"1\n"
    yield "tails without end", b"(obj:" * (ROOM // 5) + b"\n"
    yield "tails", b"x 1 " + b"(obj:1) " * (ROOM // 8) + b"\n"
    yield "a quote without end", first + b'\n"' + b"a\n" * (ROOM // 2)
    yield "signs of larger", b"mip = x" + b">=" * (ROOM // 2) + b"\n"
    yield "arrows", b">>>>> " * (ROOM // 6) + b"\n"
    yield "bounds", b"best possible " * (ROOM // 14) + b"\n"


def _zip(name: str, content: bytes, count: int = 1) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            archive.writestr(f"{name}{number or ''}.npy", content)
    return stream.getvalue()


def _npy(kind: str, shape: str, data: int) -> bytes:
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(data)


def _of_npz(seed: bytes) -> Iterator[tuple[str, bytes]]:
    yield "more zeros than may be", _inflating(400 << 20)
    yield "as many zeros as may be", _inflating(250 << 20)
    yield "a shape without end", _zip("user", _npy("<i8", "(9999999999999999,)", 8))
    yield "dimensions without end", _zip("user", _npy("<i8", "(" + "1," * 4000 + ")", 8))
    yield "brackets in a header", _zip("user", _npy("<i8", "(" * 5000, 8))
    yield "members without end", _zip("user", b"", ROOM // 220)
    yield "archives in each other", seed * (ROOM // max(1, len(seed)))


def _inflating(size: int) -> bytes:
    """A member of 64-bit zeros of this size: a thousand times smaller as it lies in the file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("user.npy", "w") as member:
        member.write(_npy("<i8", f"({size // 8},)", 0))
        block = bytes(1 << 20)
        for _ in range(size >> 20):
            member.write(block)
    return stream.getvalue()


def _of_onnx() -> Iterator[tuple[str, bytes]]:
    from onnx import helper

    from tests.domain.onnx_models import integers, model, node, zeros

    def raw(made: Any) -> bytes:
        return bytes(made.SerializeToString())

    many = [node("Relu", [f"t{number}"], [f"t{number + 1}"]) for number in range(15_000)]
    yield "operators in a row", raw(model(many, {"t0": (1, 4)}, ["t15000"]))
    wide = [node("Relu", ["x"], [f"y{number}"]) for number in range(10_000)]
    joined = node("Sum", [f"y{number}" for number in range(10_000)], ["y"])
    yield "operators side by side", raw(model([*wide, joined], {"x": (1,)}, ["y"]))
    yield "a shape of many dimensions", raw(model([node("Relu", ["x"], ["y"])], {"x": (1,) * 100_000}, ["y"]))
    yield "a shape of large dimensions", raw(model([node("Relu", ["x"], ["y"])], {"x": (2**40, 2**40)}, ["y"]))
    sparse = model([node("MatMul", ["x", "m"], ["y"])], {"x": (1, 2**30)}, ["y"])
    values, places = helper.make_tensor("m", 1, [1], [1.0]), helper.make_tensor("p", 7, [1], [0])
    sparse.graph.sparse_initializer.append(helper.make_sparse_tensor(values, places, [2**30, 2**30]))
    yield "a sparse tensor of enormous dimensions", raw(sparse)

    def added(nodes: list[Any], last: str, constants: dict[str, Any]) -> bytes:
        return raw(model([*nodes, node("Add", [last, "x"], ["y"])], {"x": (1,)}, ["y"], constants))

    sizes = {"s": integers(2**20, 2**20)}
    yield "a constant without end", added([node("ConstantOfShape", ["s"], ["c"])], "c", sizes)
    tiled = {"v": zeros(64, 64), "r": integers(2**15, 2**15)}
    yield "tiles without end", added([node("Tile", ["v", "r"], ["t"])], "t", tiled)
    ranged = {"a": integers(0)[0], "b": integers(2**50)[0], "c": integers(1)[0]}
    yield (
        "a range without end",
        added([node("Range", ["a", "b", "c"], ["t"]), node("Cast", ["t"], ["f"], to=1)], "f", ranged),
    )
    yield "a loop without end", raw(_loop(2**40))
    yield "a loop of many trips", raw(_loop(200_000))
    yield "functions that call functions", raw(_calls(40))
    yield "a graph in a graph", raw(_nested(20))
    einsum = node("Einsum", ["x", "x"], ["y"], equation="a" * 300_000 + "," + "b" * 300_000 + "->")
    yield "an equation without end", raw(model([einsum], {"x": (1, 1)}, ["y"]))
    padded = {"p": integers(*[2**40] * 8)}
    yield "pads without end", raw(model([node("Pad", ["x", "p"], ["y"])], {"x": (1, 1, 4, 4)}, ["y"], padded))
    conv = node("Conv", ["x", "w"], ["y"], kernel_shape=[3, 3], pads=[2**31 - 1] * 4, strides=[1, 1])
    yield "a convolution of enormous pads", raw(model([conv], {"x": (1, 1, 4, 4)}, ["y"], {"w": zeros(1, 1, 3, 3)}))
    texts = model([node("Relu", ["x"], ["y"])], {"x": (1,)}, ["y"])
    texts.doc_string = "\x1b" * 900_000
    yield "a text without end", raw(texts)


def _loop(trips: int) -> Any:
    import numpy as np
    from onnx import helper

    from tests.domain.onnx_models import integers, model, node

    ends = [helper.make_tensor_value_info("i", 7, []), helper.make_tensor_value_info("go", 9, []),
            helper.make_tensor_value_info("v", 1, None)]  # fmt: skip
    outputs = [helper.make_tensor_value_info("go2", 9, []), helper.make_tensor_value_info("v2", 1, None)]
    nodes = [node("Identity", ["go"], ["go2"]), node("Add", ["v", "v"], ["v2"])]
    body = helper.make_graph(nodes, "body", ends, outputs)
    constants = {"n": integers(trips)[0], "t": np.array(True)}
    return model([node("Loop", ["n", "t", "x"], ["y"], body=body)], {"x": (1, 4)}, ["y"], constants)


def _calls(depth: int) -> Any:
    """Each function calls the next one twice: 2^depth operators."""
    from onnx import helper

    from tests.domain.onnx_models import model, node

    made = model([node("F0", ["x"], ["y"], domain="own")], {"x": (1, 4)}, ["y"])
    versions = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    for level in range(depth):
        kind = {"domain": "own"} if level + 1 < depth else {}
        name = f"F{level + 1}" if kind else "Relu"
        nodes = [node(name, ["a"], ["b"], **kind), node(name, ["b"], ["c"], **kind)]
        made.functions.append(helper.make_function("own", f"F{level}", ["a"], ["c"], nodes, versions))
    made.opset_import.append(versions[1])
    return made


def _nested(depth: int) -> Any:
    """Branches in branches; the outer nine levels have both alike, so that there are 2^9 of the innermost."""
    import numpy as np
    from onnx import helper

    from tests.domain.onnx_models import model, node

    def graph(name: str, nodes: list[Any]) -> Any:
        return helper.make_graph(nodes, name, [], [helper.make_tensor_value_info(nodes[-1].output[0], 1, None)])

    inner = [node("Relu", ["x"], [f"o{depth}"])]
    for level in reversed(range(depth)):
        then = graph("then", inner)
        other = then if level < 9 else graph("other", [node("Neg", ["x"], [f"e{level}"])])
        inner = [node("If", ["c"], [f"o{level}"], then_branch=then, else_branch=other)]
    return model(inner, {"x": (1, 4)}, ["o0"], {"c": np.array(True)})


def _of_frames() -> Iterator[tuple[str, bytes]]:
    from tests.fuzz.frames import HEAD, frame

    yield "ten gigabytes announced", HEAD.pack(b"wnpo", 1, 0, 0, 10 << 30, 0.0, 0.0)
    yield "sixteen megabytes announced", HEAD.pack(b"wnpo", 1, 0, 0, 1 << 24, 0.0, 0.0)
    yield "frames without end", frame(1, b"{}") * (ROOM // 42)
    yield "starts without end", b"".join(frame(2, b"", number) for number in range(1, ROOM // 40))
    yield "probes that want much", frame(5, b"", 0, (1 << 24)) * 1000
    yield "brackets", frame(1, b"[" * ROOM)
    yield "keys", frame(1, ("{" + ",".join(f'"{n}":{n}' for n in range(ROOM // 16)) + "}").encode())
