"""Raw files of a small build: pages and texts in many scripts, with a picture, known names, a list, and inputs that become no record."""

from __future__ import annotations

import json
from pathlib import Path

PICTURE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Floods close the harbour | Coast Press</title>
<meta property="article:published_time" content="2015-11-22T08:30:00Z"><link rel="canonical" href="https://www.coastpress.example/floods">
</head><body><nav><a href="/">Home</a> <a href="/news">News</a></nav><article><h1>Floods close the harbour</h1>
<figure><img src="/img/harbour.jpg" alt="Boats in the harbour">
<figcaption>Boats wait in the harbour on Sunday 🚤</figcaption></figure>
<p>High water 🌊 closed the harbour on Sunday, and the United Nations offered help to the families who had to leave their homes.</p>
<p>The mayor said that “nobody was hurt”, and that the ferries would sail again when the wind drops below 60 kilometres an hour.</p>
<ul><li>The road to the north stays closed until Tuesday evening at the earliest, the police said.</li>
<li>Schools in the three villages on the coast open again on Wednesday, said the council.</li></ul></article></body></html>"""

TEXTS: dict[str, str] = json.loads((Path(__file__).parents[1] / "cases" / "dataset" / "scripts.json").read_text(encoding="utf-8"))

STORY = """Rain in the valley

By Ann Lee

Heavy rain fell on the valley for a third day on Monday, and the mayor asked people who live near the river to leave their homes.

Share this article

The water is expected to rise until Wednesday, the weather service said. Schools will stay closed, and trains run every two hours.
"""

PAGES: dict[str, str | bytes] = {
    "coast/2015-11-22/floods.html": PICTURE,
    "valley/story.txt": STORY,
    **{f"scripts/{name}.txt": text for name, text in TEXTS.items()},
    "bad/empty.txt": b"",
    "bad/binary.bin": bytes(range(256)) * 20,
}
OK = len(PAGES) - 2
