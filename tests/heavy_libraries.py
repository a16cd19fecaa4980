"""What every build loads and looks up in the process that writes the dataset, once for all builds of a process that starts many.

Arrow loads pandas where it is installed, at the first list that becomes a column: half a second for each build.
"""

import jsonschema
import pandas as pd
import pyarrow.compute
import pyarrow.parquet

from pipeline.dataset import card, charts, columns, croissant, parquet

LOADED = (jsonschema, pd, pyarrow, card, charts, columns, croissant, parquet)
KNOWN = (columns.article_schema(), columns.duplicate_schema())
