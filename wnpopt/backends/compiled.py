"""numba as a typed decorator: machine code that is kept on disk, and one machine code for each kind of arguments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar, cast, overload

from numba import config, types
from numba.core.registry import CPUDispatcher

from wnpopt.backends.deferred import defer
from wnpopt.backends.machine_code import MachineCode

P = ParamSpec("P")
R = TypeVar("R")

defer("scipy.linalg", "cython_blas")  # before numba loads the first machine code

kernels: list[Kernel] = []
"""All that were declared in this process."""


class Kernel(CPUDispatcher):  # type: ignore[misc]  # numba has no types
    """A function that numba compiles when it is called with types that are new.

    numba would compile it again for constants among the arguments, for a number that comes as an integer where it is
    declared as a float, and for an array that may be written where there is machine code for read-only ones. None of
    that changes what is computed, so they share one machine code here.
    """

    def __init__(self, function: Callable[..., object], *, targetoptions: dict[str, object], reads: str = "") -> None:
        super().__init__(function, targetoptions=targetoptions)
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        self._reads = frozenset(names.index(name) for name in reads.split())
        scalars = {"int": types.int64, "float": types.float64}
        self._scalars = [scalars.get(str(function.__annotations__.get(name))) for name in names]

    @property
    def sources(self) -> Path:
        """The folder of its source."""
        return Path(self.py_func.__code__.co_filename).parent

    def compile(self, sig: Any) -> Any:
        """numba's ``compile``: the machine code for a signature or argument types."""
        if isinstance(sig, tuple):
            shared = tuple(self._shared(at, kind) for at, kind in enumerate(sig))
            if shared != sig:
                self.typingctx.install_possible_conversions(sig, shared)
                entry = super().compile(shared)
                # Known under these types, too: else numba comes here again with every call, for a quarter of a
                # millisecond. The entry takes arrays apart alike, and makes a float of an integer.
                self._insert([kind._code for kind in sig], entry, False)
                return entry
        return super().compile(sig)

    def _shared(self, at: int, kind: Any) -> Any:
        """The type of which argument number ``at`` is taken to be when it is of type ``kind``."""
        kind = types.unliteral(kind)
        if isinstance(kind, types.Array):
            return kind.copy(readonly=True) if at in self._reads else kind
        if isinstance(kind, types.Integer):
            return self._scalars[at] or kind
        return kind


def processor() -> object:
    """What machine code is for: processor and features."""
    return CPUDispatcher.targetdescr.target_context.codegen().magic_tuple()


class Inner(Kernel):
    """A function that only other compiled functions call: without the part that takes Python's objects apart."""

    def __call__(self, *arguments: object) -> NoReturn:
        """Refuse: there is no code for it."""
        del arguments
        raise TypeError(f"{self.py_func.__name__} is called by compiled functions only")


@overload
def compiled(function: Callable[P, R], /) -> Callable[P, R]: ...


@overload
def compiled(*, reads: str = "", borrows: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


def compiled(
    function: Callable[P, R] | None = None, /, *, reads: str = "", borrows: bool = False
) -> Callable[P, R] | Callable[[Callable[P, R]], Callable[P, R]]:
    """``function`` compiled without the interpreter and its lock, the machine code cached on disk.

    ``reads`` names the arrays that it only reads, for functions that get instances' frozen arrays and others. One that
    ``borrows`` makes no arrays and does not count references to those it is given: numba counts by atomic operations,
    a few for every array of a tuple that a call is given, which may be half of a kernel's time.
    """
    if function is None:
        return lambda decorated: _kernel(decorated, Kernel, reads, borrows)
    return _kernel(function, Kernel, reads, borrows)


@overload
def inner(function: Callable[P, R], /) -> Callable[P, R]: ...


@overload
def inner(*, borrows: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


def inner(
    function: Callable[P, R] | None = None, /, *, borrows: bool = False
) -> Callable[P, R] | Callable[[Callable[P, R]], Callable[P, R]]:
    """``function`` compiled like :func:`compiled`, in less time, for compiled functions to call; not for Python."""
    if function is None:
        return lambda decorated: _kernel(decorated, Inner, "", borrows)
    return _kernel(function, Inner, "", borrows)


def _kernel(function: Callable[P, R], kind: type[Kernel], reads: str, borrows: bool) -> Callable[P, R]:
    if config.DISABLE_JIT:
        return function
    options: dict[str, object] = {"nopython": True, "nogil": True, "boundscheck": None, "no_cfunc_wrapper": True}
    if borrows:
        options["_nrt"] = False  # numba's runtime: memory, and who refers to it
    if kind is Inner:
        options["no_cpython_wrapper"] = True
    kernel = kind(function, targetoptions=options, reads=reads)
    kernel._cache = MachineCode(function)  # what enable_caching() does, with numba's own cache
    kernels.append(kernel)
    return cast(Callable[P, R], kernel)
