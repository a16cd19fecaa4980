"""What a page's markup says of its fields: JSON-LD, meta elements, microdata, headings, times, bylines by class, links.

One selector query visits the tree (each costs a walk), and every element is read by as few native calls as possible.
"""

from __future__ import annotations

import functools
import html
import re
from typing import Any

import msgspec

from pipeline.config import DescribeConfig
from pipeline.describe.field_tables import card_labels, meta_names
from pipeline.describe.sources import urls
from pipeline.describe.sources.element_text import NodeBudget, below_kicker, headline_text, own_text
from pipeline.describe.sources.page_boxes import Boxes, hold, is_aside, is_chrome, is_others
from pipeline.describe.sources.settled import settled
from pipeline.describe.sources.time_elements import leads_elsewhere, role_of_time
from pipeline.jsonld import Graph, articles_of, names_of, text_of, types, types_of
from pipeline.lines.bylines import read_byline
from pipeline.lines.name_lists import read_names
from pipeline.lines.tables import by_labels, phrases
from pipeline.lines.timestamps import read_stamps
from pipeline.spans import Candidate
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_letters, fold_title, fold_word

_SELECTOR = (
    'html[lang], meta[content], meta[value], title, h1, base[href], link[rel="canonical"], time, [itemprop], [rel~="author"], '
    '[class*="uthor"], [class*="yline"], [class*="autor"], [class*="date" i], [class*="publish"]'
)
_LINKS = 'h1, a[href*="/author"], a[href*="/editors/"], a[href*="/autor"], a[href*="/profile"], a[href*="/people/"]'
"""What is looked through where nothing else names an author; the tests of addresses cost a third of the walk."""
_PEOPLE = ("author", "byline", "autor", "auteur", "writer", "contributor")
_NOT_PEOPLE = expression(
    r"author[-_]?(?:bio|desc|box-desc|social|image|img|avatar|photo|about|title|role|position|job|followers|twitter|email|date|link-all)"
    r"|comment|reviewer|photo|image|avatar",
    re.IGNORECASE,
)
_DATES = ("date", "publish", "time", "meta", "byline")
_MOST_CLASSED = 120
_LONGEST_TEXT = 220


_UNSEEN = dict.fromkeys((0xAD, 0x200B, 0x2060, 0xFEFF))
"""Soft hyphens and spaces of no width: places to break a line, no part of a title or a name."""


class _Page(msgspec.Struct):
    """What the walk over the elements has gathered so far."""

    found: list[Candidate]
    urls: list[str]
    seen: set[tuple[str, str, str]]
    order: int = 0
    h1: int = -1
    classed: int = 0
    label: str = ""
    titled: bool = False
    language: str | None = None
    settled: frozenset[str] = frozenset()
    asides: Boxes = msgspec.field(default_factory=dict)
    others: Boxes = msgspec.field(default_factory=dict)
    chrome: Boxes = msgspec.field(default_factory=dict)
    budget: NodeBudget = msgspec.field(default_factory=NodeBudget)
    read: dict[tuple[str, bool], str] = msgspec.field(default_factory=dict)
    around: tuple[Any, str] = (None, "")

    def text_around(self, parent: Any) -> str:
        """Return an element's short text; the last one is kept, for times stand side by side and each asks for its parent's."""
        if self.around[0] is not parent:
            self.around = (parent, own_text(self.budget, parent, 140))
        return self.around[1]

    def people(self, text: str, *, nickname: bool) -> str:
        """Return `_people_text`, which nested elements ask for the same text again and again."""
        key = (text, nickname)
        if key not in self.read:
            self.read[key] = _people_text(text, self.language, nickname=nickname)
        return self.read[key]

    def add(self, field: str, value: str | None, source: str, **extra: Any) -> None:
        """Keep a candidate once; a description as plain text, for some pages put their editor's markup into it."""
        if field == "description" and value and "<" in value:
            value = text_of(value)
        text = " ".join((value or "").split())[:5000]
        if not text.isascii():
            text = text.translate(_UNSEEN)
        if text and (field, text, source) not in self.seen:
            self.seen.add((field, text, source))
            self.found.append(Candidate(field=field, value=text, source=source, extra={"order": self.order, **extra}))


