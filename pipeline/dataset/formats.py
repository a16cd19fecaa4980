"""Records in the shapes of others: Dolma rows, schema.org objects, plain text, and rows of chosen fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

METADATA = ("url", "title", "published_at", "language.code", "section", "tags", "page_kind", "completeness", "provenance.raw.locator")
"""What a Dolma row's `metadata` holds where no fields are chosen."""
_PEOPLE = {"person": "Person", "organization": "Organization", "agency": "NewsMediaOrganization"}


def at(record: Any, path: str) -> Any:
    """Return the value at a dotted path of a record; None where something on the way is None.

    Raises `KeyError` where the record has no such field.

    >>> at({"language": {"code": "en"}, "publisher": None}, "language.code"), at({"publisher": None}, "publisher.domain")
    ('en', None)
    """
    for part in path.split("."):
        if record is None:
            return None
        if not isinstance(record, dict):
            raise KeyError(path)
        record = record[part]
    return record


def chosen(record: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """Return the values of some fields by their dotted names."""
    return {name: at(record, name) for name in fields}


def dolma(record: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """Return a row of the Dolma format: `id`, `text`, `source`, `created`, `added` and `metadata` with the chosen fields.

    `created` is the date of publication and `added` the time of the fetch, where they are known. Source:
    https://github.com/allenai/dolma/blob/main/docs/data-format.md.
    """
    row = {"id": record["id"], "text": record["text"], "source": record["source"]}
    times = {"created": record["published_at"], "added": record["provenance"]["raw"]["fetched_at"]}
    return row | {name: time for name, time in times.items() if time is not None} | {"metadata": chosen(record, fields or METADATA)}


def schema_org(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as a `NewsArticle` of schema.org; what is not known is left out."""
    publisher, language = record["publisher"], record["language"]
    made = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "identifier": record["id"],
        "url": record["canonical_url"] or record["url"],
        "headline": record["title"],
        "description": record["description"],
        "author": [{"@type": _PEOPLE[author["type"]], "name": author["name"]} for author in record["authors"]],
        "publisher": _publisher(publisher) if publisher else None,
        "datePublished": record["published_at"],
        "dateModified": record["modified_at"],
        "dateline": record["dateline"]["raw"] if record["dateline"] else None,
        "copyrightNotice": record["copyright"],
        "creditText": "; ".join(credit["raw"] for credit in record["credits"]),
        "inLanguage": language["code"] if language else None,
        "articleSection": record["section"],
        "keywords": record["tags"],
        "articleBody": record["text"],
        "wordCount": record["quality"]["words"],
        "image": [_image(image) for image in record["images"]],
        "citation": sorted({url for embed in record["embeds"] for url in embed["urls"]}),
        "isBasedOn": f"urn:sha256:{record['provenance']['raw']['sha256']}",
    }
    return {name: value for name, value in made.items() if value not in (None, "", [])}


def _publisher(publisher: Mapping[str, Any]) -> dict[str, Any]:
    made = {
        "@type": "NewsMediaOrganization",
        "name": publisher["name"],
        "url": f"https://{publisher['domain']}" if publisher["domain"] else None,
    }
    return {name: value for name, value in made.items() if value is not None}


def _image(image: Mapping[str, Any]) -> dict[str, Any]:
    made = {"caption": image["caption"], "creditText": image["credit"], "alternateName": image["alt"], "contentUrl": image["url"]}
    return {"@type": "ImageObject"} | {name: value for name, value in made.items() if value is not None}
