"""Records of a build as documents of spaCy: blocks and links as spans, entities on the edges of tokens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from copydesk.adapters import missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from spacy.language import Language
    from spacy.tokens import Doc, Span
    from spacy.training import Example

LABEL = "NAME"
"""The label of copydesk's entities: its list of names says which name it is (`kb_id_`), and not of which kind."""


def records_in(place: str | Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a build, of a dataset folder, or of a file of JSON Lines, sorted as they lie there.

    Raises `FileNotFoundError` where there are none.
    """
    path = Path(place)
    inside = [path / "articles.jsonl"] if (path / "articles.jsonl").is_file() else sorted((path / "articles").rglob("*.jsonl"))
    files = [path] if path.is_file() else inside
    if not files:
        raise FileNotFoundError(2, "no build, no dataset and no file of records", str(path))
    for file in files:
        with file.open("rb") as lines:
            yield from map(msgspec.json.decode, lines)


def doc_of(record: Mapping[str, Any], nlp: Language) -> Doc:
    """Return a record as a document, tokenised by `nlp` and not processed further.

    `spans["blocks"]` has a span for each block with its kind as label, `spans["links"]` one for each link (its address is in
    `user_data["links"]`, in the same order), `spans["entities"]` and `ents` one for each name, with its id as `kb_id_`. A span whose
    edges lie inside of tokens grows to theirs; of names that then overlap the longest is in `ents`. `user_data` has id, url, title, source
    and language of the record.
    """
    doc = nlp.make_doc(record["text"])
    doc.user_data |= {name: record.get(name) for name in ("id", "url", "title", "source")}
    doc.user_data["language"] = (record.get("language") or {}).get("code")
    blocks = [(block, block["kind"], "") for block in record["blocks"]]
    entities = [(entity, LABEL, entity["id"]) for entity in record["entities"]]
    links = [(link, "link", "") for link in record["links"] if link.get("start") is not None]
    for name, found in (("blocks", blocks), ("entities", entities), ("links", links)):
        doc.spans[name] = [_span(doc, *each) for each in found]
    doc.user_data["links"] = [link["url"] for link, _, _ in links]
    doc.ents = _apart(doc.spans["entities"])
    return doc


def _span(doc: Doc, place: Mapping[str, Any], label: str, name: str) -> Span:
    """Return the tokens that a stretch of the text touches."""
    found = doc.char_span(place["start"], place["end"], label=label, kb_id=name, alignment_mode="expand")
    if found is None:
        msg = f"the record's span {place['start']}-{place['end']} is not in its text"
        raise ValueError(msg)
    return found


def _apart(spans: Iterable[Span]) -> list[Span]:
    from spacy.util import filter_spans  # noqa: PLC0415

    return list(filter_spans(spans))


def docs(place: str | Path, nlp: Language | None = None) -> Iterator[Doc]:
    """Yield the records of a build as documents; without `nlp` each by the blank tokeniser of its own language.

    Raises `ImportError` where spaCy is missing. A language that spaCy does not know is tokenised by its multilingual rules (`xx`).
    """
    blank = _blanks()
    for record in records_in(place):
        yield doc_of(record, nlp or blank((record.get("language") or {}).get("code") or "xx"))


def _blanks() -> Callable[[str], Language]:
    """Return a function that gives the blank pipeline of a language, each made once."""
    try:
        import spacy  # noqa: PLC0415 - heavy, and not everybody's
    except ImportError as error:
        raise missing(__name__, "spacy") from error
    made: dict[str, Language] = {}

    def blank(code: str) -> Language:
        short = code.partition("-")[0]
        if short not in made:
            try:
                made[short] = spacy.blank(short)
            except ImportError:  # a language that spaCy, or a library for its words, does not bring
                made[short] = spacy.blank("xx")
        return made[short]

    return blank


def create_corpus(path: str) -> Callable[[Language], Iterator[Example]]:
    """Return a corpus reader for a training config: `@readers = "copydesk.Corpus.v1"` after `register()`."""

    def read(nlp: Language) -> Iterator[Example]:
        from spacy.training import Example  # noqa: PLC0415

        for record in records_in(path):
            yield Example(nlp.make_doc(record["text"]), doc_of(record, nlp))

    return read


def register() -> None:
    """Make `copydesk.Corpus.v1` known to spaCy's configs."""
    try:
        import spacy  # noqa: PLC0415
    except ImportError as error:
        raise missing(__name__, "spacy") from error
    spacy.util.registry.readers("copydesk.Corpus.v1", func=create_corpus)
