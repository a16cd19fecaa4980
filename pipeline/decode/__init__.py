"""Bytes to characters, with the decision recorded.

`decode` is the stage, `sniff` tells HTML from text from binary data.
"""

from pipeline.config import DecodeConfig
from pipeline.decode.policy import DecodeError, decode, decode_str, refuse_unreadable
from pipeline.decode.sniff import sniff

__all__ = ["DecodeConfig", "DecodeError", "decode", "decode_str", "refuse_unreadable", "sniff"]
