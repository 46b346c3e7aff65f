"""``python -m wnpopt``."""

from wnpopt.cli.main import run

if __name__ == "__main__":
    run()
