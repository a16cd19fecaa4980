"""A crawl with Scrapy: items get their article, what is none is dropped, and the feed of WARC is an input of a build."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from scrapy.exceptions import DropItem
from scrapy.http import HtmlResponse

from copydesk import clean_files
from copydesk.adapters.scrapy import CopydeskPipeline, WarcItemExporter, page_item, warc_record
from pipeline.config import Config

ROOT = Path(__file__).parents[2]
SNOW = "Snow closed the pass on Tuesday, the police said, and drivers have to take the tunnel until the weekend."
PAGE = f"<html><body><nav><a href=/>Home</a></nav><article><h1>Snow on the pass</h1><p>{SNOW}</p></article></body></html>"
CRAWL = """
import scrapy
from scrapy.crawler import CrawlerProcess
from copydesk.adapters.scrapy import page_item

class Pages(scrapy.Spider):
    name = "pages"
    async def start(self):
        for name in {names!r}:
            yield scrapy.Request("file://{folder}/" + name)
    def parse(self, response):
        yield page_item(response, topic="weather")

process = CrawlerProcess({{
    "LOG_LEVEL": "INFO",
    "TELNETCONSOLE_ENABLED": False,
    "ITEM_PIPELINES": {{"copydesk.adapters.scrapy.CopydeskPipeline": 300}},
    "COPYDESK": {{"emit.removed_text": "false"}},
    "COPYDESK_SOURCE": "crawl",
    "FEED_EXPORTERS": {{"warc": "copydesk.adapters.scrapy.WarcItemExporter"}},
    "FEEDS": {{
        "{folder}/raw/crawl/pages.warc.gz": {{"format": "warc"}},
        "{folder}/items.jsonl": {{"format": "jsonl", "fields": ["article", "topic"]}},
    }},
}})
process.crawl(Pages)
process.start()
"""


def test_a_crawl_cleans_its_items_and_leaves_a_raw_folder(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "empty.html").write_bytes(b"<html></html>")
    code = CRAWL.format(folder=tmp_path, names=["page.html", "empty.html"])
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "Dropped: empty" in done.stderr or "Dropped: no_article" in done.stderr, done.stderr
    (item,) = [json.loads(line) for line in (tmp_path / "items.jsonl").read_text().splitlines()]
    assert (item["topic"], item["article"]["title"], item["article"]["text"]) == ("weather", "Snow on the pass", SNOW)
    assert (item["article"]["source"], item["article"]["url"]) == ("crawl", f"file://{tmp_path}/page.html")
    (cleaned,) = clean_files([tmp_path / "raw"], workers=1)
    assert cleaned.article is not None
    assert cleaned.article.text == SNOW
    assert cleaned.article.url == f"file://{tmp_path}/page.html"


def response(body: bytes, **headers: str) -> HtmlResponse:
    return HtmlResponse("https://example.org/snow", body=body, headers=headers, encoding="utf-8")


def test_the_pipeline_takes_pages_and_texts_and_says_why_it_drops() -> None:
    step = CopydeskPipeline()
    assert step.process_item(page_item(response(PAGE.encode())))["article"]["text"] == SNOW
    assert step.process_item({"html": PAGE})["article"]["title"] == "Snow on the pass"
    assert step.process_item({"text": SNOW + "\n\nShare this article"})["article"]["text"] == SNOW
    with pytest.raises(DropItem, match=r"^empty: "):
        step.process_item({"text": ""})
    with pytest.raises(DropItem, match=r"^empty: "):
        CopydeskPipeline(Config()).process_item({"url": "https://example.org"})


def test_a_record_of_warc_is_the_response_and_the_same_item_is_the_same_bytes(tmp_path: Path) -> None:
    item = page_item(response(PAGE.encode(), **{"Content-Type": "text/html", "Content-Encoding": "gzip", "X-Odd": "a\r\nSet: b"}))
    item["fetched_at"] = "2026-11-30T10:00:00Z"
    assert warc_record(item, packed=True) == warc_record(dict(item), packed=True)
    plain = warc_record(item, packed=False)
    assert b"\r\nSet:" not in plain
    assert b"gzip" not in plain
    (tmp_path / "a.warc").write_bytes(plain)
    (tmp_path / "b.warc.gz").write_bytes(warc_record(item, packed=True) * 2)
    found = [cleaned.article for cleaned in clean_files([tmp_path], workers=1)]
    assert [article.text for article in found if article] == [SNOW] * 3
    assert [article.provenance.raw.fetched_at for article in found if article] == ["2026-11-30T10:00:00Z"] * 3


def test_an_item_without_body_is_no_record() -> None:
    with pytest.raises(ValueError, match="page_item"):
        WarcItemExporter(BytesIO()).export_item({"url": "https://example.org"})
