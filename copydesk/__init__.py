r"""copydesk: scraped articles in, canonical article JSON out.

>>> from copydesk import clean
>>> clean("Rain fell on Monday, the mayor said.\n\nShare this article\n").text
'Rain fell on Monday, the mayor said.'

The names below are loaded when they are first asked for, so that `copydesk --help` answers at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copydesk.batches import clean_batch, clean_batches, clean_plans
    from copydesk.files import clean_file, clean_files
    from copydesk.plans import plans_of
    from pipeline import Article, Config, Rejected, clean

    __version__: str

__all__ = [
    "Article",
    "Config",
    "Rejected",
    "__version__",
    "clean",
    "clean_batch",
    "clean_batches",
    "clean_file",
    "clean_files",
    "clean_plans",
    "plans_of",
]
_HOMES = {
    "clean_batch": "copydesk.batches",
    "clean_batches": "copydesk.batches",
    "clean_file": "copydesk.files",
    "clean_files": "copydesk.files",
    "clean_plans": "copydesk.batches",
    "plans_of": "copydesk.plans",
}


def __getattr__(name: str) -> Any:
    """Load one of the public names; raises `ImportError` where another `pipeline` stands in the way of ours."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415

        return version("copydesk")
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module  # noqa: PLC0415

    from copydesk.shadows import refuse_shadows  # noqa: PLC0415

    refuse_shadows()
    return getattr(import_module(_HOMES.get(name, "pipeline")), name)


def __dir__() -> list[str]:
    """List the public names for tab completion."""
    return sorted(__all__)
