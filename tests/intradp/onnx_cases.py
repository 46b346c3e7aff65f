"""Small ONNX models of every operator that may be local, over the product of its attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto

FLOAT = 1
IMAGE = (1, 4, 9, 5)
SEQUENCE = (2, 9, 6)
MATRIX = (9, 6)


@dataclass(frozen=True)
class Case:
    """A model around one operator. ``arguments``: constants, names of tensors, or "" for an absent one.

    "x" is the input; "a" and "b" are 2x and -x, "t" is x transposed, "m" its maximum over all rows. ``spare``: how many
    rows beyond those that are seen to change it a row may have in its window; None: nothing is asked, it may be global.
    ``refused``: the reader has to refuse it by name. "p" and "q" are the first and the second half of x: what an
    operator reads of each shows by itself.
    """

    op: str
    arguments: tuple[Any, ...] = ("x",)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    opset: int = 17
    shape: tuple[int, ...] = IMAGE
    outputs: int = 1
    spare: int | None = None
    refused: bool = False
    dtype: int = FLOAT

    def __str__(self) -> str:
        told = []
        for argument in self.arguments:
            if isinstance(argument, np.ndarray):
                small = argument.size < 9 and argument.ndim < 2
                told.append(str(argument.tolist()) if small else f"const{list(argument.shape)}")
            else:
                told.append(str(argument))
        attributes = " ".join(f"{key}={value}" for key, value in self.attributes.items())
        return f"{self.op}-{self.opset}({', '.join(told)}) {list(self.shape)} {attributes}".rstrip()

    def model(self) -> ModelProto:
        from onnx import TensorProto, helper, numpy_helper

        names, constants = [], []
        for position, argument in enumerate(self.arguments):
            if isinstance(argument, np.ndarray):
                names.append(f"c{position}")
                constants.append(numpy_helper.from_array(argument, names[-1]))
            else:
                names.append(argument)
        nodes = []
        if "a" in names:
            constants.append(numpy_helper.from_array(np.array(2, np.float32), "two"))
            nodes.append(helper.make_node("Mul", ["x", "two"], ["a"]))
        if "b" in names:
            nodes.append(helper.make_node("Neg", ["x"], ["b"]))
        if "t" in names:
            perm = [*range(len(self.shape) - 2), len(self.shape) - 1, len(self.shape) - 2]
            nodes.append(helper.make_node("Transpose", ["x"], ["t"], perm=perm))
        if "m" in names:
            axis = {4: 2, 3: 1, 2: 0}[len(self.shape)]
            nodes.append(helper.make_node("ReduceMax", ["x"], ["m"], axes=[axis], keepdims=1))
        for name, half in (("p", 0), ("q", 1)):
            if name in names:
                axis = {4: 2, 3: 1, 2: 0}[len(self.shape)]
                rows = self.shape[axis] // 2
                where = {"axes": [axis], "starts": [half * rows], "ends": [(half + 1) * rows]}
                if self.opset < 10:
                    nodes.append(helper.make_node("Slice", ["x"], [name], **where))
                    continue
                constants += [numpy_helper.from_array(np.array(where[key]), name + key) for key in where]
                nodes.append(helper.make_node("Slice", ["x", name + "starts", name + "ends", name + "axes"], [name]))
        made = [f"y{i}" if i else "y" for i in range(self.outputs)]
        nodes.append(helper.make_node(self.op, names, made, name="operator", **self.attributes))
        graph = helper.make_graph(
            nodes, "case",
            [helper.make_tensor_value_info("x", self.dtype, list(self.shape))],
            [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in made],
            constants,
        )  # fmt: skip
        for value in graph.output:
            value.ClearField("type")
        opsets = [helper.make_opsetid("", self.opset)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=3 if self.opset < 9 else 9)


def random(*shape: int) -> np.ndarray:
    """Distinct values, none near 0."""
    rng = np.random.default_rng([len(shape), *shape])
    return (rng.uniform(0.5, 1.5, shape) * rng.choice([-1, 1], shape)).astype(np.float32)


def positive(*shape: int) -> np.ndarray:
    return np.abs(random(*shape))


def whole(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def real(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


PADDINGS: tuple[dict[str, Any], ...] = (
    {}, {"pads": [1, 1, 0, 1]}, {"pads": [0, 0, 1, 0]}, {"pads": [1, 1, 1, 1]},
    {"auto_pad": "VALID"}, {"auto_pad": "SAME_UPPER"}, {"auto_pad": "SAME_LOWER"},
)  # fmt: skip


def convolutions() -> Iterator[Case]:
    turn = 0
    for kernel, stride, dilation, padding in product((1, 2, 3), (1, 2, 3), (1, 2), PADDINGS):
        if dilation > 1 and str(padding.get("auto_pad")).startswith("SAME"):
            continue  # onnxruntime does not run it
        turn += 1
        group, opset = (1, 2)[turn % 2], (1, 7, 11, 22)[turn % 4]
        attributes = {"strides": [stride, 1], "dilations": [dilation, 1], "group": group, **padding}
        if turn % 3 == 0:
            attributes["kernel_shape"] = [kernel, 2]
        arguments = ("x", random(4, 4 // group, kernel, 2), random(4))[: 2 + turn % 2]
        yield Case("Conv", arguments, attributes, opset, spare=dilation - 1)
    yield Case("Conv", ("x", random(2, 4, 3, 3)), spare=0)
    yield Case("Conv", (random(1, 4, 11, 7), "x"))
    yield Case("Conv", ("x", random(6, 9, 3)), shape=(1, 9, 6))
    yield Case("Conv", ("a", "x"), shape=(1, 1, 9, 5))
    yield Case("Conv", ("x", random(3, 9, 3)), shape=(1, 9, 6), attributes={"pads": [1, 1]})
    yield Case("ConvInteger", ("x", np.full((2, 4, 3, 3), 3, np.uint8)), dtype=2)


def pools() -> Iterator[Case]:
    turn = 0
    kinds = {
        "MaxPool": {7: (), 8: (), 10: ("ceil_mode", "dilations"), 11: ("ceil_mode", "dilations"),
                    12: ("ceil_mode", "dilations"), 22: ("ceil_mode", "dilations")},
        "AveragePool": {7: (), 10: ("ceil_mode",), 11: ("ceil_mode",), 19: ("ceil_mode", "dilations"),
                        22: ("ceil_mode", "dilations")},
        "LpPool": {7: (), 11: (), 18: ("ceil_mode", "dilations"), 22: ("ceil_mode", "dilations")},
    }  # fmt: skip
    for op, versions in kinds.items():
        for kernel, stride, dilation, ceil, padding in product((1, 2, 3), (1, 2, 3), (1, 2), (0, 1), PADDINGS):
            same = str(padding.get("auto_pad")).startswith("SAME")
            if kernel == 1 and (dilation > 1 or op == "LpPool"):
                continue
            if max(padding.get("pads", [0])) >= kernel or (ceil and same and kernel < stride):
                continue  # onnxruntime does not run it
            wanted = {"ceil_mode": bool(ceil), "dilations": dilation > 1}
            fit = [v for v, known in versions.items() if all(k in known for k, on in wanted.items() if on)]
            turn += 1
            opset = fit[turn % len(fit)]
            attributes: dict[str, Any] = {"kernel_shape": [kernel, 2], "strides": [stride, 1], **padding}
            if ceil:
                attributes["ceil_mode"] = 1
            if dilation > 1:
                attributes["dilations"] = [dilation, 1]
            if op == "AveragePool" and turn % 2:
                attributes["count_include_pad"] = 1
            if op == "LpPool":
                attributes["p"] = 1 + turn % 3
            if op == "MaxPool" and opset >= 8 and turn % 5 == 0:
                attributes["storage_order"] = turn % 2
            rows = 8 + turn % 4
            room = (-(-rows // stride) - 1) * stride + kernel - rows
            gap = same and room < -1
            if same and kernel == 1 and room == -1:
                continue  # onnxruntime does not run it
            yield Case(
                op, ("x",), attributes, opset, shape=(1, 4, rows, 5),
                spare=(dilation - 1) * (1 if kernel == 2 else 2), refused=same and (dilation > 1 or gap),
            )  # fmt: skip
    # A last window that would begin in the padding at the end.
    for op, opset in (("MaxPool", 11), ("AveragePool", 11), ("LpPool", 18), ("MaxPool", 22), ("AveragePool", 22)):
        for rows, kernel, stride, pads in product(
            (4, 5, 6, 7, 8), (1, 2, 3), (2, 3, 4), ((0, 0), (0, 1), (1, 1), (2, 2))
        ):
            if max(pads) < kernel:
                yield Case(
                    op, ("x",), {"kernel_shape": [kernel, 1], "strides": [stride, 1], "ceil_mode": 1,
                                 "pads": [pads[0], 0, pads[1], 0]}, opset, shape=(1, 2, rows, 2), spare=0,
                )  # fmt: skip
    yield Case("MaxPool", ("x",), {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}, 12, outputs=2, spare=0)
    yield Case("MaxPool", ("x",), {"kernel_shape": [3]}, 12, shape=(1, 9, 8))
    yield Case("MaxPool", ("x",), {"kernel_shape": [1, 3, 3]}, 12, shape=(1, 2, 9, 8, 3))
    for op in ("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"):
        yield Case(op)


def transposed() -> Iterator[Case]:
    turn = 0
    for kernel, stride, dilation, padding, extra in product((1, 2, 3, 4), (1, 2, 3), (1, 2), PADDINGS, (0, 1)):
        if extra >= stride:
            continue  # onnxruntime does not run it
        turn += 1
        group, opset = (1, 2)[turn % 2], (7, 11, 22)[turn % 3]
        attributes = {"strides": [stride, 1], "dilations": [dilation, 1], "group": group, **padding}
        if extra:
            attributes["output_padding"] = [extra, 0]
        exact = 0 if kernel >= stride and dilation == 1 else None
        short = (kernel - 1) * dilation + 1 + extra < stride and str(padding.get("auto_pad")).startswith("SAME")
        yield Case(
            "ConvTranspose", ("x", random(4, 2, kernel, 2)), attributes, opset, (1, 4, 6, 5), spare=exact, refused=short
        )
    for auto in ("NOTSET", "SAME_UPPER"):
        attributes = {"strides": [2, 1], "auto_pad": auto, "output_shape": [1, 2, 12, 5]}
        yield Case("ConvTranspose", ("x", random(4, 2, 4, 1)), attributes, 11, (1, 4, 6, 5), refused=True)
    for kernel, stride, dilation, auto, extra in product(
        (2, 3, 4), (2, 3), (1, 2), ("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"), (0, 1)
    ):
        opset = (7, 11)[(kernel + stride) % 2]
        full = (6 - 1) * stride + dilation * (kernel - 1) + 1
        for cut in (-1, 0, 1, 2, 3):
            attributes = {
                "strides": [stride, 1], "dilations": [dilation, 1], "auto_pad": auto, "output_shape": [full - cut, 5],
            }  # fmt: skip
            if extra:
                attributes["output_padding"] = [1, 0]
            longer = full + extra < full - cut
            yield Case(
                "ConvTranspose", ("x", random(4, 2, kernel, 1)), attributes, opset, (1, 4, 6, 5), refused=longer,
                spare=0 if kernel >= stride and dilation == 1 else None,
            )  # fmt: skip


def resizes() -> Iterator[Case]:
    ways = ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "tf_crop_and_resize")
    nearest = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
    factors = (2.0, 3.0, 0.5, 1.5, 2.5, 0.6, 1.3, 0.3, 1.0)
    for rows, factor in product((10, 20, 30, 40), (0.7, 0.1, 0.3, 0.9, 1.7, 2.3, 0.35)):
        for op, opset in (("Upsample", 9), ("Resize", 10), ("Resize", 13)):
            if op == "Resize" or factor >= 1:
                scales = (*("",) * (opset >= 11), real(1, 1, factor, 1))
                yield Case(op, ("x", *scales), {"mode": "nearest"}, opset, (1, 2, rows, 3), spare=2)
    roi = real(0, 0, 0.2, 0, 1, 1, 0.8, 1)
    turn = 0
    for way, how, factor in product((*ways, "half_pixel_symmetric", "tf_half_pixel_for_nn"), nearest, factors):
        turn += 1
        opset = 19 if way.endswith("symmetric") else 11 if way.startswith("tf_half") else (11, 13, 18, 19)[turn % 4]
        attributes = {"mode": "nearest", "coordinate_transformation_mode": way, "nearest_mode": how}
        area: Any = roi if way.startswith("tf_crop") else ""
        if isinstance(area, str) and opset < 13:
            area = real()
        plain = (way, how) in (("asymmetric", "floor"), ("half_pixel", "round_prefer_floor"))
        tight = 0 if factor in (2.0, 3.0) and plain else 1 if factor > 1 and not way.startswith("tf") else None
        if turn % 3:
            yield Case("Resize", ("x", area, real(1, 1, factor, 1)), attributes, opset, spare=tight)
        else:
            empty = "" if opset >= 13 else real()
            yield Case(
                "Resize", ("x", area, empty, whole(1, 4, max(1, int(9 * factor)), 5)), attributes, opset, spare=tight
            )
    for way, mode, factor, extra in product(
        (*ways, "half_pixel_symmetric"), ("linear", "cubic"), factors,
        ({}, {"antialias": 1}, {"exclude_outside": 1}, {"extrapolation_value": 2.0}),
    ):  # fmt: skip
        turn += 1
        if "exclude_outside" in extra and mode == "linear":
            continue
        opset = 19 if way.endswith("symmetric") or extra.get("antialias") else (11, 13, 18)[turn % 3]
        area: Any = roi if way.startswith("tf_crop") else ""
        if isinstance(area, str) and opset < 13:
            area = real()
        attributes = {"mode": mode, "coordinate_transformation_mode": way, **extra}
        tight = 2 if mode == "linear" and factor in (2.0, 3.0) and way != "tf_crop_and_resize" and not extra else None
        yield Case("Resize", ("x", area, real(1, 1, factor, factor)), attributes, opset, spare=tight)
    for mode, factor in product(("nearest", "linear"), factors):
        yield Case("Resize", ("x", real(1, 1, factor, 1)), {"mode": mode}, 10, spare=1 if factor == 2.0 else None)
        if factor >= 1:
            yield Case("Upsample", ("x", real(1, 1, factor, 1)), {"mode": mode}, 9, spare=1 if factor == 2.0 else None)
            yield Case("Upsample", ("x",), {"mode": mode, "scales": [1.0, 1.0, factor, 1.0]}, 7)
    for axes, scales in (([2, 3], (2, 1)), ([3, 2], (1, 2)), ([-2], (2,)), ([3], (2,))):
        yield Case("Resize", ("x", "", real(*scales)), {"axes": axes, "mode": "nearest"}, 18, spare=0)
        yield Case("Resize", ("x", "", real(*scales)), {"axes": axes, "mode": "linear"}, 19, spare=2)
    yield Case("Resize", ("x", "", real(1, 1, 2, 2)), {"mode": "cubic", "cubic_coeff_a": -0.5}, 13, spare=2)
    for way in ("half_pixel", "asymmetric", "pytorch_half_pixel"):
        options = {"mode": "linear", "coordinate_transformation_mode": way}
        yield Case("Resize", ("x", "", real(1, 1, 1, 2.3)), options, 13, spare=0)
    for policy, mode in product(("not_larger", "not_smaller", "stretch"), ("nearest", "linear")):
        attributes = {"axes": [2, 3], "keep_aspect_ratio_policy": policy, "mode": mode}
        yield Case("Resize", ("x", "", "", whole(13, 11)), attributes, 18)
    yield Case("Resize", ("x", "", real(1, 1, 2)), shape=(1, 9, 6), attributes={"mode": "linear"})
    yield Case("Resize", ("x", "", real(1, 2, 1)), shape=(1, 9, 6), attributes={"mode": "linear"})
    yield Case("Resize", ("x", "", real(2, 2)), shape=MATRIX, attributes={"mode": "linear"})


def pads() -> Iterator[Case]:
    for opset, mode, begin, end in product(
        (2, 11, 13, 18, 19), ("constant", "reflect", "edge", "wrap"), (0, 2, -2), (0, 1, -3)
    ):
        if mode == "wrap" and opset < 19:
            continue
        both = (0, 0, begin, 1, 0, 0, end, 0)
        spare = 0 if mode == "constant" else None
        if opset == 2:
            yield Case("Pad", ("x",), {"mode": mode, "pads": list(both), "value": 1.5}, 2, spare=spare)
            continue
        yield Case("Pad", ("x", whole(*both)), {"mode": mode}, opset, spare=spare)
        if opset >= 18:
            for axes in ((0, 1, 2, 3), (3, 2, 1, 0), (2, 3), (-2, 1), (1, 2, 0, 3), (2,)):
                where = [a % 4 for a in axes].index(2)
                front = [0] * len(axes)
                back = list(front)
                front[where], back[where] = begin, end
                if 1 in axes:
                    front[axes.index(1)] = 1
                yield Case("Pad", ("x", whole(*front, *back), "", whole(*axes)), {"mode": mode}, opset, spare=spare)
    yield Case("Pad", ("x", whole(0, 0, 1, 0, 0, 0, 1, 0), real(3.0)[0:1].reshape(())), {}, 13, spare=0)


def crops() -> Iterator[Case]:
    for start, end, step in product((0, 3, -4, -20, 20), (9, 7, -1, 100), (1, 2, 3)):
        rows = len(range(*slice(start, end, step).indices(9)))
        if rows:
            yield Case("Slice", ("x", whole(start), whole(end), whole(2), whole(step)), opset=13, spare=0)
    for opset, axes in product((10, 11, 13), ((2, 3), (3, 2), (-1, -2), (1, 2))):
        by = {2: (2, 8), 3: (1, 4), 1: (0, 3)}
        starts, ends = zip(*(by[a % 4] for a in axes), strict=True)
        yield Case("Slice", ("x", whole(*starts), whole(*ends), whole(*axes)), opset=opset, spare=0)
        yield Case(
            "Slice", ("x",), {"starts": list(starts), "ends": list(ends), "axes": list(axes)}, 1, spare=0,
            refused=list(axes) != sorted(axes) or min(axes) < 0,
        )  # fmt: skip
    yield Case("Slice", ("x", whole(0, 0, 2), whole(1, 2, 7)), spare=0)
    yield Case("Slice", ("x", whole(8), whole(-20), whole(2), whole(-2)))
    yield Case("Slice", ("x", whole(2), whole(-20), whole(3), whole(-1)))
    yield Case("Slice", ("x", whole(2), whole(8), whole(1)), shape=SEQUENCE, spare=0)
    for opset in (2, 11, 13, 18):
        for axis, sizes in ((1, (1, 3)), (2, (4, 5)), (3, (2, 3)), (-3, (2, 2))):
            spare = None if axis == 2 else 0
            if opset < 13:
                yield Case("Split", ("x",), {"axis": axis, "split": list(sizes)}, opset, outputs=2, spare=spare)
            else:
                yield Case("Split", ("x", whole(*sizes)), {"axis": axis}, opset, outputs=2, spare=spare)
    yield Case("Split", ("x",), {"axis": 1, "num_outputs": 2}, 18, outputs=2, spare=0)
    yield Case("Split", ("x",), {"num_outputs": 2}, 18, outputs=2, shape=MATRIX)


def joins() -> Iterator[Case]:
    forms: tuple[tuple[str, ...], ...] = (
        ("x", "c"), ("c", "x"), ("a", "c", "b"), ("c", "a", "c", "b", "c"), ("a", "b"), ("x", "x"),
        ("a", "x", "b", "c"), ("x", "c", "x"), ("a", "m"), ("m", "a"), ("m", "c", "a", "c"), ("c", "x", "c"),
    )  # fmt: skip
    for shape, axis, opset, form in product((IMAGE, SEQUENCE, MATRIX), (0, 1, 2, -1, -2), (8, 13), forms):
        if axis < 0 and opset < 11:
            continue
        rows = {4: 2, 3: 1, 2: 0}[len(shape)]
        if not -len(shape) <= axis < len(shape):
            continue
        if "m" in form and axis % len(shape) != rows:
            continue
        for length in (1, 2):
            other = list(shape)
            if axis % len(shape) == rows:
                other[rows] = length
            arguments = tuple(random(*other) + i if name == "c" else name for i, name in enumerate(form))
            spare = 0 if "m" not in form and ("x" not in form or form.count("x") == 1) else None
            yield Case("Concat", arguments, {"axis": axis}, opset, shape, spare=spare)
            if "c" not in form:
                break


def products() -> Iterator[Case]:
    for opset in (7, 9, 11, 13):
        for ta, tb in product((0, 1), repeat=2):
            options = {"transA": ta, "transB": tb, "alpha": 0.5, "beta": 0.25}
            constant = random(9 if ta else 6, 7) if not tb else random(7, 9 if ta else 6)
            for extra in ((), (random(7),), (random(1, 7),), (random(6 if ta else 9, 1),), (random(1, 1),)):
                if opset < 11 and not extra:
                    continue
                spare = 0 if not ta else None
                yield Case("Gemm", ("x", constant, *extra), options, opset, MATRIX, spare=spare)
            left = random(8, 9) if not ta else random(9, 8)
            yield Case("Gemm", (left, "x" if not tb else "t", random(1)), options, opset, MATRIX)
            yield Case("Gemm", ("x" if not ta else "t", "t" if not tb else "x", random(1)), options, opset, MATRIX)
            # Constant factors, and the activation is what is added.
            yield Case(
                "Gemm", (random(*((9, 4), (4, 9))[ta]), random(*((4, 6), (6, 4))[tb]), "x"), options, opset, MATRIX
            )
            yield Case("Gemm", (random(9, 9), random(*((9, 6), (6, 9))[tb]), "x"), options, opset, MATRIX)
            yield Case("Gemm", (random(9, 9), "a", "b"), {"alpha": 0.5}, opset, (9, 9))
            yield Case("Gemm", ("a", random(9, 9), "b"), {"transA": ta, "transB": tb}, opset, (9, 9))
            yield Case("Gemm", ("x", random(9, 9), "t"), {"transA": ta, "transB": tb}, opset, (9, 9))
            yield Case("Gemm", ("x", random(9, 9), "x"), {"transA": ta, "transB": tb}, opset, (9, 9))
        for shape in (MATRIX, SEQUENCE, IMAGE):
            rows, inner = shape[-2:]
            yield Case("MatMul", ("x", random(inner, 7)), {}, opset, shape, spare=0)
            yield Case("MatMul", (random(7, rows), "x"), {}, opset, shape)
            yield Case("MatMul", (random(rows, rows), "x"), {}, opset, shape)
            yield Case("MatMul", ("a", "t"), {}, opset, shape)
            yield Case("MatMul", ("t", "a"), {}, opset, shape)
            yield Case("MatMul", ("x", random(inner)), {}, opset, shape)
            yield Case("MatMul", (random(rows), "x"), {}, opset, shape)
        yield Case("MatMul", ("x", random(9, 9)), {}, opset, (9, 9), spare=0)
        yield Case("MatMul", ("x", random(9, 9)), {}, opset, (2, 9, 9), spare=0)
        yield Case("MatMul", (random(9, 9), "x"), {}, opset, (2, 9, 9))
        if opset >= 11:
            yield Case("Gemm", ("x", random(9, 9)), {"transB": opset % 2}, opset, (9, 9), spare=0)
            yield Case("Gemm", (random(9, 9), "x"), {"transB": opset % 2}, opset, (9, 9))
        for left, right in (("x", random(9, 9)), (random(9, 9), "x"), ("x", "x"), ("x", "t"), ("t", "x"), ("a", "b")):
            yield Case("MatMul", (left, right), {}, opset, (9, 9))
        yield Case("MatMul", ("x", random(3, 1, 6, 7)), {}, opset, SEQUENCE)
        yield Case("MatMul", ("x", random(2, 6, 7)), {}, opset, SEQUENCE, spare=0)
        yield Case("MatMul", (random(2, 4, 9), "x"), {}, opset, SEQUENCE)
    for equation in ("bij,bjk->bik", "bij,bjk->bki"):
        yield Case("Einsum", ("x", random(2, 6, 7)), {"equation": equation}, 13, SEQUENCE)
    yield Case("Einsum", ("x",), {"equation": "bij->bji"}, 13, SEQUENCE)


def elementwise() -> Iterator[Case]:
    plain = {
        "Relu": {}, "LeakyRelu": {"alpha": 0.1}, "Elu": {"alpha": 0.7}, "Selu": {"alpha": 1.1, "gamma": 0.9},
        "Celu": {"alpha": 0.8}, "Sigmoid": {}, "HardSigmoid": {"alpha": 0.01, "beta": 0.5}, "HardSwish": {}, "Tanh": {},
        "Erf": {}, "Exp": {}, "Log": {}, "Sqrt": {}, "Reciprocal": {}, "Neg": {}, "Abs": {}, "Softplus": {},
        "Softsign": {}, "Identity": {}, "Dropout": {}, "Floor": {}, "Ceil": {}, "Round": {}, "Sign": {},
    }  # fmt: skip
    for op, attributes in plain.items():
        for shape in (IMAGE, SEQUENCE, MATRIX):
            yield Case(op, ("x",), attributes, 17, shape, spare=1 if op in ("Tanh", "Erf", "Sign", "Sigmoid") else 0)
    for op, attributes in (("Mish", {}), ("Gelu", {}), ("Gelu", {"approximate": "tanh"}), ("Swish", {"alpha": 0.5})):
        yield Case(op, ("x",), attributes, 24 if op == "Swish" else 20, spare=1)
    yield Case("Dropout", ("x",), {"ratio": 0.3}, 10, outputs=2)
    ratio = real(0.5).reshape(())
    yield Case("Dropout", ("x", ratio, np.array(False)), {}, 13, spare=0)
    yield Case("Dropout", ("x", ratio, np.array(True)), {"seed": 3}, 13)
    yield Case("Dropout", ("x",), {"ratio": 0.3}, 7, spare=0)
    yield Case("Dropout", ("x", ratio), {"seed": 1}, 13, spare=0)
    yield Case("Clip", ("x",), {"min": -1.0, "max": 1.0}, 6)
    yield Case("Clip", ("x", real(-1).reshape(()), real(60).reshape(())), {}, 13, spare=0)
    yield Case("Clip", ("x", "", real(1).reshape(())), {}, 13, spare=0)
    yield Case("Cast", ("x",), {"to": 11}, 13, spare=0)
    yield Case("Cast", ("x",), {"to": 10}, 9, spare=0)
    yield Case("Cast", ("x",), {"to": 17, "saturate": 0}, 19)
    for op in ("Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Sum", "Mean", "Less", "Greater", "Equal", "PRelu"):
        for shape, opset in zip((IMAGE, SEQUENCE, MATRIX, IMAGE), (8, 13, 8, 13), strict=True):
            rows = {4: 2, 3: 1, 2: 0}[len(shape)]
            single = list(shape)
            single[rows] = 1
            others: list[Any] = [
                random(1), random(shape[-1]), random(*shape), random(*single), random(3, *shape), "b", "x", "m",
            ]  # fmt: skip
            if op in ("Less", "Greater", "Equal", "Pow", "Div"):
                others = [random(1), random(*shape), "b", "m"]
            if op == "Equal" and opset < 11:
                continue
            for other in others:
                wide = isinstance(other, np.ndarray) and other.ndim > len(shape)
                name = other if isinstance(other, str) else ""
                hidden = 1 if op in ("Less", "Greater", "Equal", "Pow", "Max", "Min", "PRelu") or name else 0
                spare = None if name == "m" or (op == "PRelu" and name) else hidden
                yield Case(op, ("a", other), {}, opset, shape, refused=op == "PRelu" and wide, spare=spare)
                if op != "PRelu" or isinstance(other, str):
                    yield Case(op, (other, "a"), {}, opset, shape, refused=op == "PRelu" and name == "m")
    yield Case("Add", ("x", random(9)), {"axis": 2, "broadcast": 1}, 1, refused=True)
    yield Case("Mul", ("x", random(5)), {"broadcast": 1}, 1, refused=True)
    # One row, spread over as many as the constant has.
    for op in ("Add", "Mul", "Max", "Where"):
        condition = (np.arange(9).reshape(1, 1, 9, 1) % 2 == 0,) if op == "Where" else ()
        yield Case(op, (*condition, "m", random(1, 4, 9, 5)), {}, 13)
        yield Case(op, (*condition, "x", "m"), {}, 13)
    for shape in (IMAGE, MATRIX):
        condition = np.random.default_rng(1).random(shape) < 0.5
        yield Case("Where", (condition, "x", random(1)), {}, 16, shape, spare=1)
        yield Case("Where", (condition, "a", "b"), {}, 9, shape, spare=0)
    yield Case("Add", ("x", "t"), {}, 13, (9, 9))
    yield Case("Sub", ("x", "t"), {}, 13, (1, 2, 9, 9))
    yield Case("Not", ("x",), {}, 13, dtype=9, spare=0)
    yield Case("And", ("x", np.ones(5, bool)), {}, 13, dtype=9, spare=0)
    yield Case("Or", (np.zeros((9, 5), bool), "x"), {}, 13, dtype=9, spare=0)


def norms() -> Iterator[Case]:
    for opset in (7, 9, 14, 15):
        four = (random(4), random(4), random(4), positive(4))
        yield Case("BatchNormalization", ("x", *four), {"epsilon": 1e-3, "momentum": 0.8}, opset, spare=0)
        six = (random(6), random(6), random(6), positive(6))
        yield Case("BatchNormalization", ("x", *six), {}, opset, MATRIX, spare=0)
        nine = (random(9), random(9), random(9), positive(9))
        yield Case("BatchNormalization", ("x", *nine), {}, opset, SEQUENCE, spare=0)
        if opset >= 14:
            yield Case("BatchNormalization", ("x", *four), {"training_mode": 1}, opset, outputs=3)
    yield Case("BatchNormalization", ("x", *(positive(4, 9, 5) for _ in range(4))), {"spatial": 0}, 7)
    for size in (1, 3, 5):
        yield Case("LRN", ("x",), {"size": size, "alpha": 0.5, "beta": 0.6, "bias": 1.5}, 13, spare=0)
    for shape in (IMAGE, SEQUENCE, MATRIX):
        rows = {4: 2, 3: 1, 2: 0}[len(shape)]
        for axis in range(-len(shape), len(shape)):
            behind = shape[axis % len(shape) :]
            local = 0 if axis % len(shape) > rows else None
            attributes = {"axis": axis, "epsilon": 1e-4, "stash_type": 1}
            yield Case(
                "LayerNormalization", ("x", random(*behind), random(*behind)), attributes, 17, shape, spare=local
            )
            yield Case("RMSNormalization", ("x", random(*behind)), attributes, 23, shape, spare=local)
            for opset in (9, 11, 13):
                for op in ("Softmax", "LogSoftmax", "Hardmax"):
                    yield Case(op, ("x",), {"axis": axis}, opset, shape)
            yield Case("LpNormalization", ("x",), {"axis": axis, "p": 2}, 9, shape)
            yield Case("CumSum", ("x", np.array(axis, np.int64)), {"exclusive": axis % 2}, 14, shape)
            if shape[axis] > 1:
                yield Case("TopK", ("x", whole(2)), {"axis": axis}, 11, shape, outputs=2)
                yield Case("Gather", ("x", whole(1, 0)), {"axis": axis}, 13, shape)
            for op in ("ArgMax", "ReduceSum", "ReduceMean", "ReduceMax", "ReduceL2", "ReduceLogSumExp"):
                if op == "ArgMax":
                    yield Case(op, ("x",), {"axis": axis, "keepdims": axis % 2}, 13, shape)
                elif op == "ReduceSum":
                    yield Case(op, ("x", whole(axis)), {"keepdims": axis % 2}, 13, shape)
                else:
                    yield Case(op, ("x",), {"axes": [axis], "keepdims": axis % 2}, 13, shape)
    yield Case("LayerNormalization", ("x", "m"), {"axis": -1}, 17, MATRIX)
    yield Case("LayerNormalization", ("x", random(6)), {}, 17, MATRIX, outputs=3, spare=0)
    yield Case("Softmax", ("x",), {}, 11, MATRIX)
    yield Case("Softmax", ("x",), {}, 13, IMAGE)
    yield Case("InstanceNormalization", ("x", random(4), random(4)))
    yield Case("GroupNormalization", ("x", random(4), random(4)), {"num_groups": 2}, 21)


def forms() -> Iterator[Case]:
    for target in (
        (1, 4, 9, 5),
        (4, 9, 5),
        (4, 1, 9, 5),
        (1, 36, 5),
        (1, 4, 45),
        (9, 20),
        (2, 2, 9, 5),
        (1, 4, 5, 9),
        (180,),
    ):
        yield Case("Reshape", ("x", whole(*target)), {}, 13)
    for target in ((2, 2, 9, 5), (1, 2, 2, 9, 5), (4, 9, 5)):
        yield Case("Reshape", ("x", whole(*target)), {"allowzero": 1}, 14, spare=0)
        yield Case("Reshape", ("x",), {"shape": list(target)}, 1, refused=True)
    for axis in (0, 1, 2, 3, -1):
        yield Case("Flatten", ("x",), {"axis": axis}, 13)
        yield Case("Flatten", ("x",), {"axis": axis % 4}, 9)
    yield Case("Flatten", ("x",), {"axis": 1}, 13, MATRIX, spare=0)
    yield Case("Squeeze", ("x", whole(0)), {}, 13, spare=0)
    yield Case("Squeeze", ("x",), {"axes": [0]}, 11, spare=0)
    yield Case("Squeeze", ("x",), {}, 11)
    for axes in ((0,), (2,), (3,), (4,), (-1,), (0, 3)):
        yield Case("Unsqueeze", ("x", whole(*axes)), {}, 13)
    yield Case("Unsqueeze", ("x",), {"axes": [0]}, 11, spare=0)
    for perm in ((0, 1, 3, 2), (2, 0, 1, 3), (0, 2, 3, 1), (3, 2, 1, 0)):
        yield Case("Transpose", ("x",), {"perm": list(perm)}, 13, spare=0)
    yield Case("Transpose", ("x",), {}, 13, SEQUENCE, spare=0)
    yield Case("Expand", ("x", whole(3, 4, 9, 5)), {}, 13)
    yield Case("Expand", ("m", whole(1, 4, 9, 5)), {}, 13)
    yield Case("Tile", ("x", whole(1, 1, 2, 1)), {}, 13)
    yield Case("Tile", ("x", whole(1, 2, 1, 1)), {}, 13)
    for mode in ("DCR", "CRD"):
        yield Case("DepthToSpace", ("x",), {"blocksize": 2, "mode": mode}, 13)
    yield Case("SpaceToDepth", ("x",), {"blocksize": 2}, 13, shape=(1, 2, 8, 4))
    yield Case("Trilu", ("x",), {"upper": 0}, 14)
    yield Case("ReverseSequence", ("x", whole(9, 9)), {"time_axis": 1, "batch_axis": 0}, 10, SEQUENCE)
    yield Case("Gather", (random(200, 3), "x"), {}, 13, MATRIX, dtype=7)
    yield Case("ScatterND", ("x", whole(0, 3).reshape(1, 2), random(1, 6)), {}, 16, SEQUENCE)
    yield Case("GridSample", ("x", random(1, 9, 5, 2)), {}, 16)
    for op, gates in (("LSTM", 4), ("GRU", 3), ("RNN", 1)):
        for direction in ("forward", "reverse"):
            weights = (random(1, gates * 3, 6), random(1, gates * 3, 3))
            yield Case(op, ("x", *weights), {"hidden_size": 3, "direction": direction}, 14, SEQUENCE)
    eighth = np.array(0.125, np.float32)
    for opset in (10, 13, 19):
        yield Case("QuantizeLinear", ("x", np.array(1, np.float32), np.array(128, np.uint8)), {}, opset, spare=0)
        yield Case("DequantizeLinear", ("x", eighth, np.array(128, np.uint8)), {}, opset, dtype=2, spare=0)
    for axis in (1, 2, 3, -1):
        scale = positive(IMAGE[axis]) * 4
        yield Case("QuantizeLinear", ("x", scale, np.zeros(IMAGE[axis], np.int8)), {"axis": axis}, 13, spare=0)
        yield Case("DequantizeLinear", ("x", scale), {"axis": axis}, 13, dtype=2, spare=0)
    blocks = positive(1, 4, 3, 5) * 4
    yield Case("QuantizeLinear", ("x", blocks), {"axis": 2, "block_size": 3, "output_dtype": 3}, 21, spare=0)
    yield Case(
        "QuantizeLinear", ("x", blocks), {"axis": 2, "block_size": 3, "output_dtype": 3, "precision": 1}, 23, spare=0
    )
    yield Case("QuantizeLinear", ("x", real(1).reshape(()), np.zeros((), np.int8)), {"saturate": 1}, 19, spare=0)
    yield Case("DequantizeLinear", ("x", blocks), {"axis": 2, "block_size": 3, "output_dtype": 1}, 23, dtype=2, spare=0)
    yield Case("DynamicQuantizeLinear", ("x",), {}, 11, outputs=3)


def pairs() -> Iterator[Case]:
    """Operators on two activations that have nothing to do with each other."""
    for opset in (8, 13):
        for shape in ((1, 4, 18, 5), (2, 18, 6), (18, 6)):
            rows = {4: 2, 3: 1, 2: 0}[len(shape)]
            one = list(shape)
            one[rows] = 1
            for op in ("Add", "Sub", "Mul", "Div", "Min", "Max", "Sum", "Mean", "Less", "Pow"):
                if op != "Less" or opset > 8:
                    yield Case(op, ("p", "q"), {}, opset, shape, spare=1)
            for op in ("Sum", "Mean", "Max"):
                yield Case(op, ("p", random(*one), "q"), {}, opset, shape, spare=1)
            yield Case("Concat", ("q", "p"), {"axis": rows}, opset, shape, spare=0)
            yield Case(
                "Concat", (random(*one), "q", random(*one), random(*one), "p"), {"axis": rows}, opset, shape, spare=0
            )
            yield Case("Concat", ("q", "p"), {"axis": len(shape) - 1}, opset, shape, spare=1)
            yield Case("PRelu", ("p", "q"), {}, opset, shape)
            if opset > 8:
                half = list(shape)
                half[rows] //= 2
                yield Case("Where", (np.arange(half[-1]) % 2 == 0, "p", "q"), {}, opset, shape, spare=1)
        third = (random(1),) if opset < 11 else ()
        for shape in ((12, 6), (18, 9)):
            rows = shape[0] // 2
            yield Case("Gemm", (random(rows, rows), "p", "q"), {}, opset, shape)
            yield Case("Gemm", (random(rows, rows), "p", "q"), {"transA": 1}, opset, shape)
            yield Case("Gemm", ("p", random(shape[1], shape[1]), "q"), {}, opset, shape)
            yield Case("Gemm", ("p", random(shape[1], shape[1]), "q"), {"transB": 1, "beta": 0.5}, opset, shape)
            yield Case("Gemm", ("p", "q", *third), {"transB": 1}, opset, shape)
            yield Case("Gemm", ("p", "q", *third), {"transA": 1}, opset, shape)
            if rows == shape[1]:
                yield Case("Gemm", ("p", "q", *third), {}, opset, shape)
                yield Case("Gemm", ("p", random(rows, rows), "q"), {"transA": 1}, opset, shape)
                yield Case("MatMul", ("p", "q"), {}, opset, shape)
                yield Case("MatMul", ("q", "p"), {}, opset, shape)
        yield Case("MatMul", ("p", "q"), {}, opset, (2, 12, 6))
        yield Case("MatMul", ("p", "q"), {}, opset, (2, 3, 12, 6))
    yield Case("LayerNormalization", ("p", "q"), {"axis": 0}, 17, (12, 6))
    yield Case("Conv", ("p", "q"), {"pads": [1, 1, 1, 1]}, 13, (4, 4, 6, 3))
    yield Case("ConvTranspose", ("p", "q"), {}, 13, (4, 4, 6, 3))


def more_elementwise() -> Iterator[Case]:
    for op in ("Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh", "IsNaN"):
        yield Case(op, ("x",), {}, 13, spare=1)
    yield Case("IsInf", ("x",), {"detect_negative": 0, "detect_positive": 1}, 10, spare=1)
    yield Case("ThresholdedRelu", ("x",), {"alpha": 0.5}, 10, spare=1)
    yield Case("Shrink", ("x",), {"bias": 0.1, "lambd": 0.3}, 9, spare=1)
    yield Case("CastLike", ("x", np.array(0, np.float64)), {}, 15, spare=0)
    for op in ("LessOrEqual", "GreaterOrEqual"):
        yield Case(op, ("x", random(5)), {}, 16, spare=1)
    yield Case("Xor", ("x", np.ones(5, bool)), {}, 7, dtype=9, spare=0)
    yield Case("Mod", ("x", real(3)), {"fmod": 1}, 13, spare=1)
    yield Case("BitShift", ("x", np.array([1], np.uint8)), {"direction": "LEFT"}, 11, dtype=2, spare=1)
    yield Case("BitwiseNot", ("x",), {}, 18, dtype=6, spare=0)
    for op in ("BitwiseAnd", "BitwiseOr", "BitwiseXor"):
        yield Case(op, ("x", np.arange(5, dtype=np.int32) + 512), {}, 18, dtype=6, spare=1)
    for upper in (0, 1):
        yield Case("Trilu", ("x",), {"upper": upper}, 14, spare=1)
        yield Case("Trilu", ("x", np.array(2)), {"upper": upper}, 14, SEQUENCE, spare=1)


def normalisations() -> Iterator[Case]:
    for shape in (IMAGE, SEQUENCE, MATRIX):
        rows, rank = {4: 2, 3: 1, 2: 0}[len(shape)], len(shape)
        for axis in range(-rank, rank):
            other = axis % rank != rows
            keeps = 1 if other else None
            for op, opset in (("Softmax", 13), ("LogSoftmax", 13), ("Hardmax", 13)):
                yield Case(op, ("x",), {"axis": axis}, opset, shape, spare=1 if other else None)
            for op in ("Softmax", "LogSoftmax", "Hardmax"):
                yield Case(op, ("x",), {"axis": axis % rank}, 9, shape, spare=1 if axis % rank > rows else None)
            yield Case("LpNormalization", ("x",), {"axis": axis, "p": 1 + axis % 2}, 9, shape, spare=keeps)
            for exclusive, reverse in product((0, 1), repeat=2):
                options = {"exclusive": exclusive, "reverse": reverse}
                yield Case("CumSum", ("x", np.array(axis)), options, 14, shape, spare=keeps)
            if shape[axis] > 2:
                yield Case("TopK", ("x",), {"axis": axis, "k": 2}, 7, shape, outputs=2, spare=keeps)
                more = {"axis": axis, "largest": 0, "sorted": 1}
                yield Case("TopK", ("x", whole(2)), more, 11, shape, outputs=2, spare=keeps)
                yield Case("Gather", ("x", whole(2, 0, 1, 1)), {"axis": axis}, 13, shape, spare=keeps)
                yield Case("Gather", ("x", np.array(1)), {"axis": axis}, 13, shape, spare=keeps)
                yield Case("Gather", ("x", np.array([[0, 2], [1, 1]])), {"axis": axis}, 11, shape, spare=keeps)
            index = np.zeros(shape, np.int64)
            yield Case("GatherElements", ("x", index), {"axis": axis}, 13, shape, spare=keeps)
            for op in ("ArgMax", "ArgMin"):
                for kept in (0, 1):
                    told = {"axis": axis, "keepdims": kept, "select_last_index": kept}
                    yield Case(op, ("x",), told, 13, shape, spare=2 if other else None)
            for op, kept in product(
                ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
                 "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"), (0, 1),
            ):  # fmt: skip
                yield Case(op, ("x",), {"axes": [axis], "keepdims": kept}, 11, shape, spare=keeps)
                told = {"keepdims": kept, "noop_with_empty_axes": kept}
                yield Case(op, ("x", whole(axis)), told, 18, shape, spare=keeps)
    yield Case("ReduceMean", ("x",), {"axes": [1, 3], "keepdims": 1}, 13, spare=0)
    yield Case("ReduceMean", ("x",), {"axes": [3, 1], "keepdims": 0}, 13, spare=0)
    yield Case("ReduceSum", ("x",), {"noop_with_empty_axes": 1}, 13)
    yield Case("ReduceSum", ("x", whole(1)), {"noop_with_empty_axes": 1}, 13, spare=0)
    yield Case("ReduceSum", ("x",), {}, 13)
    # Statistics of channels and of images: rows are one of those, or none.
    yield Case("InstanceNormalization", ("x", random(9), random(9)), {"epsilon": 1e-3}, 6, SEQUENCE, spare=0)
    yield Case(
        "GroupNormalization",
        ("x", random(4), random(4)),
        {"num_groups": 2, "epsilon": 1e-3, "stash_type": 1},
        21,
        (9, 4),
        spare=0,
    )
    yield Case("MeanVarianceNormalization", ("x",), {"axes": [0, 1, 3]}, 13)
    for op in ("GlobalAveragePool", "GlobalMaxPool"):
        yield Case(op, ("x",), {}, 1, SEQUENCE, spare=1)
    yield Case("GlobalLpPool", ("x",), {"p": 2}, 2, SEQUENCE, spare=0)


def arrangements() -> Iterator[Case]:
    """Blocks: rows that become parts of a dimension, or several one group of another."""
    for target in (
        (1, 3, 3, 4, 5),
        (1, 9, 20),
        (1, 180),
        (9, 20),
        (3, 3, 20),
        (1, 3, 60),
        (180,),
        (1, 36, 5),
        (1, 1, 9, 20),
    ):
        yield Case("Reshape", ("x", whole(*target)), {}, 13, (1, 9, 20), spare=0)
    for target in ((2, 3, 3, 20), (6, 3, 20), (18, 20), (2, 180), (360,), (6, 60), (18, 4, 5), (90, 4)):
        yield Case("Reshape", ("x", whole(*target)), {}, 13, (2, 9, 20), spare=0)
    for shape, target in (
        ((1, 4, 6, 5), (1, 4, 30)), ((1, 4, 6, 5), (4, 2, 3, 5)), ((1, 4, 6, 5), (1, 2, 2, 3, 2, 5)),
        ((1, 1, 6, 4), (24, 1)), ((1, 1, 6, 4), (2, 12)), ((1, 1, 6, 4), (4, 6)), ((1, 1, 6, 4), (8, 3)),
        ((1, 1, 6, 4), (3, 8)),
    ):  # fmt: skip
        yield Case("Reshape", ("x", whole(*target)), {}, 13, shape, spare=2)
    yield Case("Flatten", ("x",), {"axis": 2}, 13, (1, 9, 20), spare=0)
    for target, behind in (((1, 4, 9, 5), 0), ((3, 4, 9, 5), 0), ((2, 1, 4, 9, 5), 0)):
        yield Case("Expand", ("x", whole(*target)), {}, 13, spare=behind)
    yield Case("Expand", ("x", whole(9, 6)), {}, 8, MATRIX, spare=0)
    for repeats in ((1, 2, 1, 1), (2, 1, 1, 3)):
        yield Case("Tile", ("x", whole(*repeats)), {}, 13, spare=0)
    for mode in ("DCR", "CRD"):
        yield Case("DepthToSpace", ("x",), {"blocksize": 2, "mode": mode}, 13, spare=0)
    yield Case("SpaceToDepth", ("x",), {"blocksize": 2}, 13, shape=(1, 2, 8, 4), spare=0)
    for group in (1, 4):
        weight = random(4, 4 // group, 3)
        for pads, stride, dilation in ((1, 1, 1), (0, 2, 1), (2, 1, 2)):
            told = {"pads": [pads, pads], "strides": [stride], "dilations": [dilation], "group": group}
            yield Case("Conv", ("t", weight), told, 13, (1, 9, 4), spare=dilation - 1 + (dilation > 1))
    yield Case("MaxPool", ("t",), {"kernel_shape": [3], "strides": [2]}, 12, (1, 9, 4), spare=0)
    yield Case("ConvTranspose", ("t", random(4, 2, 4)), {"strides": [2]}, 11, (1, 9, 4), spare=0)
    yield Case("Conv", ("x", random(3, 4, 2, 3)), {"pads": [0, 1, 0, 1]}, 13, spare=0)


def more_products() -> Iterator[Case]:
    for shape in ((1, 4, 9, 6), (2, 3, 9, 6)):
        yield Case("MatMul", ("x", random(6, 7)), {}, 13, shape, spare=0)
        yield Case("MatMul", ("x", random(shape[1], 6, 7)), {}, 13, shape, spare=0)
        yield Case("MatMul", ("x", random(1, 1, 6, 7)), {}, 13, shape, spare=0)
        yield Case("MatMul", ("x", random(6)), {}, 13, shape, spare=0)
        yield Case("MatMul", ("x", random(2, 1, 1, 6, 7)), {}, 13, shape, spare=0)
        yield Case("MatMul", ("x", "t"), {}, 13, shape)
        yield Case("MatMul", ("t", "x"), {}, 13, shape)
        yield Case("MatMul", ("t", random(9, 7)), {}, 13, shape)
        yield Case("MatMul", (random(7, 6), "t"), {}, 13, shape, spare=0)
    # Rows that are a batch of products: both factors row by row, or a constant that has them too.
    batch = (2, 5, 3, 3)
    yield Case("MatMul", ("t", random(6, 7)), {}, 13, (1, 9, 6, 3))
    for left, right in (("a", "b"), ("x", random(1, 3, 3)), (random(4, 3), "x"), (random(5, 4, 3), "x")):
        yield Case("MatMul", (left, right), {}, 13, (5, 3, 3), spare=None)
        yield Case("MatMul", (left, right), {}, 13, batch, spare=None)
    zero = np.array(3, np.uint8)
    eight = np.random.default_rng(3).integers(0, 250, (6, 7)).astype(np.uint8)
    yield Case("MatMulInteger", ("x", eight), {}, 10, MATRIX, dtype=2, spare=0)
    yield Case("MatMulInteger", ("x", eight, zero, zero), {}, 10, SEQUENCE, dtype=2, spare=0)
    scale, coarse = real(0.1).reshape(()), real(50).reshape(())
    yield Case("QLinearMatMul", ("x", scale, zero, eight, scale, zero, coarse, zero), {}, 10, MATRIX, dtype=2, spare=1)
    yield Case(
        "QLinearMatMul", ("x", scale, zero, eight, scale, zero, coarse, zero), {}, 10, SEQUENCE, dtype=2, spare=1
    )
    kernel = np.random.default_rng(4).integers(0, 250, (3, 4, 3, 2)).astype(np.uint8)
    for pads in ([0, 0, 0, 0], [1, 1, 1, 0]):
        yield Case(
            "QLinearConv", ("x", scale, zero, kernel, scale, zero, coarse, zero), {"pads": pads}, 10, dtype=2, spare=1
        )
        yield Case("ConvInteger", ("x", kernel, zero, zero), {"pads": pads}, 10, dtype=2, spare=0)
    for equation in ("bij,bjk->bik", "bij,bjk->bki", "bij,bjk->ib"):
        yield Case("Einsum", ("x", random(2, 6, 7)), {"equation": equation}, 13, SEQUENCE, spare=0)
    yield Case("Einsum", ("x", random(2, 6, 7)), {"equation": "bij,bjk->bk"}, 13, SEQUENCE)
    yield Case("Einsum", ("x",), {"equation": "bij->bji"}, 13, SEQUENCE, spare=0)
    yield Case("Einsum", ("x", "x"), {"equation": "bij,bkj->bik"}, 13, SEQUENCE)
    yield Case("Einsum", ("x", "x"), {"equation": "bij,bij->bi"}, 13, SEQUENCE, spare=0)
    yield Case("Einsum", ("x",), {"equation": "ii->i"}, 13, (9, 9))
    yield Case("Einsum", ("x", random(6, 7)), {"equation": "ij,jk"}, 13, MATRIX, spare=0)


KINDS = {
    "convolutions": convolutions, "pools": pools, "transposed": transposed, "resizes": resizes, "pads": pads,
    "crops": crops, "joins": joins, "products": products, "elementwise": elementwise, "norms": norms, "forms": forms,
    "pairs": pairs, "more elementwise": more_elementwise, "normalisations": normalisations,
    "arrangements": arrangements, "more products": more_products,
}  # fmt: skip


def cases(kinds: Sequence[str] = tuple(KINDS)) -> Iterator[Case]:
    for kind in kinds:
        yield from KINDS[kind]()


def turned(case: Case, target: int) -> ModelProto | None:
    """The model of ``case`` behind a transposition that makes dimension ``target`` of what it sees the local one.

    None where that dimension is the local one already, or has a single entry.
    """
    from onnx import helper

    local = {4: 2, 3: 1, 2: 0}.get(len(case.shape))
    if local is None or local == target or case.shape[target] < 2:
        return None
    model = case.model()
    perm = list(range(len(case.shape)))
    perm[target], perm[local] = local, target
    for node in model.graph.node:
        for place, name in enumerate(node.input):
            if name == "x":
                node.input[place] = "turned"
    model.graph.node.insert(0, helper.make_node("Transpose", ["x"], ["turned"], perm=perm))
    shape = [case.shape[place] for place in perm]  # a swap is its own inverse
    model.graph.input[0].CopyFrom(helper.make_tensor_value_info("x", case.dtype, shape))
    return model
