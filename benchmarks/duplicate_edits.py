"""Honest edits of stories, for measuring `pipeline.duplicates`: small changes, rewritten stories, lookalikes.

Every generator takes a `random.Random`, a story and other stories to borrow from. The same seed gives the same texts. The edits
imitate what sites do to an article that they take over; the hard negatives are what two different articles may have in common.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

Paragraphs = list[str]


class Story(NamedTuple):
    """An article of a corpus: its id, its site, and its paragraphs."""

    id: str
    site: str
    paragraphs: Paragraphs

    @property
    def text(self) -> str:
        """Return the paragraphs, parted by blank lines."""
        return "\n\n".join(self.paragraphs)


def words_of(paragraphs: Sequence[str]) -> int:
    """Count the words of some paragraphs.

    >>> words_of(["one two", "three"])
    3
    """
    return sum(len(paragraph.split()) for paragraph in paragraphs)


# ---- copies: the same text with small changes ----------------------------------------------------------------------------


def cut_lead(rng: random.Random, story: Story, _others: Sequence[Story]) -> Paragraphs:
    """Leave out what stands first, up to a quarter of the words."""
    return story.paragraphs[_some(rng, story.paragraphs, 0.25) :]


def cut_tail(rng: random.Random, story: Story, _others: Sequence[Story]) -> Paragraphs:
    """Leave out what stands last, up to 35 % of the words: the piece was cut to fit."""
    gone = _some(rng, story.paragraphs[::-1], 0.35)
    return story.paragraphs[: len(story.paragraphs) - gone]


def changed_paragraphs(rng: random.Random, story: Story, others: Sequence[Story]) -> Paragraphs:
    """Put foreign paragraphs in the place of some, up to a fifth of the words."""
    out = list(story.paragraphs)
    budget = words_of(out) * 0.2
    for place in rng.sample(range(len(out)), len(out)):
        budget -= words_of([out[place]])
        if budget < 0:
            break
        out[place] = rng.choice(rng.choice(others).paragraphs)
    return out


def changed_words(rng: random.Random, story: Story, others: Sequence[Story]) -> Paragraphs:
    """Correct words here and there: one word in forty."""
    vocabulary = rng.choice(others).text.split()
    return [" ".join(rng.choice(vocabulary) if rng.random() < 0.025 else word for word in text.split()) for text in story.paragraphs]


def appended_furniture(rng: random.Random, story: Story, _others: Sequence[Story]) -> Paragraphs:
    """Let the furniture of another site stand around the text."""
    return dressed(rng, story.paragraphs, furniture(rng, max(12, words_of(story.paragraphs) // 4)))


def variant_spelling(_rng: random.Random, story: Story, _others: Sequence[Story]) -> Paragraphs:
    """Set the text by another style guide: spelling, quotation marks, dashes, abbreviations, accents."""
    out = []
    for text in story.paragraphs:
        turned = text
        for pattern, other in _STYLE:
            turned = re.sub(pattern, other, turned)
        out.append(turned)
    return out


def reordered(rng: random.Random, story: Story, _others: Sequence[Story]) -> Paragraphs:
    """Put the paragraphs into another order."""
    return rng.sample(story.paragraphs, len(story.paragraphs))


def joined(rng: random.Random, story: Story, _others: Sequence[Story]) -> Paragraphs:
    """Merge neighbouring paragraphs and part others at the ends of sentences."""
    pieces = [sentence for text in story.paragraphs for sentence in sentences(text)]
    out: Paragraphs = []
    for piece in pieces:
        if out and rng.random() < 0.75:
            out[-1] += f" {piece}"
        else:
            out.append(piece)
    return out


def merged(rng: random.Random, story: Story, others: Sequence[Story]) -> Paragraphs:
    """Let another, shorter article follow on the same page."""
    limit = words_of(story.paragraphs) * 0.9
    rest: Paragraphs = []
    for text in rng.choice(others).paragraphs:
        if words_of([*rest, text]) > limit:
            break
        rest.append(text)
    return [*story.paragraphs, *rest]


def several(rng: random.Random, story: Story, others: Sequence[Story]) -> Paragraphs:
    """Do two of the small edits, one after the other."""
    for edit in rng.sample([cut_lead, changed_words, appended_furniture, variant_spelling, joined], 2):
        story = story._replace(paragraphs=edit(rng, story, others))
    return story.paragraphs


# ---- rewritten: the same story in other words ----------------------------------------------------------------------------


def rewritten(rng: random.Random, story: Story, others: Sequence[Story]) -> Paragraphs:
    """Rewrite as a sub-editor does: a fifth of the words outside quotations, a new lead, some sentences gone, neighbours swapped."""
    return _retold(rng, story, others, change=0.2, gone=0.2)


def rewritten_hard(rng: random.Random, story: Story, others: Sequence[Story]) -> Paragraphs:
    """Rewrite a third of the words outside quotations and leave out a third of the sentences."""
    return _retold(rng, story, others, change=0.33, gone=0.3)


def quotations_kept(rng: random.Random, story: Story, others: Sequence[Story]) -> Paragraphs:
    """Keep what people said, and write all else anew."""
    return _retold(rng, story, others, change=0.65, gone=0.3, spoken=0.1)


def shortened(rng: random.Random, story: Story, others: Sequence[Story]) -> Paragraphs:
    """Make a brief of the story: half of the sentences are gone, a tenth of the words changed."""
    return _retold(rng, story, others, change=0.1, gone=0.5, spoken=0.4)


def extended(rng: random.Random, story: Story, others: Sequence[Story]) -> Paragraphs:
    """Rewrite the story and add as much of one's own reporting."""
    told = _retold(rng, story, others, change=0.15, gone=0.2)
    own = merged(rng, story._replace(paragraphs=[]), others) or list(rng.choice(others).paragraphs)
    budget, extra = words_of(told), []
    for text in own + list(rng.choice(others).paragraphs):
        if words_of([*extra, text]) > budget:
            break
        extra.append(text)
    for text in extra:
        told.insert(rng.randrange(1, len(told) + 1), text)
    return told


