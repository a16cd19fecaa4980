"""Settings of the whole test run."""

import gc

from hypothesis import HealthCheck, settings

# A test run gives the same verdict every time; the time of one example says nothing on a shared machine.
settings.register_profile(
    "copydesk", derandomize=True, deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
settings.load_profile("copydesk")


def pytest_unconfigure() -> None:
    """Builds freeze what the collector would look at before they fork; DuckDB complains at the end of a process that never thaws."""
    gc.unfreeze()
