"""``python -m wnpopt``, and the console script."""

from __future__ import annotations

import gc
import signal
import sys
import warnings
from types import FrameType

_INTERRUPTED = "wnpopt: interrupted before there was an answer"


def run() -> None:
    """The command line; Ctrl-C while it is still being imported is one line, too."""
    gc.disable()  # while modules are imported: they stay, so nothing of it is garbage
    # By default SIGTERM ends a process where it stands: temporary files, folders and children would be left behind.
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminated)
    try:
        from wnpopt.cli.streams import secure

        streams = secure()
        if sys.argv[1:2] == ["solve"] and not {"-h", "--help"} & set(sys.argv):
            from wnpopt.solving.early import begin

            begin()
        from wnpopt.cli.main import main
        from wnpopt.cli.terminal import show_warning

        warnings.showwarning = show_warning
        gc.enable()
        code = streams.exit_code(main(sys.argv[1:]))
    except (KeyboardInterrupt, ImportError) as error:
        # What is written in C makes an ImportError of Ctrl-C while it is imported.
        if not isinstance(error, KeyboardInterrupt) and not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        print(_INTERRUPTED, file=sys.stderr)
        code = 1
    for number in (signal.SIGINT, signal.SIGTERM):
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)  # the work is done: no traceback out of the end of the interpreter
    gc.disable()  # the process ends: nobody wants the memory back that a last look would find
    sys.exit(code)


def _terminated(_number: int, frame: FrameType | None) -> None:
    """SIGTERM as Ctrl-C: whoever holds files, folders or children lets go of them on the way out."""
    signal.default_int_handler(signal.SIGINT, frame)


if __name__ == "__main__":
    run()