def _retold(rng: random.Random, story: Story, others: Sequence[Story], *, change: float, gone: float, spoken: float = 0.15) -> Paragraphs:
    """Rewrite a story: `change` of the words outside quotations, `gone` of the sentences, `spoken` of those with quotations."""
    vocabulary = rng.choice(others).text.split()
    told = [rng.choice(sentences(rng.choice(rng.choice(others).paragraphs)) or ["News from abroad."])]
    for text in story.paragraphs[1:] if len(story.paragraphs) > 4 else story.paragraphs:
        kept = []
        for sentence in sentences(text):
            quoted = _QUOTED.search(sentence) is not None
            if rng.random() >= (spoken if quoted else gone):
                kept.append(_other_words(rng, sentence, vocabulary, change))
        if kept:
            told.append(" ".join(kept))
    for place in range(1, len(told) - 1):
        if rng.random() < 0.2:
            told[place], told[place + 1] = told[place + 1], told[place]
    return told


def _other_words(rng: random.Random, sentence: str, vocabulary: Sequence[str], change: float) -> str:
    """Change words outside quotations: a synonym or another word, one less, one more, two swapped."""
    parts = _QUOTED.split(sentence)
    quotes = _QUOTED.findall(sentence)
    out = []
    for number, part in enumerate(parts):
        words = part.split()
        new: list[str] = []
        for word in words:
            new.append(_SYNONYMS.get(word.lower(), word) if rng.random() < 2 * change else word)
            if rng.random() < change:
                turn = rng.randrange(4)
                if turn == 0:
                    new.pop()
                elif turn == 1:
                    new.append(rng.choice(vocabulary))
                elif turn == 2 and len(new) > 1:
                    new[-1], new[-2] = new[-2], new[-1]
                else:
                    new[-1] = rng.choice(vocabulary)
        out.append(" ".join(new))
        if number < len(quotes):
            out.append(quotes[number])
    return " ".join(filter(None, out))


# ---- pairs that only look alike ------------------------------------------------------------------------------------------


