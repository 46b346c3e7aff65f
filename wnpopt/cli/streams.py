"""The standard streams of the process, made such that writing to them never ends the work.

A daemon has no streams, a disk may be full, the reader of a pipe may go away: what cannot be written is dropped, and
what became of standard output decides the exit code when the work is done.
"""

from __future__ import annotations

import errno
import io
import os
import select
import signal
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def secure() -> Streams:
    """Put safe streams into :mod:`sys`; where one was closed, it is the null device.

    Descriptors 0 to 2 are open afterwards: else the next file to be opened would get one of them, and what a native
    library prints would end up inside it.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest number that is free, which is this one.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 -- it lasts as long as the process
    output, error = _Descriptor(1, "wb", closefd=False), _Descriptor(2, "wb", closefd=False)
    sys.stdout = _text(output, sys.stdout, by_line=output.isatty())
    sys.stderr = _text(error, sys.stderr, by_line=True)
    return Streams(output)


class Streams:
    """What became of standard output."""

    def __init__(self, output: _Descriptor) -> None:
        self._output = output

    def exit_code(self, code: int) -> int:
        """``code``, unless standard output could not be written: 141 if its reader has gone, else 3 and a line."""
        sys.stdout.flush()
        failure = self._output.failure
        if failure is None:
            return code
        if failure.errno == errno.EPIPE:
            return 128 + signal.SIGPIPE  # what a shell shows of `wnpopt list | head -1`
        print(f"wnpopt: standard output cannot be written: {failure.strerror}", file=sys.stderr)
        return 3


class _Descriptor(io.FileIO):
    """A descriptor to write to; its first failure is kept, and what comes after it dropped."""

    failure: OSError | None = None

    def write(self, data: ReadableBuffer, /) -> int:
        left = memoryview(data).cast("B")
        size = len(left)
        try:
            while left and self.failure is None:
                count = super().write(left)
                if count is None:  # somebody made the pipe non-blocking
                    select.select([], [self], [])
                else:
                    left = left[count:]
        except OSError as error:
            self.failure = error
        return size


def _text(raw: _Descriptor, was: TextIO | None, *, by_line: bool) -> TextIO:
    """A text stream in the encoding of the one that ``was``; what that cannot express is shown as its escape."""
    encoding = "utf-8" if was is None or was.encoding is None else was.encoding
    if getattr(was, "write_through", False):  # python -u
        return io.TextIOWrapper(raw, encoding, errors="backslashreplace", write_through=True)
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, errors="backslashreplace", line_buffering=by_line)
