"""Pictures and their captions: which blocks are captions, and which picture each belongs to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pipeline.extract.attributes import read_attributes, resolve
from pipeline.extract.markup_names import TAG_BITS, keywords
from pipeline.lines.agencies import find_agency
from pipeline.lines.captions import read_caption
from pipeline.spans import Cut, Item, Target
from pipeline.text.scripts import UNSPACED_CHARACTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extract.ancestors import Containers
    from pipeline.extract.block_features import Page
    from pipeline.extract.page_layout import Layout

_CAPTION_NAME = re.compile(
    r'(?:class|itemprop|data-testid|data-component)="[^"]*(?:caption|(?:photo|image|img|picture|media)[-_]{0,2}(?:credit|source|desc|legend)|bildunterschrift|bildtext|pie-de-foto|legende-photo)',
    re.IGNORECASE,
)
_FIGURE_TAGS = frozenset(("figure", "figcaption"))
_QUOTE_TAGS = frozenset(("blockquote", "pre", "table", "ul", "ol"))
_NOT_CAPTION = re.compile(
    r"closed-?caption|no-?caption|caption-?less|has-caption|with-caption|wp-caption(?:[\s\"]|-(?!text))"
    r"|\bads?[-_]{1,2}caption|(?:toggle|hide|show)-caption",
    re.IGNORECASE,
)
"""Names of what has a caption or hides one, of the label over an advertisement, and of buttons."""
_CREDIT_NAME = re.compile(r"credit|copyright|source|photographer|quelle|autor|byline", re.IGNORECASE)
_LABELLED = re.compile(
    r"(?<=[.!?”\"'’»)…。])\s{0,3}(?:[|–—-]\s{0,2})?(?:(?:image|photo|picture|video|file)s?\s)?(?:credits?|photo|foto|photos|fotos|photograph|image|bild|picture|"
    r"pictures|illustration|graphic|grafik|infografik|courtesy|zdjęcie|foto:?\sarchivo|"
    r"crédits?(?:\sphoto)?|créditos?|fuente|imagen|quelle|source|фото|источник|写真|提供|图源)\s{0,2}(?:[:：]|\.{3}|…|by\s|of\s)\s{0,3}"
    r"(?P<credit>[^|.!?]{2,60}(?:\.[^|.!?\s]{1,20}){0,2})\.?$",
    re.IGNORECASE,
)
"""A credit behind a label, at the end of what the markup calls a caption."""
_BARRED = re.compile(r"(?<=[.!?”\"'’])\s{0,3}\|\s{0,3}(?P<credit>[^|.!?]{2,60})$")
_COURTESY = re.compile(
    r"\s{0,3}[(\[](?:(?:photo|image|picture|video|handout)s?\s{0,2}[:/]?\s{0,2})?(?:courtesy(?:\sof)?|credits?|via|handout)\s{0,2}[:/]?\s{1,3}"
    r"(?P<credit>[^()\[\]]{2,60})[)\]]\.?$",
    re.IGNORECASE,
)
"""A credit in brackets, behind a word of thanks or a label."""
_SLASHED = re.compile(r"(?<=[.!?”\"'’])\s{1,3}/\s{0,2}(?P<credit>[A-ZÀ-Þ]{2,20}(?:[ /][A-ZÀ-Þ][\w.-]{1,20}){0,3})$")
_CREDIT_LABEL = re.compile(
    r"\s{0,3}(?:(?:(?:image|photo|picture|video|file)s?\s)?(?:credits?|photo|foto|photos|fotos|photograph(?:er|y)?|image|bild|picture|imagen|crédits?|créditos?|"
    r"fuente|quelle|source|zdjęcie|fot\.|фото|источник|写真|提供|图源)\s{0,2}(?:[:：]|by\s|of\s)|©|\(c\))\s{0,3}",
    re.IGNORECASE,
)
"""A label before a credit that an element of its own holds."""
_OWN_WORDS = re.compile(r"[/©@]|\.(?:com|de|org|net)\b|\b(?:courtesy|handout|via|archiv|privat|supplied|provided)\b", re.IGNORECASE)
"""Signs and words of credits."""
_NAME_WORDS, _NAME_CHARACTERS = 3, 4
"""Words of a name that stands alone, and characters of one in Chinese or Japanese."""
_BRACKETS = frozenset((("(", ")"), ("[", "]"), ("（", "）")))
_SHORTEST_CREDIT, _LONGEST_CREDIT = 3, 120
_HEADLINE_LEVEL = 2
_OF_PICTURE = re.compile(r"galler|slide|image|img|photo|pict|media|item|figure|lightbox|wp-", re.IGNORECASE)
_LONGEST_CAPTION = 1200
_LONGEST_FIGURE = 200
_CAPTION_WORDS = 80
_SLIDES, _SLIDE_WORDS = 3, 40
"""Captions of so many words that are the text of a story told in slides, and their least number."""
_NO_STORY, _SHORT_SLIDE = 40, 20
"""Where so few words stand outside captions, shorter ones are the text as well."""
_INTRODUCTION = 300
"""Words before and between slides at most: a development page with 470 words and more than that in captions had a story beside them."""
_SHORTEST_TOLD = 20
_PROBE = 40
"""Code points of a folded caption that are looked for in the article body."""
_LABEL = "FILE PHOTO: "
_LIVING_ATTRIBUTES = ("data-src", "data-lazy-src", "data-original", "src", "data-srcset", "srcset")
_TABLE_BITS = 1 << TAG_BITS["table"]


class Figure(NamedTuple):
    """A caption: its blocks, `first` to `end`, and the element that holds the picture."""

    first: int
    end: int
    element: int


def find_captions(layout: Layout, containers: Containers) -> list[Figure]:
    """Find the blocks that are captions of pictures.

    A caption is what stands in a `figcaption`, all text of a `figure` that holds no table, quote, code or list, and what stands in an
    element that the page's author named so, with a picture in reach. A heading of the first two ranks in such an element heads the story or
    its parts, unless the name speaks of pictures.
    """
    named: dict[int, bool] = {}
    own = (containers.own_bits & keywords().mask("caption") != 0).tolist()
    tags, bits = layout.element_tags, containers.bits
    candidates = [element for element, tag in enumerate(tags) if own[element] or tag in _FIGURE_TAGS]
    found: list[Figure] = []
    covered = 0
    for element in candidates:
        tag = tags[element]
        first, end = layout.element_firsts[element], layout.element_ends[element]
        if first >= end or first < covered or layout.ends[end - 1] - layout.starts[first] > _LONGEST_CAPTION:
            continue
        is_caption = (tag == "figcaption" and not _of_quote(layout, element)) or (tag == "figure" and _plain(layout, first, end))
        is_named = False
        if own[element] and tag not in ("body", "html", "main", "article", "table", "figure"):
            number = layout.element_attributes[element]
            if number not in named:
                text = layout.attributes[number]
                named[number] = _CAPTION_NAME.search(text) is not None and _NOT_CAPTION.search(text) is None
            is_named = named[number]
        if is_named and layout.kinds[first] == "heading" and layout.levels[first] <= _HEADLINE_LEVEL:
            is_named = _OF_PICTURE.search(layout.attributes[layout.element_attributes[element]]) is not None
        if is_caption or (is_named and end - first <= 4 and not int(bits[element]) & _TABLE_BITS):
            found.append(Figure(first, end, _holder(layout, element)))
            covered = end
    return found


def find_told_captions(page: Page, kept: Sequence[bool]) -> list[Figure]:
    """Find kept blocks that begin with what JSON-LD says of a picture or player.

    What the page's description or article body says too is text of the article; so is the first block, which descriptions repeat.
    """
    layout = page.layout
    told = tuple(text for text in page.evidence.captions if len(text) >= _SHORTEST_TOLD)
    first = next((block for block, keep in enumerate(kept) if keep), len(kept))
    return [
        Figure(block, block + 1, _holder(layout, layout.elements[block]))
        for block in range(first + 1, len(kept) if told else 0)
        if kept[block]
        and page.words[block] <= _CAPTION_WORDS
        and not page.in_description[block]
        and page.folded[block].startswith(told)
        and page.folded[block][:_PROBE] not in page.evidence.body
    ]


def find_slide_texts(page: Page, kept: Sequence[bool], captions: Sequence[Figure]) -> set[int]:
    """Find the blocks in captions that are the story itself, told from slide to slide.

    There are three long captions at least, and they hold more words than all that is kept and stands in none, which is no story of its own.

    Args:
        page: the page.
        kept: of every block, whether it is part of the article.
        captions: what `find_captions` found.
    """
    held = {block for figure in captions for block in range(figure.first, figure.end)}
    own = sum(int(page.words[block]) for block, keep in enumerate(kept) if keep and block not in held)
    least = _SLIDE_WORDS if own > _NO_STORY else _SHORT_SLIDE
    long = {block for block in held if int(page.words[block]) >= least and page.prose[block]}
    if len(long) < _SLIDES:
        return set()
    return long if own <= _INTRODUCTION and sum(int(page.words[block]) for block in long) > own else set()


def _plain(layout: Layout, first: int, end: int) -> bool:
    """Whether the blocks of a figure can be a caption."""
    return end - first <= 4 and all(kind in ("paragraph", "heading") for kind in layout.kinds[first:end])


def _of_quote(layout: Layout, element: int) -> bool:
    """Whether a `figcaption` names the source of a quotation or a listing, which stays in the text if the model says so."""
    figure = _holder(layout, element)
    tags = layout.element_tags
    if tags[figure] != "figure":
        return False
    for inner in range(figure + 1, min(figure + _LONGEST_FIGURE, len(tags))):
        if layout.element_depths[inner] <= layout.element_depths[figure]:
            return False
        if tags[inner] in _QUOTE_TAGS and layout.element_ends[inner] > layout.element_firsts[inner]:
            return True
    return False


def _holder(layout: Layout, element: int) -> int:
    """The nearest `figure` around an element, else its parent."""
    at = element
    for _ in range(6):
        if at < 0:
            break
        if layout.element_tags[at] == "figure":
            return at
        at = layout.element_parents[at]
    return max(layout.element_parents[element], 0)


def move_caption(layout: Layout, figure: Figure, key: int) -> list[Cut]:
    """Move a caption's blocks to the picture with the given key: words to the caption, a credit to the credit.

    Where all blocks are named as credits, the first is the caption, unless it comes again.
    """
    cuts: list[Cut] = []
    credited: set[str] = set()
    blocks = range(figure.first, figure.end)
    texts = [layout.base[layout.starts[block] : layout.ends[block]] for block in blocks]
    owners = [layout.attributes[layout.element_attributes[layout.elements[block]]] for block in blocks]
    named = [len(text) <= _LONGEST_CREDIT and _CREDIT_NAME.search(owner) is not None for text, owner in zip(texts, owners, strict=True)]
    told = named[0]
    if all(named) and texts[0] not in texts[1:]:
        named[0] = False
    for block, text, is_credit in zip(blocks, texts, named, strict=True):
        start = layout.starts[block]
        if is_credit:
            low, high = _credit_words(text)
            spans = ((0, low, False), (low, high, text[low:high] not in credited), (high, len(text), False))
            target = Target("images", key, "credit")
            cuts += (
                Cut(start=start + first, end=start + last, rule="html.credit", target=target if wanted else None)
                for first, last, wanted in spans
                if first < last
            )
            credited.add(text[low:high])
            continue
        cuts += _split(text, start, key, told=told and block == figure.first)
    return cuts


def _credit_words(text: str) -> tuple[int, int]:
    """The span of a credit's own words: without its label, and without the brackets or the sign of copyright around it.

    >>> [text[slice(*_credit_words(text))] for text in ("Photo: Ann Lee/AFP", "(Ann Lee)", "\u00a9 Getty Images", "Ann Lee")]
    ['Ann Lee/AFP', 'Ann Lee', 'Getty Images', 'Ann Lee']
    """
    reading = read_caption(text)
    if reading is not None and reading.caption is None and len(reading.credits) == 1:
        return reading.credits[0]
    low, high = (1, len(text) - 1) if (text[0], text[-1]) in _BRACKETS and len(text) > _SHORTEST_CREDIT else (0, len(text))
    found = _CREDIT_LABEL.match(text, low, high)
    return (found.end() if found and found.end() < high else low), high


def _split(text: str, offset: int, key: int, *, told: bool) -> list[Cut]:
    """Split a caption's text into caption, credit and what separates them; every character is in one of the cuts.

    The reader of plain lines wants signs that a line is a caption at all; here the markup has said so, and a label says it to the reader.
    What that reader then takes for a credit as a whole is one where the markup calls it so (`told`) or its own words do.
    """
    reading = read_caption(text)
    label = 0
    if reading is None:
        reading, label = read_caption(_LABEL + text), len(_LABEL)
        if reading is not None and reading.caption is None and not (told or _credits_somebody(text)):
            reading = None
    spans = [(*span, "credit") for span in reading.credits] if reading else []
    if reading is not None and reading.caption is not None:
        spans.append((*reading.caption, "caption"))
    if not (reading and reading.credits) and (labelled := _labelled_credit(text)):
        low, start, end = labelled
        spans, label = [(0, low, "caption"), (start, end, "credit")], 0
    parts = [(max(start - label, 0), end - label, attr) for start, end, attr in spans if end > label]
    if not parts:
        return [Cut(start=offset, end=offset + len(text), rule="html.caption", target=Target("images", key, "caption"))]
    cuts: list[Cut] = []
    at = 0
    for start, end, attr in sorted(parts):
        if start > at:
            cuts.append(Cut(start=offset + at, end=offset + start, rule="html.caption"))
        cuts.append(Cut(start=offset + start, end=offset + end, rule=f"html.{attr}", target=Target("images", key, attr)))
        at = end
    if at < len(text):
        cuts.append(Cut(start=offset + at, end=offset + len(text), rule="html.caption"))
    return cuts


def _credits_somebody(text: str) -> bool:
    """Whether words without a label may be a credit: an agency, a sign or word of credits, an address, or a name of up to three words.

    >>> [_credits_somebody(text) for text in ("Getty Images", "Courtesy of Ann Lee", "Ann Lee", "Ann Lee sings in the hall")]
    [True, True, True, False]
    """
    words = text.split()
    named = len(words) <= _NAME_WORDS and all(word[0].isupper() for word in words)
    short = len(text) <= _NAME_CHARACTERS and UNSPACED_CHARACTER.match(text) is not None
    return named or short or _OWN_WORDS.search(text) is not None or bool(find_agency(text))


def _labelled_credit(text: str) -> tuple[int, int, int] | None:
    """Where the words of a caption end, and the span of the credit behind a label, a bar or a slash, or in brackets.

    >>> _labelled_credit("The team after a big win.Credit...Jane Doe/The Daily"), _labelled_credit("The source: a spring.")
    ((25, 34, 52), None)
    >>> _labelled_credit("The quay in rain (courtesy of the museum)"), _labelled_credit("The quay (by courtesy)")
    ((16, 30, 40), None)
    """
    found = _LABELLED.search(text) or _BARRED.search(text) or _COURTESY.search(text) or _SLASHED.search(text)
    return (len(text[: found.start()].rstrip()), *found.span("credit")) if found and found.start() else None


def list_images(layout: Layout, figures: Sequence[Figure], kept: Sequence[bool], url: str | None) -> list[Item]:
    """The article's pictures: those with a caption that moved, and those between its first and last block.

    A picture's key is the base offset of its caption, else a free offset at the end of the block before it.

    Args:
        layout: the page.
        figures: the captions that were moved.
        kept: of each block, whether it is part of the article.
        url: the page's address.

    Returns:
        One item a picture.
    """
    inside = [number for number, keep in enumerate(kept) if keep]
    if not inside:
        return []
    items: dict[int, Item] = {}
    keys = {layout.starts[figure.first]: figure for figure in figures}
    taken = set(keys)
    owners: dict[int, int] = {}
    for key, figure in keys.items():
        owners.setdefault(figure.element, key)
        items[key] = Item(field="images", key=key, values={})
    seen: set[str] = set()
    for picture in layout.pictures:
        owned = _owner(layout, picture.element, owners) if owners else None
        if owned is None and not (inside[0] <= picture.block <= inside[-1] and _beside(kept, picture.block)):
            continue
        values = _picture(picture.attributes, url)
        if not values or values.get("url") in seen:
            continue
        key = -1 if owned is None else owned
        if owned is None:
            key = layout.ends[picture.block - 1] if picture.block else 0
            while key in taken:
                key += 1
            if picture.block < len(layout.starts) and key >= layout.starts[picture.block]:
                continue
        elif items[key].values:
            continue
        taken.add(key)
        seen.add(str(values.get("url")))
        items[key] = Item(field="images", key=key, values=values)
    return [items[key] for key in sorted(items) if items[key].values]


def _beside(kept: Sequence[bool], block: int) -> bool:
    """Whether a block of the article stands right before or behind."""
    return bool((block and kept[block - 1]) or (block < len(kept) and kept[block]))


def _owner(layout: Layout, element: int, owners: dict[int, int]) -> int | None:
    """The key of the caption whose picture this is: both stand in the same figure."""
    for _ in range(8):
        if element < 0:
            return None
        if element in owners:
            return owners[element]
        element = layout.element_parents[element]
    return None


def _picture(attributes: str, url: str | None) -> dict[str, str]:
    """A picture's address and alternative text; nothing for pixels and data."""
    given = read_attributes(attributes)
    if given.get("width") in ("0", "1") or given.get("height") in ("0", "1"):
        return {}
    for name in _LIVING_ATTRIBUTES:
        value = given.get(name, "")
        address = resolve(value.split(",")[0].split()[0], url) if value.split(",")[0].split() else None
        if address:
            return {"url": address} | ({"alt": given["alt"]} if given.get("alt") else {})
    return {}
