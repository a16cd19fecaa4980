"""Records as documents of spaCy, with a blank tokeniser: nothing is downloaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import spacy
from spacy.util import registry, resolve_dot_names
from thinc.api import Config

from copydesk import clean
from copydesk.adapters.spacy import LABEL, doc_of, docs, records_in, register

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Libraries of others have threads of their own when a document is cleaned in a child; Python 3.12 and later warn of that.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")

PAGE = """<html lang="en"><body><article><h1>Talks in the valley</h1>
<p>The mayor said on Monday that ISIL's leaders and the European Union met; a <a href="https://example.org/report">report</a> is due.</p>
<h2>What is next</h2><p>The weather service expects snow until the weekend, and all schools will stay closed.</p></article></body></html>"""


def test_blocks_links_and_names_are_spans_on_the_edges_of_tokens() -> None:
    record = clean(PAGE.encode(), url="https://example.org/talks").to_dict()
    doc = doc_of(record, spacy.blank("en"))
    assert doc.text == record["text"]
    assert [(span.label_, span.text) for span in doc.spans["blocks"]] == [
        (block["kind"], record["text"][block["start"] : block["end"]]) for block in record["blocks"]
    ]
    assert [span.text for span in doc.spans["links"]] == ["report"]
    assert doc.user_data["links"] == ["https://example.org/report"]
    assert (doc.user_data["title"], doc.user_data["language"]) == ("Talks in the valley", "en")
    named = {entity["surface"]: entity["id"] for entity in record["entities"]}
    assert "ISIL" in named
    assert {(span.text, span.kb_id_, span.label_) for span in doc.ents} == {(text, name, LABEL) for text, name in named.items()}


def test_a_name_inside_of_a_token_grows_to_it_and_overlaps_are_parted() -> None:
    text = "Anti-ISILfront met today."
    entities = [
        {"start": 5, "end": 9, "id": "isil", "surface": "ISIL", "name": "Islamic State"},
        {"start": 0, "end": 9, "id": "anti", "surface": "Anti-ISIL", "name": "x"},
    ]
    doc = doc_of({"text": text, "blocks": [], "entities": entities, "links": []}, spacy.blank("en"))
    assert next(span.text for span in doc.spans["entities"]).endswith("ISILfront")
    assert len(doc.ents) == 1
    with pytest.raises(ValueError, match="not in its text"):
        doc_of({"text": text, "blocks": [], "entities": [{**entities[0], "end": 999}], "links": []}, spacy.blank("en"))


def test_a_build_a_dataset_and_a_training_config_read_the_same(finished: Callable[..., tuple[Path, Path]], tmp_path: Path) -> None:
    _, made = finished(tmp_path, ["coast/a.txt", "coast/b.txt", "hills/c.txt"])
    names = sorted(doc.user_data["id"] for doc in docs(made))
    assert len(names) == 3
    assert names == sorted(doc.user_data["id"] for doc in docs(made / "dataset"))
    assert names == sorted(record["id"] for record in records_in(made / "dataset" / "articles.jsonl"))
    assert {doc.lang_ for doc in docs(made)} == {"en"}
    register()
    config = Config().from_str(f'[corpora]\n\n[corpora.train]\n@readers = "copydesk.Corpus.v1"\npath = "{made}"\n')
    (corpus,) = resolve_dot_names(registry.resolve({"corpora": config["corpora"]}), ["corpora.train"])
    examples = list(corpus(spacy.blank("en")))
    assert [example.reference.text for example in examples] == [doc.text for doc in docs(made)]
    with pytest.raises(FileNotFoundError, match="no build"):
        list(records_in(tmp_path / "nothing"))


def test_a_language_that_spacy_does_not_know_is_tokenised_anyway(tmp_path: Path) -> None:
    line = b'{"text": "a b", "blocks": [], "entities": [], "links": [], "language": {"code": "%s"}}\n'
    (tmp_path / "a.jsonl").write_bytes(line % b"qq" + line % b"de-AT")
    assert [doc.lang_ for doc in docs(tmp_path / "a.jsonl")] == ["xx", "de"]
