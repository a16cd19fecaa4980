"""The Luigi tasks: `luigi --module tasks BuildDataset --local-scheduler`."""

from luigi.tools.range import RangeDaily

from tasks.build import BuildDataset, CleanDay, RawDay
from tasks.clean_shard import CleanShard
from tasks.dataset import WriteDataset
from tasks.inventory import Inventory

__all__ = ["BuildDataset", "CleanDay", "CleanShard", "Inventory", "RangeDaily", "RawDay", "WriteDataset"]
