"""Machine code from the disk in a quarter of numba's time: what only compiling needs is made when something compiles.

numba's own way reads the bitcode of every function that it loads, which is for functions that are compiled later and
call this one; it asks LLVM for the names in it, one by one; and it imports the modules that every function which was
compiled into this one comes from.
"""

from __future__ import annotations

import io
import pickle
import sys
from typing import Any, cast

import llvmlite.binding as llvm  # type: ignore[import-untyped]
import numpy as np
from numba import types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompileResult
from numba.core.environment import Environment, _rebuild_env, lookup_environment
from numba.core.serialize import dumps
from numba.core.typing.typeof import typeof_impl
from numba.np.numpy_support import from_dtype, map_layout


def packed(result: Any) -> bytes:
    """A compile result as bytes for :func:`unpacked`."""
    (name, _, (machine_code, bitcode)), *rest = result._reduce()
    shared = result.library._get_module_for_linking()
    defined = [value.name for values in (shared.functions, shared.global_variables) for value in values
               if not value.is_declaration]  # fmt: skip
    return cast(bytes, dumps((name, machine_code, bitcode, sorted(defined), rest)))


def unpacked(content: bytes, target_context: Any) -> Any:
    """The compile result that :func:`packed` was given, ready to be called. Raises whatever other bytes lead to."""
    name, machine_code, bitcode, defined, rest = _Reader(io.BytesIO(content)).load()
    described, environment, signature, objectmode, lifted, annotation, on_load, environments = rest
    for initialise in on_load:
        initialise()
    library = _Library(target_context.codegen(), name, machine_code, bitcode, defined)
    entry_point = target_context.get_executable(library, described, environment)
    for other in environments:
        library.codegen.set_env(other.env_name, other)
    return CompileResult(
        typing_context=target_context.typing_context,
        target_context=target_context,
        entry_point=entry_point,
        typing_error=None,
        type_annotation=annotation,
        signature=signature,
        objectmode=objectmode,
        lifted=lifted,
        fndesc=described,
        library=library,
        call_helper=None,
        environment=environment,
        metadata=None,
        reload_init=on_load,
        referenced_envs=environments,
    )


class _Library(JITCodeLibrary):  # type: ignore[misc]  # numba has no types
    """The code of one function. Its bitcode is read when it is to be linked into another one."""

    def __init__(self, codegen: Any, name: str, machine_code: bytes, bitcode: bytes, defined: list[str]) -> None:
        self._bitcode, self._read = bitcode, None
        super().__init__(codegen, name)
        self.enable_object_caching()
        self._set_compiled_object(machine_code)
        self._finalize_final_module()
        codegen._engine._defined_symbols.update(defined)

    @property
    def _shared_module(self) -> Any:
        if self._read is None:
            self._read = llvm.parse_bitcode(self._bitcode)
        return self._read

    @_shared_module.setter
    def _shared_module(self, module: Any) -> None:
        self._read = module


class _Reader(pickle.Unpickler):
    """Reads what numba pickles, without importing numba's modules for the compiler."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == (_rebuild_env.__module__, _rebuild_env.__name__):
            return _environment
        return super().find_class(module, name)


def _environment(module: str, constants: Any, name: str) -> Any:
    """numba's environment of a function that was compiled into another one: code without the interpreter uses the
    constants alone, never the module.
    """
    if module in sys.modules or not module.startswith("numba."):
        return _rebuild_env(module, constants, name)
    known = lookup_environment(name)
    if known is not None:
        return known
    made = Environment({"__name__": module})
    made.consts[:] = constants
    made.env_name = name
    Environment._memo[name] = made
    return made


_type_of_array = typeof_impl.dispatch(np.ndarray)


@typeof_impl.register(np.ndarray)  # type: ignore[untyped-decorator]  # numba has no types
def _type_of_plain_array(value: Any, purpose: Any) -> Any:
    """numba's own answer, without importing ``numpy.ma`` to see that the array is not masked."""
    if type(value) is not np.ndarray or value.dtype.kind not in "biufc":
        return _type_of_array(value, purpose)
    layout = map_layout(value)
    return types.Array(from_dtype(value.dtype), value.ndim, layout, readonly=not value.flags.writeable)
