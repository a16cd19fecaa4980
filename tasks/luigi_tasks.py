"""Every task of a build, for Luigi to find."""

from __future__ import annotations

from luigi.tools.range import RangeDaily

from tasks.build import BuildDataset, CleanDay, CleanShards, RawDay
from tasks.clean_shard import CleanShard
from tasks.dataset import WriteDataset
from tasks.inventory import Inventory
from tasks.spark.task import SparkDataset

__all__ = ["BuildDataset", "CleanDay", "CleanShard", "CleanShards", "Inventory", "RangeDaily", "RawDay", "SparkDataset", "WriteDataset"]
