"""The design that all pages share: templates, one style sheet, one small script, and the ways in which values get into a page.

Values are data everywhere: templates escape them, and what the script reads stands as JSON in an element that no browser runs. A policy in
every page (CSP) forbids whatever is not the page's own style sheet and script.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

import jinja2
import msgspec
from markupsafe import Markup

from copydesk.review.facts import safe_url
from pipeline.text.controls import escaped

STYLE, SCRIPT = "review.css", "review.js"
_OTHERS = "; base-uri 'none'; form-action 'none'"
POLICY = f"default-src 'none'; style-src 'self' file:; script-src 'self' file:; frame-src 'self' file:{_OTHERS}"
"""What a page of a folder may load: the style sheet, the script and the frame beside it. From `file://`, browsers differ on 'self'."""


def asset(name: str) -> str:
    """Return the style sheet or the script."""
    return (resources.files("copydesk.review") / "assets" / name).read_text(encoding="utf-8")


@cache
def design_sha256() -> str:
    """Return the digest of all templates, the style sheet and the script: pages of another design are written anew."""
    folder = resources.files("copydesk.review")
    files = [entry for name in ("templates", "assets") for entry in (folder / name).iterdir() if entry.is_file()]
    return sha256(b"\0".join(entry.name.encode() + b"\n" + entry.read_bytes() for entry in sorted(files, key=lambda e: e.name))).hexdigest()


def policy_of(style: str, script: str) -> str:
    """Return the policy of a page that holds its style sheet and script: these two, by their digests, and nothing else."""
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (style, script)]
    return f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'{_OTHERS}"


def as_json(value: Any) -> Markup:
    r"""Return a value as JSON that may stand inside a script element: nothing in it ends the element or opens a comment.

    >>> print(as_json({"title": "</script><!--"}))
    {"title":"\u003c/script\u003e\u003c!--"}
    """
    text = msgspec.json.encode(value).decode()
    return Markup(text.translate({ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}))  # noqa: S704 - escaped in this line


def plainly(words: str) -> str:
    """Return words of a document as a page shows them: with characters that command a terminal or turn the direction spelt out."""
    return escaped(words, lines=True)


def named(name: str) -> str:
    """Return the name of a file as a page shows it: as `plainly`, and in one line."""
    return escaped(name)


def percent(part: float, whole: float) -> str:
    """Return a share in percent, without decimals.

    >>> percent(1, 3), percent(0, 0)
    ('33 %', '–')
    """
    return f"{100 * part / whole:.0f} %" if whole else "–"


@cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("copydesk.review"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"json": as_json, "plainly": plainly, "named": named, "safe_url": safe_url, "thousands": lambda number: f"{number:,}"}
    made.globals |= {"percent": percent}
    return made


def page(template: str, *, root: str = "", alone: bool = False, acts: bool = True, **values: Any) -> bytes:
    """Return a page.

    Args:
        template: the name of its template.
        root: the way from the page to the folder of the style sheet, "" or "../".
        alone: whether the page holds the style sheet and the script, so that it can be sent as one file.
        acts: whether such a page needs the script.
        values: what the template asks for.
    """
    style, script = asset(STYLE) if alone else "", asset(SCRIPT) if alone and acts else ""
    shared = {
        "root": root,
        "policy": policy_of(style, script) if alone else POLICY,
        "style": Markup(style),  # noqa: S704 - our own file
        "script": Markup(script),  # noqa: S704 - our own file
    }
    return _environment().get_template(template).render(shared | values).encode("utf-8", "replace")
