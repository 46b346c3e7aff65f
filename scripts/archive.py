"""The benchmark library as one archive for a repository with DOIs, the same bytes wherever and whenever it is made.

    python scripts/archive.py                     dist/wnpopt-library-VERSION.zip, checked by the referee inside it
    python scripts/archive.py --out FOLDER

It holds instances/ (instances, best known solutions, indices, graphs, check.py), the licence, the citation, the pages
that define the fields, the metadata for Zenodo, and the SHA-256 of every file. Nothing in it is compressed: what
compression makes depends on the version of zlib.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive: the earliest that there is."""
MODE = 0o100644 << 16
PAGES = ("docs/library.md", "docs/wnp.md", "docs/slide.md", "docs/intradp.md")


def metadata(version: str, citation: str) -> dict[str, object]:
    """What Zenodo reads from .zenodo.json, from CITATION.cff."""
    papers = re.findall(r"url: https://arxiv\.org/abs/(\S+)", citation)
    (authors,) = re.findall(r"^authors:\n((?:  .*\n)+)", citation, re.MULTILINE)
    (repository,) = re.findall(r"^repository-code: (\S+)", citation, re.MULTILINE)
    (keywords,) = re.findall(r"^keywords:\n((?:  - .*\n)+)", citation, re.MULTILINE)
    related: list[dict[str, str]] = [
        {"identifier": f"arXiv:{paper}", "relation": "references", "scheme": "arxiv"} for paper in papers
    ]
    related.append({"identifier": repository, "relation": "isSupplementTo", "scheme": "url"})
    return {
        "title": "wnpopt library: instances of edge inference over wireless links with best known solutions and bounds",
        "upload_type": "dataset",
        "version": version,
        "license": "mit",
        "access_right": "open",
        "description": "Instances of three optimisation problems of edge inference over wireless links (wnp, slide, "
        "intradp). Each has its best known solution, a bound, and how both were come by; a referee in one file of "
        "Python checks all of it.",
        "creators": [{"name": name} for name in re.findall(r"- name: (.+)", authors)],
        "keywords": re.findall(r"- (.+)", keywords),
        "related_identifiers": related,
    }


def tracked(folder: str) -> list[str]:
    """The files of a folder that belong to it: no editor's, no compiler's."""
    names = (path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file())
    return sorted(name for name in names if "__pycache__" not in name and "/." not in name)


def contents() -> tuple[str, dict[str, bytes]]:
    """The version, and the files of the archive by their names in it."""
    version = str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
    files = {name.removeprefix("instances/"): (ROOT / name).read_bytes() for name in tracked("instances")}
    files |= {name: (ROOT / name).read_bytes() for name in (*PAGES, "LICENSE", "CITATION.cff")}
    described = metadata(version, (ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    files[".zenodo.json"] = (json.dumps(described, indent=1, ensure_ascii=False) + "\n").encode()
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    files["SHA256SUMS"] = "".join(lines).encode()
    return version, files


def archive(out: Path) -> Path:
    """Write the archive into ``out``; the same files give the same bytes."""
    version, files = contents()
    name = f"wnpopt-library-{version}"
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
        for inside, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{name}/{inside}", LONG_AGO)
            entry.create_system, entry.external_attr = 3, MODE
            target.writestr(entry, content)
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    path = archive(parser.parse_args().out)
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as made:
        made.extractall(folder)
        referee = Path(folder) / path.stem / "check.py"
        code = subprocess.run([sys.executable, "-I", str(referee), "--all"], check=False).returncode
    print(f"{path}: {path.stat().st_size:,} bytes, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return code


if __name__ == "__main__":
    sys.exit(main())
