"""Settings of reading containers: which fields of a row hold what."""

from __future__ import annotations

import msgspec


class IngestConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How rows of JSON, JSON Lines and Parquet become documents, and how much a container may unfold to.

    The first of the named fields that a row has counts; a dot reaches into an object (`metadata.url`).

    `content`: the page or the text. `url`, `fetched_at`, `media_type`, `http`: what is known of it.
    `unread_bytes`: how many bytes of one oversized member are unpacked and thrown away to reach the next member of a stream; a container
    that unfolds further ends there as `too_large`.
    `nested_bytes`: the largest container inside a container, in bytes as it lies there, without the packing of the outer one.
    """

    content: tuple[str, ...] = ("html", "raw_html", "text", "content", "body", "raw_content")
    url: tuple[str, ...] = ("url", "link", "source_url", "metadata.url")
    fetched_at: tuple[str, ...] = ("fetched_at", "date_download", "fetch_time", "crawl_date", "metadata.fetched_at")
    media_type: tuple[str, ...] = ("media_type", "content_type", "mime_type")
    http: tuple[str, ...] = ("http", "http_headers", "headers")
    unread_bytes: int = 256 * 1024 * 1024
    nested_bytes: int = 1024 * 1024 * 1024