def _meta(page: _Page, element: Any) -> None:
    name = (element.get_attribute("property") or element.get_attribute("name") or "").strip().lower()
    if not name:
        prop = element.get_attribute("itemprop")
        name = f"itemprop:{prop.lower()}" if prop else ""
    if name.startswith("twitter:label"):
        page.label = (element.get_attribute("content") or "").strip().lower()
        return
    if name.startswith("twitter:data"):
        if page.label in card_labels():
            page.add("author", html.unescape(element.get_attribute("content") or ""), "twitter")
        return
    known = meta_names().get(name) or _dated(name)
    content = (element.get_attribute("content") or element.get_attribute("value") or "") if known else ""
    if known is None or not content.strip():
        return
    if "&" in content:
        content = html.unescape(content)
    if known[0] == "url":
        page.urls.append(content.strip())
    page.add(known[0], content, known[1])


_PUBLISHED = expression(
    r"publi(?:sh|c)(?:ed|ation|ing)?[\W_]?(?:date|time|on|at)|date[\W_]?publi|pub[\W_]?date|(?:issue|release|posted?)[\W_]?date",
    re.IGNORECASE,
)
_MODIFIED = expression(r"(?:modifi|updat|revis)[a-z]{0,5}[\W_]?(?:date|time|on|at)|date[\W_]?(?:modif|updat)", re.IGNORECASE)


@functools.lru_cache(maxsize=1024)
def _dated(name: str) -> tuple[str, str] | None:
    """Return field and source of a name outside the table that says what date it holds ("published-date").

    >>> _dated("published-date"), _dated("x:last_updated_date"), _dated("viewport")
    (('published', 'meta'), ('modified', 'meta'), None)
    """
    if len(name) > 60:
        return None
    return ("modified", "meta") if _MODIFIED.search(name) else ("published", "meta") if _PUBLISHED.search(name) else None


def _property(page: _Page, element: Any, prop: str) -> None:
    known = meta_names().get(f"itemprop:{prop.lower()}") or _dated(prop.lower())
    if known is None or known[0] in page.settled or is_aside(page.asides, element):
        return
    field, source = known
    if field in ("published", "modified"):
        page.add(field, element.get_attribute("datetime") or element.get_attribute("content") or own_text(page.budget, element, 80), source)
    elif field == "author":
        inner = element.query_selector('[itemprop="name"]')
        name = (inner.get_attribute("content") or own_text(page.budget, inner, _LONGEST_TEXT)) if inner is not None else ""
        page.add(
            field,
            name
            or element.get_attribute("content")
            or page.people(own_text(page.budget, element, _LONGEST_TEXT, apart=True), nickname=True),
            source,
        )
    elif field == "publisher":
        inner = element.query_selector('[itemprop="name"]')
        page.add(
            field,
            (inner.get_attribute("content") or own_text(page.budget, inner, 80)) if inner is not None else element.get_attribute("content"),
            source,
        )
    else:
        page.add(field, element.get_attribute("content") or own_text(page.budget, element, 300), source)


def _people_text(text: str, language: str | None, *, nickname: bool = False) -> str:
    """Return the names in a byline element's text, "; " between them, or nothing where it holds anything else.

    `nickname` says that the markup promises a name, so that one word in lower case is one. One word beside full names in an element of
    several parts is a portrait's letters, a login or a button.
    """
    if not text:
        return ""
    byline = read_byline(text, language=language)
    names = byline.names if byline is not None else ()
    if byline is None:
        listing = read_names(_BY.sub("", text) if nickname else text, nickname=nickname)
        names = listing.names if not listing.rest else ()
    if " | " in text and any(" " in name.name and name.type == "person" for name in names):
        names = tuple(name for name in names if " " in name.name or not name.name.isascii())
    return "; ".join(name.name for name in names)


