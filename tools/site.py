"""``make site``: the pages of docs/ as a site with search that opens from disk, in Spanish and in English.

The pages are the files that tests check. Here they only move: a link between two of them follows, and a link to a file
that is no page of the site becomes its text.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "build" / "site-pages"
LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s#]*)(?P<anchor>#[^)\s]*)?\)")
_REMOTE_SCRIPT = "https://unpkg.com/iframe-worker/shim"
EXTRA_PAGES = {
    "README.md": "en/index.md",
    "README.es.md": "es/index.md",
    "CONTRIBUTING.md": "en/contributing.md",
    "GLOSSARY.md": "en/glossary.md",
    "SECURITY.md": "en/security.md",
    "CHANGELOG.md": "en/changes.md",
    "sql/README.md": "en/sql.md",
}
"""Pages of the project outside docs/, and where they are on the site."""


def main() -> int:
    """Lay out the pages, and let MkDocs build the site; a broken link fails."""
    write_pages()
    build = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(ROOT / "mkdocs.yml")]
    code = subprocess.run(
        build, check=False, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    ).returncode
    if code == 0:
        cut_network(PAGES.parent / "site")
    return code


def cut_network(site: Path) -> None:
    """Take the one script that the theme loads from elsewhere from the site itself, so that search works from disk."""
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        here = relpath(site / "iframe-worker.js", page.parent)
        page.write_text(text.replace(_REMOTE_SCRIPT, PurePosixPath(here).as_posix()), encoding="utf-8")


def write_pages() -> None:
    """Write every page and picture to its place, with links that lead there."""
    places = list_places()
    shutil.rmtree(PAGES, ignore_errors=True)
    for source, place in places.items():
        target = PAGES / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.endswith(".md"):
            target.write_text(
                move_links((ROOT / source).read_text(encoding="utf-8"), source, places), "utf-8"
            )
        else:
            shutil.copyfile(ROOT / source, target)


def list_places() -> dict[str, str]:
    """Map each page and picture of the project to its place on the site."""
    docs = ROOT / "docs"
    files = [path for suffix in ("md", "png", "svg") for path in sorted(docs.rglob(f"*.{suffix}"))]
    places = EXTRA_PAGES | {f"docs/site/{path.name}": path.name for path in (docs / "site").iterdir()}
    for path in files:
        name = path.relative_to(docs).as_posix()
        places[f"docs/{name}"] = name if name.startswith("es/") else f"en/{name}"
    return places


def move_links(text: str, source: str, places: dict[str, str]) -> str:
    """Return the text of the page ``source`` with its links as they are on the site."""
    here = PurePosixPath(places[source]).parent

    def move(link: re.Match[str]) -> str:
        target = link["target"]
        if not target or "://" in target or target.startswith("mailto:"):
            return link[0]
        place = places.get(normpath(f"{PurePosixPath(source).parent}/{target}"))
        if place is None:
            return link["text"]
        return f"{link['image']}[{link['text']}]({relpath(place, here)}{link['anchor'] or ''})"

    return LINK.sub(move, text)


if __name__ == "__main__":
    sys.exit(main())
