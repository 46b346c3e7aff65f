"""Data of tensors in files beside the model's: what reaches outside its folder, or is not there, is refused here."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from wnpopt.core.errors import InputError, reason
from wnpopt.domain.files.onnx.fold import NUMPY_TYPES, Value
from wnpopt.domain.files.onnx.types import dtype_name, extents
from wnpopt.domain.network.graph import Tensor

if TYPE_CHECKING:
    from onnx import TensorProto

MOST_TIMES = 4
"""How often the bytes of a file may be taken on average: tensors may share them, but not make a small file a large
network."""

FREE_BYTES = 64 << 20
"""What may be taken of a file whatever its size."""


def external_path(folder: Path, proto: TensorProto, where: str) -> Path:
    """The file that holds a tensor's data; raises :class:`InputError` unless it lies in the model's
    folder."""
    location = _entries(proto).get("location", "")
    pure = PurePosixPath(location)
    outside = (
        not location
        or not location.isprintable()
        or pure.is_absolute()
        or PureWindowsPath(location).is_absolute()
        or ".." in pure.parts
        or ".." in PureWindowsPath(location).parts
    )
    path = folder / pure
    if not outside:
        # Path.resolve raises on a loop of symbolic links.
        outside = not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
    if outside:
        raise InputError(
            f"the data of tensor {proto.name!r} lie in {location!r}; a file in the model's own folder is needed",
            where=where,
        )
    return path


def external_bytes(tensor: Tensor, path: Path, proto: TensorProto, where: str) -> bytes:
    """The data of ``tensor`` in the external file ``path``: as many bytes as its shape needs, whatever the file has."""
    entries = _entries(proto)
    offset, length = (_whole(tensor, entries, key, where) for key in ("offset", "length"))
    told = f"the data of tensor {tensor.name!r}, {tensor.bytes} bytes for {list(tensor.shape)} of {tensor.dtype},"
    if "length" in entries and length != tensor.bytes:
        raise InputError(f"{told} are {length} bytes by the file", where=where)
    try:
        size = path.stat().st_size
        if offset + tensor.bytes > size:
            raise InputError(f"{told} begin at {offset} of {path.name}, which has {size}", where=where)
        with path.open("rb") as stream:
            stream.seek(offset)
            raw = stream.read(tensor.bytes)
    except (OSError, MemoryError) as error:
        raise InputError(f"the data of tensor {tensor.name!r} cannot be read: {reason(error)}", where=where) from None
    if len(raw) != tensor.bytes:
        raise InputError(f"{told} end with {path.name} after {len(raw)}", where=where)
    return raw


def external_value(tensor: Tensor, path: Path, proto: TensorProto, where: str) -> Value | None:
    """The data of ``tensor`` in the external file ``path`` as an array; None of elements that NumPy does not have."""
    import numpy as np

    kind = NUMPY_TYPES.get(tensor.dtype)
    if kind is None:
        return None
    raw = external_bytes(tensor, path, proto, where)
    return np.frombuffer(raw, dtype=np.dtype(kind).newbyteorder("<")).reshape(tensor.shape).astype(kind)


@dataclass
class ExternalData:
    """Takes data into the tensors of a model in ``folder``; ``use`` is what needs them."""

    folder: Path
    use: str
    _taken: Counter[Path] = field(default_factory=Counter)

    def load(self, proto: TensorProto) -> None:
        """``proto`` with its data, if they lie in a file of their own.

        Raises :class:`InputError` where they cannot be had, and where tensors take the bytes of a file over and over.
        """
        from onnx import TensorProto

        if proto.data_location != TensorProto.EXTERNAL:
            return
        where = "graph.initializer"
        path = external_path(self.folder, proto, where)
        if not path.is_file():
            raise InputError(f"the data of tensor {proto.name!r} are not there; {self.use} needs them", where=path.name)
        tensor = Tensor.of(proto.name, extents(proto.dims, where), dtype_name(proto.data_type, where))
        self._taken[path] += tensor.bytes
        size = path.stat().st_size
        if self._taken[path] > FREE_BYTES + MOST_TIMES * size:
            raise InputError(
                f"tensors take its {size} bytes more than {MOST_TIMES} times, tensor {proto.name!r} the last",
                where=path.name,
            )
        proto.raw_data = external_bytes(tensor, path, proto, path.name)
        proto.ClearField("external_data")
        proto.data_location = TensorProto.DEFAULT


def _entries(proto: TensorProto) -> Mapping[str, str]:
    return {entry.key: entry.value for entry in proto.external_data}


def _whole(tensor: Tensor, entries: Mapping[str, str], key: str, where: str) -> int:
    text = entries.get(key, "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise InputError(
            f"the data of tensor {tensor.name!r} have the {key} {text!r}; a whole number is needed", where=where
        )
    return int(text)