_MOST_PARTS = 4
_NEAR = 8
"""Links to people after the headline among which the byline's is; later ones are people in the story."""
_BY = expression(
    rf"^(?:{by_labels()}|author|autor"
    r"|(?-i:About(?=\s(?!The\s|Us\b|Me\b|Our\s)[A-ZÀ-Þ])))\s{0,2}:?\s{1,2}",
    re.IGNORECASE,
)
_PROFILE = expression(r"/(?:authors?|autor(?:en|es|i)?|auteurs?|contributors?|writers?|profiles?|people|editors?)/", re.IGNORECASE)


def _is_slug(names: str, href: str) -> bool:
    """Return whether an address holds a person's name: two words or more, all of them in it."""
    words = [word for word in fold_title(names).split() if len(word) > 1]
    return len(words) > 1 and all(word in href.lower() for word in words)


def _name_in_address(element: Any, text: str) -> str:
    """Return an element's text where its link's address is that of somebody's page and ends with the same letters.

    Such a link proves a name of whatever form ("rainy willy", "/author/rainywilly/"); what names nobody ("Staff") stays without.
    """
    folded = fold_word(text)
    if not 2 < len(text) <= _LONGEST_LINKED or any(folded in phrases("not_names", kind) for kind in ("void", "role", "word", "never")):
        return ""
    link = element if element.tag == "a" else element.query_selector("a[href]") or element.parent_element
    match = _PERSONS_PAGE.search((link.get_attribute("href") or "") if link is not None else "")
    return text if match and fold_letters(match["name"]) == fold_letters(text) else ""


_PERSONS_PAGE = expression(
    r"/(?:authors?|autor(?:en|es|i)?|auteurs?|contributors?|writers?|profiles?|people|editors?|staff)/(?P<name>[^/?#.]{2,60}?)(?:-\d{1,4})?/?(?:[?#]|$)",
    re.IGNORECASE,
)
_LONGEST_LINKED = 40


def _people(page: _Page, element: Any, source: str, *, href: str | None = None) -> None:
    classes = (element.get_attribute("class") or "").lower()
    card = element.query_selector(".fn") if "vcard" in classes else None
    text = own_text(page.budget, element if card is None else card, _LONGEST_TEXT, apart=True)
    nickname = source == "rel-author" or "author" in classes
    names = page.people(text, nickname=nickname)
    if not names and " | " in text:
        names = "; ".join(filter(None, (page.people(part, nickname=False) for part in text.split(" | ")[:_MOST_PARTS])))
    if not names:
        names = _name_in_address(element, text)
    aside = bool(names) and is_aside(page.asides, element)
    if aside and is_others(page.others, element):
        return
    if names and (href is None or _is_slug(names, href) or _name_in_address(element, names)):
        page.add("author", names, source, text=text, aside=aside)


def _linked(page: _Page, document: Any) -> None:
    """Read the links to people's pages that follow the headline."""
    elements = document.query_selector_all(_LINKS).values()
    first = next((i for i, element in enumerate(elements) if element.tag == "h1" and (element.text or "").strip()), len(elements))
    for element in elements[first + 1 : first + 1 + _NEAR]:
        href = element.get_attribute("href") or ""
        if element.tag == "a" and _PROFILE.search(href) and not _in_prose(page, element):
            _people(page, element, "author-link", href=href)


def _in_prose(page: _Page, element: Any) -> bool:
    """Return whether a link stands in a paragraph of the story: it leads to whom the story is about."""
    parent = element.parent_element
    return parent is not None and parent.tag == "p" and not own_text(page.budget, parent, 100)


def _stamps(page: _Page, element: Any, source: str) -> None:
    text = own_text(page.budget, element, 140)
    if not text or not any(char.isdigit() for char in text):
        return
    stamps = read_stamps(text, language=page.language)
    if not stamps:
        byline = read_byline(text, language=page.language)
        stamps = byline.stamps if byline else ()
    if stamps and not is_aside(page.asides, element):
        for stamp in stamps:
            field = {"published": "published", "modified": "modified", "unknown": "date"}[stamp.role]
            page.add(field, stamp.date.raw, source, text=text)


