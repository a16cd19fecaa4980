"""What the record holds beyond the text."""

import msgspec


class EmitConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the last stage. `removed_text`: repeat the words of removed spans in `removed` (offsets are always there)."""

    removed_text: bool = True
