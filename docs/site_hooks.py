"""What the site needs beside mkdocs: the README as its first page, the changelog, links out of docs/."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent

#: Pages that are kept in the project's root.
FROM_ROOT = {"index.md": "README.md", "changelog.md": "CHANGELOG.md"}

#: A link to something of the project that is no page of the site.
_OUTSIDE = re.compile(r"(?<!!)\[([^\]]+)\]\((?:\.\./)+([\w./-]+)\)")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages of the root."""
    for page, source in FROM_ROOT.items():
        text = (ROOT / source).read_text("utf-8")
        files.append(File.generated(config, page, content=_from_docs(text)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Lead links to pages of the root to them, and show other links out of docs/ as the file's name: the site
    does not have it, a clone does."""
    for page, source in FROM_ROOT.items():
        markdown = markdown.replace(f"](../{source})", f"]({page})")
    return _OUTSIDE.sub(lambda link: f"{link[1]} (in the project: `{link[2]}`)", markdown)


def _from_docs(text: str) -> str:
    """A text of the root with its links as seen from docs/."""

    def target(link: re.Match[str]) -> str:
        path = link[1]
        if re.match(r"[a-z]+:|#", path):
            return link[0]
        return f"]({path.removeprefix('docs/') if path.startswith('docs/') else f'../{path}'})"

    return re.sub(r"\]\(([^)]+)\)", target, text)
