"""Build the static site: pages of the corpus and the documents into `build/pages`, HTML of them into `build/site`.

python scripts/build_site.py           all of it
python scripts/build_site.py --pages   the Markdown only, without the generator
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from gemwright.catalog.compile import compile_tree
from gemwright.catalog.document import open_document
from gemwright.corpus.export import FORMS
from gemwright.site import feeds, pages

SHIM = '<script src="https://unpkg.com/iframe-worker/shim" type="text/javascript">'
"""What the generator puts into each page to make workers of files work: a program from elsewhere, which is replaced."""
CHECKOUT = Path(__file__).resolve().parent.parent


def write_pages(checkout: Path, target: Path) -> int:
    """Write every page, feed and export of a checkout below a folder, which is emptied first; return how many files."""
    catalog = open_document(compile_tree(checkout / "corpus"), "corpus")
    shutil.rmtree(target, ignore_errors=True)
    count = 0
    for files in (pages(catalog, checkout / "guide"), feeds(catalog), *(form(catalog) for form in FORMS.values())):
        for name, text in files:
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            count += 1
    return count


def stay_at_home(site: Path, worker: Path) -> list[str]:
    """Put our own program in the place of the one that pages load from elsewhere; return what they load from elsewhere still."""
    shutil.copy(worker, site / "assets" / "javascripts" / worker.name)
    left: list[str] = []
    for page in sorted(site.rglob("*.html")):
        up = "../" * (len(page.relative_to(site).parts) - 1)
        text = page.read_text(encoding="utf-8").replace(
            SHIM, f'<script src="{up or "./"}assets/javascripts/{worker.name}">'
        )
        page.write_text(text, encoding="utf-8")
        found = re.findall(r'<(?:script|img|iframe|link)\b[^>]*?\b(?:src|href)="(?:https?:)?//[^"]+"', text)
        left += [f"{page.relative_to(site)}: {element}" for element in found]
    return left


def main(arguments: list[str]) -> int:
    """Run as a program; return the exit code."""
    count = write_pages(CHECKOUT, CHECKOUT / "build" / "pages")
    print(f"{count} files in build/pages", file=sys.stderr)
    if arguments == ["--pages"]:
        return 0
    settings = shutil.copy(CHECKOUT / "site" / "zensical.toml", CHECKOUT / "build")
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--config-file", settings]
    code = subprocess.run(command, cwd=CHECKOUT / "build", check=False).returncode
    if code == 0:
        if left := stay_at_home(CHECKOUT / "build" / "site", CHECKOUT / "site" / "file-worker.js"):
            print("pages load from elsewhere:", *left[:10], sep="\n  ", file=sys.stderr)
            return 1
        print("the site is in build/site; open build/site/index.html", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
