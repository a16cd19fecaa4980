"""The Luigi tasks: `luigi --module tasks BuildDataset --local-scheduler`.

Luigi finds a task when the module is imported that defines it. Whoever has loaded Luigi therefore gets all tasks at once; anybody else
gets `tasks.core` without Luigi, and a task when its name is asked for.
"""

import sys
from typing import Any

_TASKS = ("BuildDataset", "CleanDay", "CleanShard", "CleanShards", "Inventory", "RangeDaily", "RawDay", "SparkDataset", "WriteDataset")


def __getattr__(name: str) -> Any:
    """Return a task by its name.

    Raises:
        AttributeError: there is no task of this name.

    """
    if name not in _TASKS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tasks import luigi_tasks  # noqa: PLC0415 - loads Luigi

    return getattr(luigi_tasks, name)


if "luigi" in sys.modules:
    from tasks import luigi_tasks as luigi_tasks
