"""Which fields a page has: sources say what they know (`collect_html`, `collect_visible`), one table ranks them (`judge`)."""

from pipeline.describe.choose import judge
from pipeline.describe.language import foreign_language, language
from pipeline.describe.sources.markup import collect_html
from pipeline.describe.sources.near_headline import collect_visible
from pipeline.describe.sources.removed_lines import collect_furniture
from pipeline.describe.sources.urls import date_order

__all__ = ["collect_furniture", "collect_html", "collect_visible", "date_order", "foreign_language", "judge", "language"]
