"""What every build loads and looks up in the process that writes the dataset, once for all builds of a process that starts many."""

import jsonschema
import pyarrow.compute
import pyarrow.parquet

from pipeline.dataset import card, charts, columns, croissant, parquet

LOADED = (jsonschema, pyarrow, card, charts, columns, croissant, parquet)
KNOWN = (columns.article_schema(), columns.duplicate_schema())
