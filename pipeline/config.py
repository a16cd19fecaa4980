"""One frozen configuration, a section a stage, passed in and never changed.

The names are those of `luigi.cfg`: section, then key. `docs/operations.md` lists them all with their defaults.
"""

from __future__ import annotations

import difflib
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, get_args, get_origin

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class ConfigError(ValueError):
    """A setting that does not exist or has a value that it cannot take; the message names it and says what it takes."""


Percentage = Annotated[int, msgspec.Meta(ge=0, le=100)]


class LimitsConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Budgets that follow from the input alone.

    `max_bytes`: a larger document is rejected as `too_large`. The largest of the 2,129 annotated development pages has 16 MB.
    `max_record_bytes`: a record whose JSON is larger makes its document `too_large` as well.
    """

    max_bytes: Annotated[int, msgspec.Meta(ge=1)] = 32 * 1024 * 1024
    max_record_bytes: Annotated[int, msgspec.Meta(ge=1)] = 256 * 1024 * 1024


class RulesConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Rule files of the user's own, read after the shipped ones: paths, in `luigi.cfg` one a line or parted by commas."""

    files: tuple[str, ...] = ()


class IngestConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How rows of JSON, JSON Lines and Parquet become documents, and how much a container may unfold to.

    The first of the named fields that a row has counts; a dot reaches into an object (`metadata.url`).

    `content`: the page or the text. `url`, `fetched_at`, `media_type`, `http`: what is known of it.
    `unread_bytes`: how many bytes of one oversized member are unpacked and thrown away to reach the next member of a stream; a container
    that unfolds further ends there as `too_large`.
    `nested_bytes`: the largest container inside a container, in bytes as it lies there, without the packing of the outer one.
    """

    content: tuple[str, ...] = ("html", "raw_html", "text", "content", "body", "raw_content")
    url: tuple[str, ...] = ("url", "link", "source_url", "metadata.url")
    fetched_at: tuple[str, ...] = ("fetched_at", "date_download", "fetch_time", "crawl_date", "metadata.fetched_at")
    media_type: tuple[str, ...] = ("media_type", "content_type", "mime_type")
    http: tuple[str, ...] = ("http", "http_headers", "headers")
    unread_bytes: int = 256 * 1024 * 1024
    nested_bytes: int = 1024 * 1024 * 1024


class DecodeConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How bytes become characters.

    Attributes:
        prescan_bytes: how many leading bytes of an HTML page are searched for a charset declaration. The HTML standard says 1,024;
            pages with long scripts before their `meta` element are common enough to look further.
        detect_bytes: how many bytes of lines with high bytes the detectors read when nothing else decides.
        max_unreadable_percent: a document with a larger share of unreadable characters is refused as `undecodable`.
    """

    prescan_bytes: int = 8_192
    detect_bytes: int = 32_768
    max_unreadable_percent: Percentage = 20


class ExtractConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The section `[extract]`.

    Attributes:
        engine: who decides which blocks are the article: `blocks`, the model shipped with copydesk, or `trafilatura`, whose output
            is only looked up: blocks that it contains are kept. The text is ours in both cases.
        max_chars: a longer page is rejected as `too_large`.
        max_nodes: a page with more tags is rejected as `too_large`.
        max_depth: a page with block-level elements nested deeper is rejected as `too_deep`. The walk itself is linear at any depth.
        threshold: added to the page's own threshold, in thousandths of log odds: a higher value keeps less.
        min_words: a page with fewer words in its kept blocks has no article (a Chinese or Japanese character counts as half a word).
    """

    engine: Literal["blocks", "trafilatura"] = "blocks"
    max_chars: int = 30_000_000
    max_nodes: int = 1_000_000
    max_depth: int = 5_000
    threshold: int = 100
    min_words: int = 10


class SegmentConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How lines become blocks.

    Attributes:
        join_score: Lowest score of the pair model, in its integer units, at which two lines are one paragraph; 0 is even odds.
        wrap_min: Narrowest column, in characters, at which text counts as hard-wrapped.
        wrap_max: Widest such column. Typewriter and mail conventions lie between 60 and 80.
    """

    join_score: int = 0
    wrap_min: int = 45
    wrap_max: int = 100


class StripConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What may be taken out, and when a document is doubtful.

    Attributes:
        rules: Whether rules remove and move blocks at all.
        model: Whether the line model may remove what no rule names. It only ever speaks where the page shows furniture; see `gate`.
        span_model: Whether the span model may take what neither a rule nor the line model names, inside lines too. On texts as scrapers
            saved them it finds more of the furniture (recall .54 to .58, precision .94 to .95), of clean bodies it takes a little more,
            and a text costs half as much again: `docs/models-text.md`.
        line_spread: How far the line model's scores are trusted, in tenths: 10 takes them as log odds as they are, more draws all
            probabilities towards one half and keeps more. Chosen out of fold.
        repeat_run: How many blocks in the same order make a repeat by themselves. On 61 of 791 annotated articles some line of over 40
            characters rightly stands twice, so that fewer count only with a reason.
        repeat_chars: Shortest block, in characters, that counts in such a run.
        warn_share: Percentage of the characters of prose whose loss earns the document a warning.
        title_chars: Longest title, in characters.
    """

    rules: bool = True
    model: bool = True
    span_model: bool = False
    line_spread: int = 12
    repeat_run: int = 3
    repeat_chars: int = 40
    warn_share: int = 50
    title_chars: int = 250


Variety = Literal["en-US", "en-GB", "en-GB-oxendict", "en-CA", "en-AU", "keep"]


class NormaliseConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What the normaliser may change; the defaults change only what is certain.

    Attributes:
        variety: the spelling that English body text arrives in; `keep` leaves every word as written.
        misspellings: whether misspelt words with one possible reading are corrected.
        mojibake: whether text that was decoded with the wrong charset is repaired.
        entities: whether character references left in the text are decoded.
        quotes: `straight` turns curly quotation marks into ASCII ones.
        widths: `fold` turns full-width ASCII and half-width kana into their normal forms.
        ligatures: `fold` spells out the Latin ligatures U+FB00..U+FB06.
        bidi: `safe` removes directional controls where nothing is written from right to left, and overrides everywhere;
            `remove` removes all; `keep` none.
        zero_width: `safe` keeps joiners where the script or an emoji sequence needs them; `remove` removes all; `keep` none.
        soft_hyphens: whether soft hyphens are removed.
        spaces: whether other spaces become a plain space and runs of spaces one.
    """

    variety: Variety = "en-US"
    misspellings: bool = True
    mojibake: bool = True
    entities: bool = True
    quotes: Literal["keep", "straight"] = "keep"
    widths: Literal["keep", "fold"] = "keep"
    ligatures: Literal["keep", "fold"] = "keep"
    bidi: Literal["safe", "remove", "keep"] = "safe"
    zero_width: Literal["safe", "remove", "keep"] = "safe"
    soft_hyphens: Literal["remove", "keep"] = "remove"
    spaces: Literal["plain", "keep"] = "plain"


class DescribeConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Budgets and choices; every one of them changes what is read.

    Attributes:
        jsonld_chars: code points of one JSON-LD script that is parsed; longer ones are left alone.
        jsonld_nodes: objects of a page's JSON-LD that are looked at.
        meta_tags: elements of the page that are looked at, in document order.
        visible_blocks: blocks after the headline in which a byline or a stamp may stand.
        most_tags: tags that a record keeps.
        relative_dates: whether "2 hours ago" is read where the time of fetching is known.
    """

    jsonld_chars: int = 8_000_000
    jsonld_nodes: int = 5_000
    meta_tags: int = 1_500
    visible_blocks: int = 12
    most_tags: int = 40
    relative_dates: bool = True


class EmitConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the last stage. `removed_text`: repeat the words of removed spans in `removed` (offsets are always there)."""

    removed_text: bool = True


class DuplicatesConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What counts as the same story. `docs/duplicates.md` shows the measurements behind the defaults.

    Attributes:
        least_words: Shortest text, in words of the match key, that can be a near copy or a version of a wire story; shorter ones have
            exact copies only.
        near_similarity: Percentage of the shingles of both texts together that near copies share at least (Jaccard similarity).
        near_containment: Percentage of the shingles of the shorter text that make it a near copy of the longer one or of a part of it.
        near_coverage: The same for its words that stand in passages of both; texts of many short lines in another order reach only this.
        wire_coverage: Percentage of the words of the shorter text that stand in passages of both, at least, for a wire story.
        wire_passages: How many such passages there are, at least: one quotation or one paragraph of background is no story.
        wire_spread: In how many tenths of the shorter text they stand, at least.
        wire_quotations: So many shared quotations make a wire story by themselves, where the passages are at least half of `wire_coverage`.
        wire_names: Percentage of the names and numbers of one text that the other has too, at least.
        common_records: A phrase that stands in so many records does not count where most of those that share it tell different stories.
    """

    least_words: int = 20
    near_similarity: Percentage = 50
    near_containment: Percentage = 66
    near_coverage: Percentage = 80
    wire_coverage: Percentage = 12
    wire_passages: int = 4
    wire_spread: Annotated[int, msgspec.Meta(ge=0, le=10)] = 5
    wire_quotations: int = 3
    wire_names: Percentage = 40
    common_records: int = 4


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """All settings that decide what a record says."""

    limits: LimitsConfig = LimitsConfig()
    ingest: IngestConfig = IngestConfig()
    rules: RulesConfig = RulesConfig()
    decode: DecodeConfig = DecodeConfig()
    extract: ExtractConfig = ExtractConfig()
    segment: SegmentConfig = SegmentConfig()
    strip: StripConfig = StripConfig()
    normalise: NormaliseConfig = NormaliseConfig()
    describe: DescribeConfig = DescribeConfig()
    emit: EmitConfig = EmitConfig()
    duplicates: DuplicatesConfig = DuplicatesConfig()

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """Return the defaults with single settings replaced; values may be strings, as a file gives them.

        Raises `ConfigError` on an unknown name or an unfit value.

        >>> Config.of({"normalise.variety": "keep"}).normalise.variety
        'keep'
        >>> Config.of({"normalise.colour": "red"})
        Traceback (most recent call last):
        pipeline.config.ConfigError: no setting is named normalise.colour; normalise has: bidi, entities, ...
        """
        sections: dict[str, dict[str, Any]] = msgspec.to_builtins(cls())
        for name, value in settings.items():
            section, _, key = name.partition(".")
            if section not in sections:
                msg = f"no section is named {section}; there are: {', '.join(sections)}"
                raise ConfigError(msg)
            if key not in sections[section]:
                msg = f"no setting is named {name}; {section} has: {', '.join(sorted(sections[section]))}"
                raise ConfigError(msg)
            sections[section][key] = _listed(value) if isinstance(sections[section][key], list | tuple) else value
        try:
            return msgspec.convert(sections, cls, strict=False)
        except msgspec.ValidationError as error:
            raise ConfigError(_unfit(cls, sections) or f"a setting has an unfit value: {error}") from error

    @classmethod
    def section_names(cls) -> tuple[str, ...]:
        """Return the names of the sections, in the order of the stages."""
        return tuple(field.name for field in msgspec.structs.fields(cls))

    def sha256(self, rule_digests: Iterable[str] = ()) -> str:
        """Return the hex digest of all settings that decide what a record says, as canonical JSON: the `config_sha256` of everything.

        Those of `[duplicates]` are about many records, and of a rule file it is the content that counts and not the name.

        Args:
            rule_digests: hex sha256 of the content of every file that `[rules]` names, in the order in which they are read.
        """
        sections: dict[str, Any] = msgspec.to_builtins(self)
        decisive = {name: keys for name, keys in sections.items() if name not in ("duplicates", "rules")}
        if contents := list(rule_digests):
            decisive["rules"] = {"contents": contents}
        return sha256(msgspec.json.encode(decisive, order="deterministic")).hexdigest()


def _listed(value: Any) -> Any:
    """Split a string of a configuration file into a list: commas or line ends between entries."""
    if not isinstance(value, str):
        return value
    return [entry.strip() for entry in value.replace("\n", ",").split(",") if entry.strip()]


_CLOSE = 0.81
"""Similarity (difflib) from which on a name is a slip of another: [normalize], [strips], but not [retcode], [email], [database]."""
_STEM = 5
"""So many first letters in common make it a slip as well: [normalization]."""


def check_sections(names: Iterable[str], known: Iterable[str]) -> None:
    """Raise `ConfigError` where a section of a settings file is nearly one of the `known` and is none of them.

    A file may hold sections of other programs: what resembles none of ours is left to them.

    >>> check_sections(["normalise", "retcode"], Config.section_names())
    >>> check_sections(["normalize"], Config.section_names())
    Traceback (most recent call last):
    pipeline.config.ConfigError: no section is named [normalize]; did you mean [normalise]?
    """
    ours = tuple(known)
    for name in names:
        if name in ours:
            continue
        plain = name.strip().lower()
        close = difflib.get_close_matches(plain, ours, n=1, cutoff=_CLOSE) or [
            own for own in ours if len(own) >= _STEM and plain.startswith(own[:_STEM])
        ]
        if close:
            msg = f"no section is named [{name}]; did you mean [{close[0]}]?"
            raise ConfigError(msg)


def _unfit(config: type[Config], sections: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Say which setting has an unfit value and what it takes, None where each is fit by itself."""
    for section in msgspec.structs.fields(config):
        for field in msgspec.structs.fields(section.type):
            value = sections[section.name][field.name]
            try:
                msgspec.convert(value, field.type, strict=False)
            except msgspec.ValidationError:
                return f"{section.name}.{field.name} cannot be {value!r}; it takes {_takes(field.type)}"
    return None


def _takes(kind: Any) -> str:
    """Say in words what a type of a setting takes.

    >>> _takes(Literal["safe", "keep"]), _takes(bool), _takes(Annotated[int, msgspec.Meta(ge=1)])
    ('safe or keep', 'true or false', 'a whole number, at least 1')
    """
    origin = get_origin(kind)
    if origin is Literal:
        *values, last = map(str, get_args(kind))
        return f"{', '.join(values)} or {last}" if values else last
    if origin is Annotated:
        inner, *notes = get_args(kind)
        least = next((note.ge for note in notes if isinstance(note, msgspec.Meta) and note.ge is not None), None)
        return _takes(inner) + (f", at least {least}" if least is not None else "")
    if origin is tuple:
        return "names, parted by commas"
    return {bool: "true or false", int: "a whole number", float: "a number"}.get(kind, "a string")
