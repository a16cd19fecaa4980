"""Which fields a page has: sources say what they know (`collect_…`), one table ranks them (`choose_fields`)."""

from pipeline.describe.above_body import cut_above_body, with_raised_headline
from pipeline.describe.choose import choose_fields
from pipeline.describe.day_model import DayModel
from pipeline.describe.sources.markup import collect_markup
from pipeline.describe.sources.near_headline import collect_near_headline
from pipeline.describe.sources.removed_lines import collect_removed_lines
from pipeline.describe.sources.urls import date_order, with_region

__all__ = [
    "DayModel",
    "choose_fields",
    "collect_markup",
    "collect_near_headline",
    "collect_removed_lines",
    "cut_above_body",
    "date_order",
    "with_raised_headline",
    "with_region",
]
