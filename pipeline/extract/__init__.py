"""HTML pages: from characters to a tree, from the tree to base text, and from base text to the article.

prepare    is the page safe to parse; what of it can be seen
walk       visible text -> blocks, block-level elements -> containers      (tables, tags, layout)
features   one row of integers a block                                     (chars, containers, evidence, vocabulary)
model      the trained trees and tables
decide     which blocks stay, which move to a field, why the others go     (afterthoughts, figures, embeds, reasons)
scripts    articles that stand only in a script
kinds      what kind of page it is, and whether the article is all there
voting     another engine's opinion on our blocks
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.config import ExtractConfig
from pipeline.extract.block_features import Page, describe
from pipeline.extract.block_model import HtmlModel
from pipeline.extract.corrections import bare_text, code_labels, short_story, with_enclosed_code
from pipeline.extract.decide import decide, findings, kept_links
from pipeline.extract.errors import ExtractError
from pipeline.extract.extracted import Extracted
from pipeline.extract.formulas import show_typed
from pipeline.extract.inline_marks import inline_marks
from pipeline.extract.metadata import Evidence, gather
from pipeline.extract.outside import Outside, find_outside
from pipeline.extract.page_kind import completeness, judge_page
from pipeline.extract.page_scripts import find_script_body
from pipeline.extract.parse import guard, visible_html, without_open_noscript, without_surplus
from pipeline.extract.part import part_of
from pipeline.extract.stories import holds_several
from pipeline.extract.walk import walk
from pipeline.extract.wholes import Wholes, furniture
from pipeline.forests.expected_f1 import best_threshold
from pipeline.spans import Block
from pipeline.text.scripts import UNSPACED_CHARACTER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.extract.page_layout import Layout
    from pipeline.forests.trees import ScoreArray
    from pipeline.jsonld import Graph
    from pipeline.records import BaseKind

__all__ = ["ExtractConfig", "ExtractError", "Extracted", "HtmlModel", "extract", "parse"]

_SURROGATES = re.compile("[\ud800-\udfff]")
_THIN_WORDS = 60
"""A page of which less would be kept may have its article in a script."""
_TEASER_WORDS = 200
OUTSIDE = -100_000
"""The score of a block that stands outside the article, far below every threshold."""
_OUTSIDE_PART = 10
"""The model sees the page without them where blocks outside hold one word in so many."""
_TIMES = 3
"""So may a page of which less than this would be kept, if its metadata hold a body that is so many times longer."""


def parse(html: str, *, config: ExtractConfig | None = None, encoded: bytes | None = None) -> Any:
    """Parse a page.

    Args:
        html: the page as decoded.
        config: the bounds on size.
        encoded: the page in UTF-8, where the caller has it: a guard looks at bytes.

    Returns:
        A `resiliparse.parse.html.HTMLTree`.

    Raises:
        ExtractError: `too_large` or `too_deep`.
    """
    from resiliparse.parse.html import HTMLTree  # noqa: PLC0415 - plain text needs no parser

    cap = guard(html, config or ExtractConfig(), encoded)
    shown = without_open_noscript(html)
    html = without_surplus(shown, config or ExtractConfig(), cap if shown is html else None)
    try:
        return HTMLTree.parse(html)
    except UnicodeEncodeError:
        return HTMLTree.parse(_SURROGATES.sub("\ufffd", html))


def extract(
    tree: Any, html: str, graph: Graph, *, url: str | None, model: HtmlModel, config: ExtractConfig, title_hints: Sequence[str] = ()
) -> Extracted:
    """Find the article on a page.

    Args:
        tree: the page as `parse` gave it. It is changed: what cannot be seen is taken out.
        html: the page as decoded.
        graph: its JSON-LD, from `pipeline.jsonld.read_graph`.
        url: its address, to complete links.
        model: the trained model.
        config: the settings.
        title_hints: the page's titles according to its metadata.

    Returns:
        Base text, blocks, and a verdict on every block.

    Raises:
        ExtractError: `too_deep`, or `no_article` with what was found instead.
    """
    evidence = gather(html, graph, title_hints)
    if "math/tex" in html:
        show_typed(tree)
    layout = walk(visible_html(tree), config.max_depth)
    found = _judge(layout, evidence, "html", html, url, model, config)
    words = _kept_words(found, max(_TEASER_WORDS, config.min_words)) if found else 0
    if _is_thin(words, evidence) and (scripted := _from_script(html, graph, evidence, found, url, model, config)):
        found, words = scripted, _kept_words(scripted, config.min_words)
    if found is None or words < config.min_words:
        raise ExtractError("no_article", found.evidence if found else "the page has no visible text")
    return found


def _is_thin(words: int, evidence: Evidence) -> bool:
    """Whether so few words would be kept, counted up to `_TEASER_WORDS`, that the article may stand elsewhere."""
    return words < _THIN_WORDS or (words < _TEASER_WORDS and len(evidence.raw_body.split()) > _TIMES * words)


def _judge(
    layout: Layout, evidence: Evidence, kind: BaseKind, html: str, url: str | None, model: HtmlModel, config: ExtractConfig
) -> Extracted | None:
    """Score the blocks of a page and decide; None for a page without text."""
    if not layout.starts:
        return None
    page, _ = describe(layout, evidence, model.names, model.words)
    outside = find_outside(page, url)
    scores = _scores(page, outside, model)
    if kind != "html":
        chosen = [True] * len(scores)
    elif config.engine == "trafilatura":
        from pipeline.extract.trafilatura_engine import vote  # noqa: PLC0415 - a large library, loaded on demand

        chosen = vote(html, page.texts, url)
    else:
        chosen = choose(page, scores, config, url)
    verdicts = decide(page, chosen, url, outside)
    verdict = judge_page(page, verdicts.kept, url, model.kinds)
    several = kind == "html" and verdict.kind in ("article", "listing", "collection") and holds_several(page, verdicts.kept)
    return Extracted(
        kind=kind,
        base=layout.base,
        blocks=_blocks(layout),
        cuts=tuple(verdicts.cuts),
        headline=verdicts.headline,
        items=tuple(verdicts.items),
        links=kept_links(page, verdicts, url),
        marks=inline_marks(layout, verdicts.kept, verdicts.cuts),
        findings=findings(page, scores.tolist(), verdicts),
        page_kind="multiple" if several else verdict.kind,
        completeness="empty" if verdict.kind == "error" else completeness(page, verdicts.kept, html),
        evidence=verdict.evidence,
        layout=layout,
    )


def _scores(page: Page, outside: Mapping[int, Outside], model: HtmlModel) -> ScoreArray:
    """The model's scores; what stands outside has the lowest, and where it is a good part of the page, the model does not see it."""
    blocks = np.array(sorted(outside), dtype=np.int64)
    if not len(blocks):
        return model.blocks.score(page.matrix)
    if len(blocks) < len(page.texts) and int(page.words[blocks].sum()) * _OUTSIDE_PART >= int(page.words.sum()):
        stays = [block not in outside for block in range(len(page.texts))]
        rest, _ = describe(part_of(page.layout, stays), page.evidence, model.names, model.words)
        scores = np.full(len(page.texts), OUTSIDE, dtype=np.int64)
        scores[stays] = model.blocks.score(rest.matrix)
        return scores
    scores = model.blocks.score(page.matrix).astype(np.int64)
    scores[blocks] = OUTSIDE
    return scores


