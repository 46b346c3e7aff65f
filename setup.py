"""What pyproject.toml cannot say: the benchmark library goes into wheels, and README's links lead to the repository."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REPOSITORY = PROJECT["urls"]["Repository"]


def absolute(text: str) -> str:
    """``text`` (Markdown) with links and pictures that lead to the repository at this version, wherever it is read."""
    at = f"{REPOSITORY.removesuffix('/')}/{{}}/v{PROJECT['version']}/"

    def leading(match: re.Match[str]) -> str:
        before, target, after = match.groups()
        picture = before.startswith(("!", "<img")) or target.endswith((".png", ".svg"))
        return f"{before}{at.format('raw' if picture else 'blob')}{target.removeprefix('./')}{after}"

    elsewhere = r"(?!(?:[a-z][a-z0-9+.-]*:|#|/))"  # no scheme, no anchor of this page
    text = re.sub(rf"(!?\[[^\]]*\]\(){elsewhere}([^)\s]+)(\)|\s)", leading, text)
    text = re.sub(rf"(\]\(){elsewhere}([^)\s]+)(\)|\s)", leading, text)  # around a picture
    text = re.sub(rf"""(<img\b[^>]*?\bsrc=["']){elsewhere}([^"']+)(["'])""", leading, text)
    return re.sub(rf"""(<a\b[^>]*?\bhref=["']){elsewhere}([^"']+)(["'])""", leading, text)


class WithLibrary(build_py):
    """The package with instances/ inside it, as wnpopt/bench/suites/packaged.py looks for it."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "wnpopt" / "instances"
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(ROOT / "instances", target, ignore=shutil.ignore_patterns("__pycache__", ".*"))


if __name__ == "__main__":
    setup(
        cmdclass={"build_py": WithLibrary},
        long_description=absolute((ROOT / "README.md").read_text(encoding="utf-8")),
        long_description_content_type="text/markdown",
    )