def _time(page: _Page, element: Any) -> None:
    value = element.get_attribute("datetime") or element.get_attribute("content") or own_text(page.budget, element, 80)
    if not value or is_aside(page.asides, element):
        return
    parent = element.parent_element
    if parent is not None and parent.tag == "a" and leads_elsewhere(page.budget, parent, page.urls):
        return
    around = page.text_around(parent) if parent is not None else ""
    role = role_of_time(element, read_stamps(around, language=page.language) if around else ())
    page.add(role, value, "time", text=own_text(page.budget, element, 80))


def _classed(page: _Page, element: Any, tag: str) -> None:
    if tag == "time":
        _time(page, element)
        return
    prop = element.get_attribute("itemprop")
    if prop:
        _property(page, element, prop)
    page.classed += 1
    if page.settled >= _ALL or page.classed > _MOST_CLASSED or tag in _NO_LINE:
        return
    classes = f"{element.get_attribute('class') or ''} {element.get_attribute('id') or ''}".lower()
    if "author" not in page.settled:
        _named(page, element, classes)
    if not page.settled >= _DATED and any(word in classes for word in _DATES):
        _stamps(page, element, "date-class")


def _named(page: _Page, element: Any, classes: str) -> None:
    """Read an element that its relation or its class says to name people."""
    if "author" in (element.get_attribute("rel") or "").lower():
        _people(page, element, "rel-author")
    elif any(word in classes for word in _PEOPLE) and not _NOT_PEOPLE.search(classes):
        _people(page, element, "byline-class")


_DATED = frozenset({"published", "modified"})
_NO_LINE = frozenset({"body", "html", "main", "article", "svg", "img", "ul", "form", "script", "style", "link"})
"""Elements that are no line of text."""
_ALL = _DATED | {"author"}
_TELLING = frozenset({"meta", "title", "h1", "link", "base", "html"})


def _visit(page: _Page, element: Any, tag: str) -> None:
    if tag == "meta":
        _meta(page, element)
    elif tag == "title":
        if not page.titled:  # later ones are icons' names
            page.add("title", html.unescape(element.text or ""), "title")
            page.titled = bool((element.text or "").strip())
    elif tag == "h1":
        text = headline_text(page.budget, element, 400)
        if page.h1 < 0 and text:
            page.h1 = page.order
        chrome = is_chrome(page.chrome, element)
        if text and not chrome and not page.asides:
            hold(page.asides, element)
            hold(page.others, element)
        rest = below_kicker(element, 400) if text else ""
        page.add("title", text, "h1", aside=chrome, **({"rest": rest} if rest else {}))
    elif tag == "link":
        page.urls.append(element.get_attribute("href") or "")
        page.add("canonical_url", element.get_attribute("href"), "link")
    elif tag == "base":
        page.add("base", element.get_attribute("href"), "base")
    else:
        page.language = (element.get_attribute("lang") or "").strip().lower()[:20] or None
        page.add("language", page.language, "html-lang")


def _article(page: _Page, graph: Graph, node: dict[str, Any]) -> None:
    page.add("kind", " ".join(sorted(types_of(node))), "json-ld")
    page.add("title", text_of(node.get("headline")), "json-ld")
    page.add("title", text_of(node.get("name")), "json-ld-name")
    page.add("title", text_of(node.get("alternativeHeadline")), "json-ld-alternative")
    page.add("description", text_of(node.get("description")), "json-ld")
    named = any(c.field == "author" and c.source == "json-ld" for c in page.found)
    said = {
        "page_only": not types_of(node) & types("article"),
        "undated": not node.get("datePublished"),
        "news": any("news" in kind for kind in types_of(node)),
    }
    for name, kind in [] if named else names_of(graph, node.get("author")):
        page.add("author", name, "json-ld", type=kind, **said)
    for name, kind in names_of(graph, node.get("creator")):
        page.add("author", name, "json-ld-creator", type=kind)
    for name, _ in names_of(graph, node.get("publisher"))[:1]:
        page.add("publisher", name, "json-ld")
    for key, field in (
        ("datePublished", "published"),
        ("dateModified", "modified"),
        ("dateCreated", "created"),
        ("uploadDate", "published"),
    ):
        page.add(field, text_of(node.get(key)), "json-ld")
    page.add("section", text_of(node.get("articleSection")), "json-ld")
    keywords = node.get("keywords")
    for word in keywords if isinstance(keywords, list) else [keywords]:
        page.add("keywords" if not isinstance(keywords, list) else "tag", text_of(word), "json-ld")
    page.add("language", text_of(node.get("inLanguage")), "json-ld")
    page.add("copyright", text_of(node.get("copyrightNotice")), "json-ld")
    body = node.get("articleBody")
    if isinstance(body, str):
        page.add("body_chars", str(len(body)), "json-ld")


