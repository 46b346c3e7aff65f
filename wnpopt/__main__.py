"""``python -m wnpopt``, and the console script."""

from __future__ import annotations

import sys
import warnings


def run() -> None:
    """The command line; Ctrl-C while it is still being imported is one line, too."""
    try:
        from wnpopt.cli.streams import secure

        streams = secure()
        if sys.argv[1:2] == ["solve"] and not {"-h", "--help"} & set(sys.argv):
            from wnpopt.solving.early import begin

            begin()
        from wnpopt.cli.main import main
        from wnpopt.cli.terminal import show_warning
    except KeyboardInterrupt:
        print("wnpopt: interrupted before there was an answer", file=sys.stderr)
        sys.exit(1)
    warnings.showwarning = show_warning
    sys.exit(streams.exit_code(main(sys.argv[1:])))


if __name__ == "__main__":
    run()
