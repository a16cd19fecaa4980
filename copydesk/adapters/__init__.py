"""copydesk as a step of other tools: datatrove, Scrapy, spaCy, and schedulers that are not Luigi.

Each module needs the library that it is for, and says in one line which that is where it is missing; copydesk itself needs none of them.
docs/engines.md shows each at work.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.config import Config
    from tasks.core.limits import Limits

_SURROGATE = re.compile("[\ud800-\udfff]")


def missing(module: str, package: str) -> ImportError:
    """Return the error of a module whose library is not installed.

    >>> print(missing("copydesk.adapters.scrapy", "scrapy"))
    copydesk.adapters.scrapy needs scrapy, which is not installed: pip install scrapy
    """
    return ImportError(f"{module} needs {package}, which is not installed: pip install {package}", name=package)


def clean_rows(
    rows: Sequence[Mapping[str, Any]], *, config: Config | None = None, source: str = "local", limits: Limits | None = None
) -> list[dict[str, Any]]:
    """Clean documents that are mappings, as `clean_batch` cleans rows of Arrow; give back its rows as mappings, in the same order.

    A key that one row lacks is null there. Lone surrogates, which Arrow cannot hold, become U+FFFD, as in `clean`.

    >>> [row["status"] for row in clean_rows([{"text": "Rain fell on Monday."}, {"html": b""}])]
    ['ok', 'rejected']
    """
    import pyarrow as pa  # noqa: PLC0415 - heavy

    from copydesk.batches import clean_batch  # noqa: PLC0415

    if not rows:
        return []
    names = sorted({name for row in rows for name in row})
    columns = {name: [_utf8(row.get(name)) for row in rows] for name in names}
    return list(clean_batch(pa.RecordBatch.from_pydict(columns), config=config, source=source, limits=limits).to_pylist())


def _utf8(value: Any) -> Any:
    return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) and not value.isascii() else value