_STATE_DATE = expression(
    r'"(?:datePublished|published_?[aA]t|published_?[oO]n|publish_?[dD]ate|published_?[dD]ate'
    r"|publication_?[dD]ate|first_?[pP]ublished\w{0,5}|pub_?[dD]ate)"
    r'\\{0,3}"\s?:\s?\\{0,3}"(?P<date>(?:19|20)\d\d-\d\d-\d\d[T \d:.Z+\-]{0,25})'
)
_MOST_STATE = 3_000_000
_MOST_SCRIPTS = 90


def _state_date(document: Any) -> str | None:
    """Return the only day of publication that the page's scripts name, or None where they name several."""
    found: dict[str, str] = {}
    size = 0
    for script in document.get_elements_by_tag_name("script").values()[:_MOST_SCRIPTS]:
        text = "" if script.has_attribute("src") or "ld+json" in (script.get_attribute("type") or "") else script.text or ""
        size += len(text)
        if size > _MOST_STATE:
            return None
        if "ubli" in text or "pubDate" in text:
            for match in _STATE_DATE.finditer(text):
                found.setdefault(match["date"][:10], match["date"])
    return next(iter(found.values())) if len(found) == 1 else None


def collect_markup(
    tree: Any, graph: Graph, *, url: str | None, http: dict[str, str] | None = None, config: DescribeConfig | None = None
) -> tuple[Candidate, ...]:
    """Return what a page's markup says of its fields.

    Args:
        tree: the page as a resiliparse `HTMLTree`.
        graph: its JSON-LD, from `pipeline.jsonld.read_graph`.
        url: where the page came from, if known.
        http: response headers, names in any case; only `Content-Language` is read.
        config: budgets.

    Returns:
        Candidates of the head and the headings, of JSON-LD, then of elements, where the former do not settle their field. Values are
        plain text without line ends.
    """
    config = config or DescribeConfig()
    page = _Page(found=[], urls=[url or ""], seen=set())
    document = tree.document
    if document is None:
        return ()
    later: list[tuple[int, Any, str]] = []
    for element in document.query_selector_all(_SELECTOR).values()[: config.meta_tags]:
        page.order += 1
        tag = element.tag
        if tag in _TELLING:
            _visit(page, element, tag)
        else:
            later.append((page.order, element, tag))
    titles = {fold_title(c.value) for c in page.found if c.field == "title" and c.source in ("h1", "og")}
    for node in articles_of(graph, page.urls, sorted(titles)):
        _article(page, graph, node)
    page.settled = settled(page.found)
    body = next((element for _, element, _ in later if element.get_attribute("itemprop") == "articleBody"), None)
    if body is not None:
        hold(page.asides, body)
        hold(page.others, body)
    for page.order, element, tag in later:
        _classed(page, element, tag)
    if not any(c.field == "author" and " " in c.value and c.source != "og" and not c.extra.get("aside") for c in page.found):
        _linked(page, document)
    if not any(c.field == "published" for c in page.found):
        page.add("published", _state_date(document), "app-state")
    for header, value in (http or {}).items():
        if header.lower() == "content-language":
            page.add("language", value.split(",")[0], "http")
    page.add("published", urls.path_date(url or next((u for u in page.urls if u), None)), "url")
    page.add("h1_order", str(page.h1), "h1")
    return tuple(page.found)
