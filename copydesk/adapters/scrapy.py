"""Parts of a Scrapy project: an item pipeline that cleans what was crawled, and an exporter that writes WARC for `raw/`."""

from __future__ import annotations

import gzip
import uuid
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any

import msgspec

from copydesk.adapters import clean_rows, missing
from pipeline.config import Config

try:
    from itemadapter import ItemAdapter
    from scrapy.exceptions import DropItem
    from scrapy.exporters import BaseItemExporter
except ImportError as error:
    raise missing(__name__, "scrapy") from error

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_HOP_BY_HOP = frozenset({"transfer-encoding", "content-encoding", "content-length", "connection"})
"""Headers on how the bytes travelled: Scrapy has unpacked the body, so that they no longer tell of it."""


def page_item(response: Response, **more: Any) -> dict[str, Any]:
    """Return an item of what a spider got: address, status, headers, body and the time in UTC; `more` are fields of your own.

    Both `CopydeskPipeline` and `WarcItemExporter` read such items.
    """
    headers = {name.decode("latin-1"): b", ".join(values).decode("latin-1") for name, values in response.headers.items()}
    told = {"url": response.url, "status": response.status, "headers": headers, "body": response.body}
    return told | {"fetched_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")} | more


class CopydeskPipeline:
    """Item pipeline: puts the record of a page into the item's `article`, as a mapping, and drops items that are no article.

    An item has its page in `body` or `html`, or its text in `text`; `url`, `fetched_at` and `headers` count where it has them. The
    settings `COPYDESK` (`{"normalise.variety": "keep"}`) and `COPYDESK_SOURCE` are read from the project's. A page is cleaned at once, in a
    child process, which takes some 20 ms and at most the ten seconds of a build.
    """

    def __init__(self, config: Config | None = None, source: str = "local") -> None:
        """Clean with these settings, as records of this source."""
        self._config, self._source = config, source

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CopydeskPipeline:
        """Make the pipeline as the project's settings say."""
        return cls(Config.of(crawler.settings.getdict("COPYDESK")), crawler.settings.get("COPYDESK_SOURCE") or "local")

    def process_item(self, item: Any) -> Any:
        """Return the item with its article. Raises `DropItem` with the code and the particulars where it is none."""
        told = ItemAdapter(item)
        page = told.get("body") or told.get("html")
        if isinstance(page, str):
            page = page.encode("utf-8", "surrogatepass")
        row: dict[str, Any] = {"html": page} if page else {"text": told.get("text") or ""}
        row |= {"url": told.get("url"), "fetched_at": told.get("fetched_at"), "http": told.get("headers") or None}
        (cleaned,) = clean_rows([row], config=self._config, source=self._source)
        if cleaned["record"] is None:
            raise DropItem(f"{cleaned['code'] or cleaned['status']}: {cleaned['detail']}")
        told["article"] = msgspec.json.decode(cleaned["record"])
        return item


class WarcItemExporter(BaseItemExporter):
    """Feed exporter: writes a response record of WARC for every item, an item of `page_item` or another with `url` and `body`.

    `FEED_EXPORTERS = {"warc": "copydesk.adapters.scrapy.WarcItemExporter"}` names it; a feed whose file ends with `.warc.gz` takes it; of
    one that ends with `.warc` say `"item_export_kwargs": {"packed": False}`. The same item becomes the same bytes.
    """

    def __init__(self, file: Any, *, packed: bool = True, **kwargs: Any) -> None:
        """Write to a binary stream; with `packed` every record is a member of gzip, as WARC has it."""
        super().__init__(dont_fail=True, **kwargs)
        self._file, self._packed = file, packed

    def export_item(self, item: Any) -> None:
        """Write one item. Raises `ValueError` where it has no address or no body."""
        told = ItemAdapter(item)
        if not told.get("url") or told.get("body") is None:
            raise ValueError("an item for WARC has url and body: make it with copydesk.adapters.scrapy.page_item(response)")
        self._file.write(warc_record(told.asdict(), packed=self._packed))


def warc_record(item: dict[str, Any], *, packed: bool) -> bytes:
    """Return an item as a response record of WARC 1.1."""
    from fastwarc.warc import WarcRecord, WarcRecordType  # noqa: PLC0415 - only who writes WARC needs it

    body: bytes = item["body"] if isinstance(item["body"], bytes) else item["body"].encode("utf-8", "surrogatepass")
    head = _head(int(item.get("status") or HTTPStatus.OK), item.get("headers") or {}, len(body))
    fetched = str(item.get("fetched_at") or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    record = WarcRecord()
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{item['url']} {fetched} {uuid.uuid5(uuid.NAMESPACE_OID, (head + body).hex())}")
    record.init_headers(record_type=WarcRecordType.response, record_urn=f"uuid:{name}".encode())
    record.headers["WARC-Date"] = fetched
    record.headers["WARC-Target-URI"] = str(item["url"])
    record.headers["Content-Type"] = "application/http; msgtype=response"
    record.set_bytes_content(head + body)
    target = BytesIO()
    record.write(target, checksum_data=True)
    return gzip.compress(target.getvalue(), mtime=0) if packed else target.getvalue()


def _head(status: int, headers: dict[str, Any], length: int) -> bytes:
    """Return the head of an HTTP response whose body is unpacked; a header cannot bring a line end of its own."""
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    kept = {str(name): str(value) for name, value in headers.items() if str(name).lower() not in _HOP_BY_HOP}
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{' '.join(f'{name}: {value}'.split())}" for name, value in kept.items())]
    return "\r\n".join([*lines, f"Content-Length: {length}", "", ""]).encode("latin-1", "replace")