def choose(page: Page, scores: ScoreArray, config: ExtractConfig, url: str | None = None) -> list[bool]:
    """The blocks that the model takes for the article.

    The threshold is the page's own: the one that promises the highest F1 over words, given the model's probabilities (see
    `pipeline.forests.expected_f1.best_threshold`).
    """
    kept: list[bool] = (scores > best_threshold(scores, page.words, config.threshold)).tolist()
    if any(kept):
        return Wholes(page, with_enclosed_code(page.layout.kinds, kept, code_labels(page)), url).complete()
    bare = bare_text(page)
    return bare if any(bare) else short_story(page, scores.tolist(), furniture())


def _from_script(
    html: str, graph: Graph, evidence: Evidence, found: Extracted | None, url: str | None, model: HtmlModel, config: ExtractConfig
) -> Extracted | None:
    """The article as a script holds it, if it is longer than what is visible."""
    scripted = find_script_body(html, graph)
    if scripted is None:
        return None
    kind, body = scripted
    layout = walk(visible_html(parse(body, config=config)), config.max_depth)
    visible = found.base if found else ""
    if len(layout.base) < 2 * sum(end - start for start, end in _kept_spans(found)) or layout.base[:200] in visible:
        return None
    return _judge(layout, evidence, kind, html, url, model, config)


def _kept_spans(found: Extracted | None) -> list[tuple[int, int]]:
    """The blocks that stay."""
    if found is None:
        return []
    return [(finding.start, finding.end) for finding in found.findings if finding.verdict == "keep"]


def _kept_words(found: Extracted, enough: int) -> int:
    """Words of the blocks that stay, counted until there are enough; two characters of a script without spaces are a word."""
    words = dense = 0
    for start, end in _kept_spans(found):
        text = found.base[start:end]
        words += len(text.split())
        dense += 0 if text.isascii() else len(UNSPACED_CHARACTER.findall(text))
        if words + dense // 2 >= enough:
            break
    return words + dense // 2


def _blocks(layout: Layout) -> tuple[Block, ...]:
    return tuple(
        [
            Block(start=start, end=end, kind=kind, level=level or None)
            for start, end, kind, level in zip(layout.starts, layout.ends, layout.kinds, layout.levels, strict=True)
        ]
    )
