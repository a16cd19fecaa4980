"""Finds a user's own `pipeline` or `tasks` that Python would import instead of copydesk's."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("pipeline", "tasks")
"""The names under which copydesk's code is installed beside the package `copydesk`."""


def refuse_shadows() -> None:
    """Make sure that `pipeline` and `tasks` are copydesk's own.

    Nothing is imported here: where a name comes from is asked of the import system.

    Raises:
        ImportError: another module of that name stands before ours on `sys.path`, or ours is not installed; the message names the file.
    """
    home = Path(__file__).resolve().parents[1]
    for name in PACKAGES:
        spec = find_spec(name)
        if spec is None:
            msg = f"copydesk's package {name} is not installed beside {home / 'copydesk'}; install copydesk again"
            raise ImportError(msg)
        places = [spec.origin] if spec.origin else list(spec.submodule_search_locations or ())
        ours = home / name
        if not any(Path(place).resolve().is_relative_to(ours) for place in places):
            msg = (
                f"{places[0] if places else name} stands in the way of copydesk's own package {name}: Python finds it first."
                f" Rename it, or start from another folder"
            )
            raise ImportError(msg)