def same_furniture(rng: random.Random, one: Story, two: Story, _others: Sequence[Story]) -> tuple[Paragraphs, Paragraphs]:
    """Two stories of one site, whose furniture stands around both: up to a third of the shorter text."""
    around = furniture(rng, min(words_of(one.paragraphs), words_of(two.paragraphs)) // rng.choice([3, 5, 8]))
    return dressed(rng, one.paragraphs, around), dressed(rng, two.paragraphs, around)


def same_quotation(rng: random.Random, one: Story, two: Story, others: Sequence[Story]) -> tuple[Paragraphs, Paragraphs]:
    """Two stories that quote the same one or two sentences."""
    source = sentences(rng.choice(others).text.replace("\n\n", " "))
    at = rng.randrange(max(1, len(source) - 2))
    said = " ".join(" ".join(source[at : at + rng.choice([1, 2])]).split()[:60]).rstrip(".,")
    left, right = list(one.paragraphs), list(two.paragraphs)
    left.insert(rng.randrange(len(left) + 1), f"“{said},” the minister said on Monday.")
    right.insert(rng.randrange(len(right) + 1), f"“{said},” he said.")
    return left, right


def same_background(rng: random.Random, one: Story, two: Story, others: Sequence[Story]) -> tuple[Paragraphs, Paragraphs]:
    """Two stories of a running topic: both end with the same one or two paragraphs of background, up to a quarter of the shorter."""
    budget = min(words_of(one.paragraphs), words_of(two.paragraphs)) // 4
    third = rng.choice(others).paragraphs
    at = rng.randrange(len(third))
    shared = " ".join(" ".join(third[at : at + 2]).split()[:budget])
    places = [rng.randrange(len(story.paragraphs) // 2, len(story.paragraphs) + 1) for story in (one, two)]
    left, right = ([*story.paragraphs[:place], shared, *story.paragraphs[place:]] for story, place in zip((one, two), places, strict=True))
    return left, right


def same_phrases(rng: random.Random, one: Story, two: Story, others: Sequence[Story]) -> tuple[Paragraphs, Paragraphs]:
    """Two stories on one subject: the same names, titles and set phrases of three to six words all over both."""
    source = rng.choice(others).text.split()
    phrases = [" ".join(source[at : at + rng.randint(3, 6)]) for at in (rng.randrange(max(1, len(source) - 6)) for _ in range(8))]

    def strewn(story: Story) -> Paragraphs:
        out = []
        for text in story.paragraphs:
            pieces = [f"{sentence} {rng.choice(phrases)}" if rng.random() < 0.4 else sentence for sentence in sentences(text)]
            out.append(" ".join(pieces))
        return out

    return strewn(one), strewn(two)


def same_form(rng: random.Random, one: Story, two: Story, _others: Sequence[Story]) -> tuple[Paragraphs, Paragraphs]:
    """Two short reports by one form, each with its own facts: the results of two companies."""

    def filled(story: Story) -> Paragraphs:
        names = [word.strip(".,“”\"'’") for word in story.text.split() if word[:1].isupper()] or ["Example"]
        out = [line.format(*(rng.choice([rng.choice(names), str(rng.randrange(2, 990))]) for _ in range(9))) for line in _FORM]
        own = sentences(story.text.replace("\n\n", " "))
        return [*out, *(" ".join(own[at : at + 3]) for at in range(0, min(len(own), 9), 3))]

    return filled(one), filled(two)


# ---- what the generators share -------------------------------------------------------------------------------------------


def sentences(text: str) -> Paragraphs:
    """Part a paragraph at the ends of sentences.

    >>> sentences("It rained. “It did,” he said. Again!")
    ['It rained.', '“It did,” he said.', 'Again!']
    """
    return [piece for piece in re.split(r"(?<=[.!?。！？])[\"”’]?\s+(?=[\"“‘A-ZÀ-ÝА-Я0-9])|(?<=[。！？])", text) if piece and piece.strip()]


def quoted_share(paragraphs: Sequence[str]) -> float:
    """Return the share of words that stand in quotations.

    >>> quoted_share(["“We shall see about that,” she said at home."])
    0.5555555555555556
    """
    return words_of([quote for text in paragraphs for quote in _QUOTED.findall(text)]) / max(1, words_of(paragraphs))


def furniture(rng: random.Random, words: int) -> Paragraphs:
    """Make up the furniture of a site: labels, promises and small print of about so many words."""
    name = rng.choice(_NAMES) + rng.choice([" Post", " Herald", " Daily", " Online", " Courier"])
    out: Paragraphs = []
    for line in rng.sample(_FURNITURE, len(_FURNITURE)):
        if words_of(out) >= words:
            break
        out.append(line.format(name=name, town=rng.choice(_NAMES), number=rng.randrange(10, 9999)))
    return out


def dressed(rng: random.Random, paragraphs: Sequence[str], around: Sequence[str]) -> Paragraphs:
    """Put furniture before and behind a text."""
    before = rng.randrange(min(3, len(around)) + 1)
    return [*around[:before], *paragraphs, *around[before:]]


def _some(rng: random.Random, paragraphs: Sequence[str], share: float) -> int:
    """Return how many of the first paragraphs to leave out: at least one where it is within the share of the words."""
    most = 0
    while most < len(paragraphs) - 1 and words_of(paragraphs[: most + 1]) <= share * words_of(paragraphs):
        most += 1
    return rng.randint(1, most) if most else 0


_QUOTED = re.compile(r"(?:“[^”]{15,600}”|\"[^\"]{15,600}\"|«[^»]{15,600}»|„[^“”]{15,600}[“”])")

_STYLE = (
    (r"[“”„]", '"'),
    (r"[‘’]", "'"),
    (r" [–—] ", " - "),
    (r"…", "..."),
    (r"\bU\.S\.", "US"),
    (r"\bU\.N\.", "UN"),
    (r"\bpercent\b", "per cent"),
    (r"(?<=[a-z]{3})ization\b", "isation"),
    (r"(?<=[a-z]{3})izing\b", "ising"),
    (r"\b([Cc])olor", r"\1olour"),
    (r"\b([Ll])abor\b", r"\1abour"),
    (r"\b([Cc])enter\b", r"\1entre"),
    (r"\b([Dd])efense\b", r"\1efence"),
    (r"é", "e"),
    (r"ü", "u"),
    (r"\bMr\. ", "Mr "),
)

_SYNONYMS: dict[str, str] = dict(
    re.findall(
        r"(\S+)=(\S+)",
        """
said=told reporters=journalists also=too but=however about=around people=residents big=large new=recent show=demonstrate
after=following before=prior including=such many=numerous most=majority because=since while=whereas would=will could=might
help=assist need=require start=begin started=began end=finish buy=purchase use=employ used=employed make=produce made=produced
good=fine important=key according=as year=12-month month=four-week million=m company=firm companies=firms government=cabinet
police=officers killed=slain died=perished children=youngsters home=house money=funds plan=scheme plans=schemes meeting=talks
called=urged added=continued announced=declared found=discovered think=believe want=wish work=labour like=such the=a a=one is=was
are=were
""",
    )
)

_NAMES = [
    "Alder",
    "Birchfield",
    "Calder",
    "Dunmore",
    "Elmstead",
    "Farley",
    "Glenbrook",
    "Harrow",
    "Ironbridge",
    "Juniper",
    "Kelso",
    "Larkhill",
]

_FURNITURE = [
    "Sign up for the {name} newsletter and get the stories of the day in your inbox every morning.",
    "Follow {name} wherever you like to read.",
    "Read more: five things to know before you go out in {town} this weekend",
    "Copyright {name}. No part of this page may be copied or passed on without the written consent of the publisher.",
    "{name} is an independent newspaper for {town} and the valley around it. It has been printed here since the railway came.",
    "Do you know more? Call our desk in {town} on 0555 {number} or write to us, and we shall keep your name to ourselves.",
    "Comments are closed on stories older than a week. Our house rules apply.",
    "Most read today",
    "Some links on this page earn {name} a small commission, which does not change what we write about them.",
    "Support local reporting. A subscription to {name} costs less than a cup of coffee a week and can be cancelled at any time.",
    "Share",
    "Advertisement",
    "The views of our guests are their own and not those of {name}, its owners or the people who advertise in it.",
    "Related stories: trains between {town} and the coast run late again; council looks for {number} homes",
    "Download our application to see pictures, puzzles and the weather in {town} without adverts.",
    "Readers can find corrections and clarifications on page two of the printed edition, and in the column on the right of this page.",
    "Opening hours of our shop in {town}: Monday to Friday from nine to five, on Saturdays until noon.",
    "Like what you see? Tell a friend about {name} and both of you get a month for nothing.",
]

_FORM = [
    "{0} said on Monday that its sales rose to {1} million in the quarter that ended in {2}.",
    "Analysts had on average expected {3} million, a survey by {4} found.",
    "Shares of {0} closed at {5} on the day before and have gained {6} percent since the year began.",
    "The company expects sales of between {7} and {8} million in the year as a whole, it said in a statement.",
]

COPIES: dict[str, Callable[[random.Random, Story, Sequence[Story]], Paragraphs]] = {
    edit.__name__: edit
    for edit in (
        *(cut_lead, cut_tail, changed_paragraphs, changed_words, appended_furniture),
        *(variant_spelling, reordered, joined, merged, several),
    )
}
REWRITES: dict[str, Callable[[random.Random, Story, Sequence[Story]], Paragraphs]] = {
    edit.__name__: edit for edit in (rewritten, rewritten_hard, quotations_kept, shortened, extended)
}
NEGATIVES: dict[str, Callable[[random.Random, Story, Story, Sequence[Story]], tuple[Paragraphs, Paragraphs]]] = {
    pair.__name__: pair for pair in (same_furniture, same_quotation, same_background, same_phrases, same_form)
}
