"""`croissant.json`: the dataset in the Croissant format of MLCommons, version 1.1, with its provenance in terms of W3C PROV-O.

Sources: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html and https://www.w3.org/TR/prov-o/. The context names the terms
that the specification defines; mlcroissant checks the result in the tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from pipeline.dataset.card import LICENCE_NOTE, description_of
from pipeline.dataset.columns import article_schema
from pipeline.dataset.manifest import digest

if TYPE_CHECKING:
    from pipeline.dataset.manifest import DataFile, Manifest

CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
ARTICLES = "articles.parquet"
_CR_TERMS = (
    *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet"),
    *(
        "format",
        "includes",
        "isArray",
        "isLiveDataset",
        "jsonPath",
        "key",
        "md5",
        "parentField",
        "path",
        "recordSet",
        "references",
        "regex",
    ),
    *("repeated", "replace", "samplingRate", "separator", "source", "subField", "transform"),
)
_TYPES = {
    pa.string(): "sc:Text",
    pa.int64(): "sc:Integer",
    pa.float64(): "sc:Float",
    pa.bool_(): "sc:Boolean",
    pa.date32(): "sc:Date",
    pa.timestamp("us", tz="UTC"): "sc:DateTime",
}
_MEANINGS = {
    "id": "First 32 hex digits of sha256(locator + NUL + hex sha256 of the raw bytes).",
    "source": "Collection: the folder below raw/.",
    "text": "The body of the article; blocks are joined by one blank line.",
    "blocks": "Paragraphs, headings, quotes and so on: start and end index text in Unicode code points, half-open.",
    "entities": "Aliases of known names: start and end index text.",
    "images": "Pictures with caption, credit and address; base_start and base_end index the base text.",
    "removed": "Spans of the page that are not article, with kind and rule.",
    "provenance": "Raw bytes, decoding, edits and digests: all that is needed to derive the record again.",
    "published_at": "ISO 8601, as precise as printed.",
}


def context() -> dict[str, Any]:
    """Return the JSON-LD context: the prefixes and terms of Croissant 1.1, and the prefix of PROV-O."""
    terms: dict[str, Any] = {name: f"cr:{name}" for name in _CR_TERMS}
    terms |= {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "conformsTo": "dct:conformsTo",
        "cr": "http://mlcommons.org/croissant/",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "description": {"@container": "@language"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "name": {"@container": "@language"},
        "prov": "http://www.w3.org/ns/prov#",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
    }
    return dict(sorted(terms.items()))


def croissant(manifest: Manifest) -> bytes:
    """Return `croissant.json` for a dataset."""
    about = manifest.about
    document: dict[str, Any] = {
        "@context": context(),
        "@type": "sc:Dataset",
        "name": about.name,
        "description": description_of(manifest),
        "conformsTo": CONFORMS_TO,
        "license": about.licence or LICENCE_NOTE,
        "citeAs": f"{about.name}, built by copydesk from what build.json names (sha256 {manifest.made_by.build_sha256})",
        "version": f"1.0.0+{digest(manifest.made_by.build_sha256.encode())[:12]}",
        "isLiveDataset": False,
    }
    document |= {name: value for name, value in (("url", about.url), ("datePublished", about.published)) if value}
    if about.creator:
        document["creator"] = {"@type": "sc:Organization", "name": about.creator}
    languages = [group.name for group in manifest.statistics.languages.listed if group.name]
    if languages:
        document["inLanguage"] = languages
    document |= _provenance(manifest)
    document["distribution"] = [_file_object(entry) for entry in manifest.files]
    document["recordSet"] = [_record_set()]
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _provenance(manifest: Manifest) -> dict[str, Any]:
    """Return what the dataset was made from and by, as PROV-O has it. The activity has no time: it may be repeated on any day."""
    agent = {"@type": "prov:SoftwareAgent", "@id": f"urn:sha256:{manifest.made_by.code_sha256}", "prov:label": "copydesk"}
    return {
        "prov:wasDerivedFrom": [{"@id": f"urn:copydesk:raw:{outcomes.source}"} for outcomes in manifest.statistics.outcomes],
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "@id": f"urn:sha256:{manifest.made_by.build_sha256}",
            "prov:label": "cleaning by named rules and models; settings, code and inputs are in build.json and raw.jsonl",
            "prov:wasAssociatedWith": agent,
        },
        "prov:wasAttributedTo": {"@id": agent["@id"]},
    }


def _file_object(entry: DataFile) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": entry.path,
        "name": entry.path,
        "description": entry.row,
        "contentUrl": entry.path,
        "contentSize": f"{entry.bytes} B",
        "encodingFormat": entry.media_type,
        "sha256": entry.sha256,
    }


def _record_set() -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "articles",
        "name": "articles",
        "description": "One record an article.",
        "key": {"@id": "articles/id"},
        "field": [_field(field, "articles", field.name, ()) for field in article_schema()],
    }


def _field(field: pa.Field, parent: str, column: str, steps: tuple[str, ...]) -> dict[str, Any]:
    """Return the description of a column, or of a member of a nested one.

    `steps` are the JSONPaths that lead from the column's value to the member's, one after another; a step on a list is taken on each of
    its elements.
    """
    identity = f"{parent}/{field.name}"
    made: dict[str, Any] = {"@type": "cr:Field", "@id": identity, "name": identity}
    if field.name in _MEANINGS and parent == "articles":
        made["description"] = _MEANINGS[field.name]
    kind, last = field.type, steps[-1:]
    if pa.types.is_list(kind):
        kind, last = kind.value_type, ()
        made |= {"isArray": True, "arrayShape": "-1"}
    if pa.types.is_struct(kind):
        before = steps[:-1] if last else steps
        made["subField"] = [_field(member, identity, column, (*before, f"{''.join(last) or '$'}.{member.name}")) for member in kind]
        return made
    source: dict[str, Any] = {"fileObject": {"@id": ARTICLES}, "extract": {"column": column}}
    if steps:
        transforms = [{"jsonPath": step} for step in steps]
        source["transform"] = transforms[0] if len(transforms) == 1 else transforms
    return made | {"dataType": _TYPES[kind], "source": source}
