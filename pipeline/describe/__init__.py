"""Which fields a page has: sources say what they know (`collect_html`, `collect_visible`), one table ranks them (`judge`)."""

from pipeline.describe.addresses import date_order
from pipeline.describe.furniture import collect_furniture
from pipeline.describe.judgement import judge
from pipeline.describe.languages import foreign_language, language
from pipeline.describe.markup import collect_html
from pipeline.describe.visible import collect_visible

__all__ = ["collect_furniture", "collect_html", "collect_visible", "date_order", "foreign_language", "judge", "language"]
