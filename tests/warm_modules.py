"""What the server of `tests.warm_copydesk` loads: all but Luigi, which reads its settings from the folder that it is loaded in."""

from copydesk import build_commands, cli, dataset_commands, document_commands, setup_commands
from copydesk.commands import clean, explain_inputs
from pipeline import stages
from pipeline.config import Config
from tasks.core import isolation, one_document
from tests import heavy_libraries

LOADED = (
    *(heavy_libraries, build_commands, cli, dataset_commands, document_commands, setup_commands, clean, explain_inputs, stages),
    *(isolation, one_document),
)
isolation.warm_up(Config())
