"""Which fields a page has: sources say what they know (`collect_html`, `collect_visible`), one table ranks them (`judge`)."""
