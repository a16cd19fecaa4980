"""The Luigi tasks: `luigi --module tasks BuildDataset --local-scheduler`."""

from luigi.configuration import get_config
from luigi.tools.range import RangeDaily

from tasks.build import BuildDataset, CleanDay, CleanShards, RawDay
from tasks.clean_shard import CleanShard
from tasks.dataset import WriteDataset
from tasks.inventory import Inventory

_DEFAULTS = {
    "core": {"log_level": "WARNING", "autoload_range": "false"},
    "worker": {"keep_alive": "false", "force_multiprocessing": "true"},
    "retcode": {
        "already_running": "10",
        "missing_data": "20",
        "not_run": "25",
        "task_failed": "30",
        "scheduling_error": "35",
        "unhandled_exception": "40",
    },
}
"""What luigi.cfg says of Luigi itself, for a folder that has none: no lines of debugging, and exit codes that tell of failures."""


def _quiet_and_honest() -> None:
    """Give Luigi the defaults that no configuration file sets."""
    parser = get_config()
    for section, keys in _DEFAULTS.items():
        for key, value in keys.items():
            if not parser.has_option(section, key):
                parser.set(section, key, value)


_quiet_and_honest()

__all__ = ["BuildDataset", "CleanDay", "CleanShard", "CleanShards", "Inventory", "RangeDaily", "RawDay", "WriteDataset"]
