"""What the server of `tests.warm_copydesk` loads: all but Luigi, which reads its settings from the folder that it is loaded in."""

import pyarrow.parquet

from copydesk import build_commands, cli, dataset_commands, document_commands, setup_commands
from copydesk.commands import clean, explain_inputs
from pipeline import stages
from pipeline.config import Config
from tasks.core import isolation, one_document

LOADED = (
    *(pyarrow, build_commands, cli, dataset_commands, document_commands, setup_commands, clean, explain_inputs, stages),
    *(isolation, one_document),
)
isolation.warm_up(Config())
