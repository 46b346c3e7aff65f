"""The site, built by ``make docs``: this directory's pages and those of ``models``, as they stand in the repository.

The root of the sources is the repository itself, so that a page's links are the same here, on the site and where the
repository is shown. Nothing is fetched when a page is read: formulas become MathML when the site is built.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latex2mathml.converter import convert

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SOURCE = PROJECT["urls"]["Repository"]

project = "wnpopt"
author = "The wnpopt maintainers"
copyright = f"{author}, {PROJECT['license']} licence"
release = version = PROJECT["version"]

root_doc = "docs/index"
include_patterns = ["docs/**.md", "docs/**.ipynb", "models/**.md", "CONTRIBUTING.md", "CHANGELOG.md"]
exclude_patterns = ["**/.*", ".*", "out", "build", "dist", "tests", "wnpopt", "scripts", "docs/_*"]
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "myst_nb", "sphinx_copybutton"]

html_theme = "furo"
html_title = f"wnpopt {release}"
html_math_renderer = "mathml"
html_additional_pages = {"index": "redirect.html"}
templates_path = ["_templates"]
html_copy_source = False

autodoc_typehints = "description"
autodoc_member_order = "bysource"
myst_enable_extensions = ["dollarmath", "attrs_block"]
myst_heading_anchors = 4
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)\s#]+)(?=[)#])")
"""A link of Markdown to a file, without its anchor."""


def to_repository(app: Sphinx, name: str, content: list[str]) -> None:
    """Links to what the site has no page of (code, data, folders) lead to the repository; wrong ones stay wrong."""
    page = ROOT / f"{name}.md"

    def target(match: re.Match[str]) -> str:
        path = (page.parent / match[1]).resolve()
        if not path.is_relative_to(ROOT) or not path.exists() or path.suffix in (".png", ".svg"):
            return match[1]
        relative = path.relative_to(ROOT).as_posix()
        if app.project.path2doc(relative) in app.project.docnames:
            return match[1]
        return f"{SOURCE}/{'tree' if path.is_dir() else 'blob'}/main/{relative}"

    content[0] = LINK.sub(target, content[0])


def add_rest(app: Sphinx, name: str, content: list[str]) -> None:
    """Pages that the front page does not name come at its end: none is out of reach because somebody forgot it."""
    if name != root_doc:
        return
    folder = f"{Path(root_doc).parent}/"
    named = {os.path.normpath(folder + line) for line in re.findall(r"^[\w./-]+$", content[0], re.MULTILINE)}
    rest = sorted(page for page in app.project.docnames - named - {root_doc} if not page.startswith(f"{folder}adr/0"))
    if rest:
        pages = "\n".join(f"/{page}" for page in rest)
        content[0] += f"\n```{{toctree}}\n:maxdepth: 1\n:caption: More\n\n{pages}\n```\n"


def inline(self: Any, node: nodes.math) -> None:
    self.body.append(convert(node.astext()))


def display(self: Any, node: nodes.math_block) -> None:
    self.body.append(f"<div class='math' style='overflow: auto hidden'>{convert(node.astext(), display='block')}</div>")


def nothing(self: Any, node: nodes.Element) -> None:
    """All is said when a formula is entered: its text is not shown as well."""


def skip(visit: Any) -> Any:
    from docutils.nodes import SkipNode

    def visitor(self: Any, node: nodes.Element) -> None:
        visit(self, node)
        raise SkipNode

    return visitor


def setup(app: Sphinx) -> None:
    app.add_html_math_renderer("mathml", (skip(inline), nothing), (skip(display), nothing))
    app.connect("source-read", to_repository)
    app.connect("source-read", add_rest)
