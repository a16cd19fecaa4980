"""The one error that extraction raises on purpose."""

from __future__ import annotations


class ExtractError(ValueError):
    """A page that is refused.

    Attributes:
        code: one of the closed list of rejections: `too_large`, `too_deep` or `no_article`.
        detail: what was measured, for the ledger.
    """

    def __init__(self, code: str, detail: str) -> None:
        """Keep the code and the detail apart."""
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
