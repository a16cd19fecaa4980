"""Lines of programs, shells, markup and configuration: what a line of prose, a headline or a list of names does not look like."""

from __future__ import annotations

import re

_LONGEST = 200
_STRONG = re.compile(
    r"(?:\$ |>>>|\.\.\. |%\w|#!|# \w|//|/\*|\*/|<!--|@\w{1,30}\(|<[/!?]?[a-zA-Z][\w.-]{0,40}(?:[ >/]|$)|--?[a-zA-Z]|─{3}|={3})(?:\S| |$)"
    r"|[\w.\[\]\"'$*&-]{1,60}(?: |\t)*(?:[-+*/|&:]?=|:=|<-|=>)(?: |\t)*\S"
    r"|[\w.:>-]{1,60}\([^()]*(?:\([^()]*\)[^()]*)*\)[:;{,]?$"
    r"|(?:def|class|import|from|return|function|fn|func|var|let|const|public|private|protected|static|void|int|elif|else:|try:|except|finally:|"
    r"echo|print|export|sudo|npm|npx|yarn|pip3?|git|docker|kubectl|curl|wget|cd|apt|apt-get|brew|cargo|make|python3?|node|java|"
    r"SELECT|FROM|WHERE|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|JOIN|LEFT|INNER|ORDER|GROUP|LIMIT|VALUES|SET)\b(?= ?[\w./'\"*@({<-]*)"
    r"|(?:end|fi|done|esac|else|then|do|begin|pass|break|continue|\)|\]|\}|\{|\[|\()[;,]?$"
    r"|[\w./-]{1,40}(?: [\w./:=-]{1,40}){0,3} -{1,2}[a-zA-Z]|[^│]{0,60}│"
    r"|\"[\w-]{1,60}\": ?\S|[\w-]{1,40}: ?[|>\[{]$"
)
"""Prompts, comments, markup, assignments, calls, the words that lines of common languages and shells begin with, and keys."""
_ENDS = (";", "{", "}", "],", "},", "/>", "\\", "->", "=>", "&&", "):", "});")
"""Ends of statements that no sentence has."""
_COMMENT = re.compile(r"(?<=\S)\s++(?:#|//|--|/\*|;;)\s.*$")
"""A comment behind a statement."""
_KEYWORD = re.compile(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+ [a-z]+ [a-z]+")
"""Six words in small letters in a row: a sentence, even where it begins with "from" or "make"."""


def is_code_line(line: str) -> bool:
    """Whether a line reads as one of a program.

    >>> is_code_line("total = 0"), is_code_line("$ make all"), is_code_line("SELECT name"), is_code_line("</div>")
    (True, True, True, True)
    >>> is_code_line("From the hills came rain (and wind)."), is_code_line("Photo: Jane Doe (Reuters)"), is_code_line("Read more:")
    (False, False, False)
    """
    body = _COMMENT.sub("", line[:_LONGEST].strip())
    return bool(body) and (body.endswith(_ENDS) or _STRONG.match(body) is not None) and _KEYWORD.search(body) is None
