"""Reading quality: placeholders, doubled words, wrong articles, strange letters, sameness, length, ease of reading."""

import itertools
import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from builder import tasks
from builder.audit import masking, thresholds
from builder.audit.finding import MOST_EXAMPLES, faults, percent
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes, examples, kinds
from builder.base import plain_text
from builder.base.english import article
from builder.base.records import Profile
from builder.format.audit_report import Finding, FindingExample, Value
from builder.format.reading import Person

_PLACEHOLDER = re.compile(
    r"[{}]|\[[A-Za-z_ ]+\]|<[a-z_]+>|\b(?:TODO|TBD|XXX|lorem ipsum|None|nan|undefined)\b|\bnull\b"
)
_PLACEHOLDER_SIGNS = ("{", "}", "[", "<", "TODO", "TBD", "XXX", "lorem", "None", "nan", "undefined", "null")
_DOUBLED = re.compile(r"(?<!\S)([^\W_]+) \1(?=[\s,.;:?!]|$)", re.IGNORECASE)
_WRONGLY_DECODED = re.compile(r"Ã[\x80-\xbf¡-¿]|â€")
_ARTICLE = re.compile(r"(?<![\w'’-])(an?) ([^\W\d_]+)(?![\w-]*\d)", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?](?:\s|$)")
_SYLLABLE = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüý]+", re.IGNORECASE)


def observe_writing(person: Person, _: Setting) -> Note:
    """What reads badly in one person's texts, and how the biography reads; repeated texts are read once."""
    texts = "\n".join(dict.fromkeys(_texts(person)))
    biography = person.profile.biography
    values = {fact.value for fact in person.profile.facts}
    values |= {alternative for fact in person.profile.facts for alternative in fact.alternatives}
    names = frozenset(word for value in (*values, person.profile.name) for word in value.split())
    tokens = masking.words(biography)
    opening = masking.words(masking.mask(biography, ((person.profile.name, masking.NAME), *_masks(person.profile))))
    found = kinds(
        placeholders=_placeholders(texts),
        doubled=_find_doubled(texts, names),
        articles=_wrong_articles(texts, names),
        strange=_strange(texts),
        long=(_shorten(q.question) for q in person.questions if len(q.question.split()) > thresholds.LONG_QUESTION),
    )
    return {
        "texts": texts.count("\n") + 1,
        "opening": " ".join(opening[:4]),
        "words": len(tokens),
        "ease": (person.profile.locale, _reading_ease(biography, tokens)),
        **found,
    }


def _texts(person: Person) -> Iterator[str]:
    yield person.profile.biography
    for question in person.questions:
        yield question.question
        if tasks.of(question).in_sentences:
            yield question.answer


def _masks(profile: Profile) -> list[tuple[str, str]]:
    return [(fact.value, masking.VALUE) for fact in profile.facts if len(fact.value) > 2]


def _shorten(sentence: str) -> str:
    return sentence if len(sentence) <= 160 else f"{sentence[:157]}…"


def _around(found: re.Match[str]) -> str:
    """A finding and the line it stands in, cut to what surrounds it."""
    line = found.string[: found.end()].rpartition("\n")[2] + found.string[found.end() :].partition("\n")[0]
    place = max(0, line.find(found.group()) - 60)
    return f"'{found.group()}' in '{'…' if place else ''}{_shorten(line[place:])}'"


def _placeholders(texts: str) -> Iterator[str]:
    if any(sign in texts for sign in _PLACEHOLDER_SIGNS):  # reading for a few signs is much faster than the search
        for found in _PLACEHOLDER.finditer(texts):
            yield _around(found)


def _find_doubled(texts: str, names: frozenset[str]) -> Iterator[str]:
    for found in _DOUBLED.finditer(texts):
        if found[1] not in names:  # "Walla Walla" is a place
            yield _around(found)


def _wrong_articles(texts: str, names: frozenset[str]) -> Iterator[str]:
    for found in _ARTICLE.finditer(texts):
        written, word = found.groups()
        # "A" may be a blood type or a grade, and acronyms and names are read as people please.
        opens = found.start() == 0 or texts[found.start() - 1] == "\n" or texts[found.start() - 2] in ".?!"
        if word[0].isupper() or written in names or (written == "A" and not opens):
            continue
        if written.casefold() != article(word):
            yield _around(found)


def _strange(texts: str) -> Iterator[str]:
    for letter in sorted(set(texts)):
        if not plain_text.belongs(letter):
            at = texts.index(letter)
            place = _shorten(texts[max(0, at - 60) : at + 60])
            yield f"{letter!r} ({unicodedata.name(letter, 'no name')}) in '{place}'"
    for found in _WRONGLY_DECODED.finditer(texts):
        yield _around(found)


def _reading_ease(biography: str, tokens: Sequence[str]) -> float:
    """Flesch's reading ease (1948): 206.835 - 1.015 words a sentence - 84.6 syllables a word."""
    sentences = max(1, len(_SENTENCE.findall(biography)))
    syllables = sum(max(1, len(_SYLLABLE.findall(word))) for word in tokens)
    return 206.835 - 1.015 * len(tokens) / sentences - 84.6 * syllables / max(1, len(tokens))


def assess_writing(notes: Notes, _: Setting) -> list[Finding]:
    """Eight findings: five that must count nothing, then openings, lengths and ease of reading."""
    texts = f"{sum(person.note for person in notes.of('texts')):,} texts"

    def of(check: str, title: str, kind: str) -> Finding:
        return faults(check, "writing", title, texts, examples(notes, kind))

    return [
        of("placeholders", "Leftover placeholders", "placeholders"),
        of("doubled_words", "Doubled words", "doubled"),
        of("wrong_articles", "Wrong articles", "articles"),
        of("strange_letters", "Letters that do not belong", "strange"),
        of("long_questions", f"Questions of more than {thresholds.LONG_QUESTION} words", "long"),
        _openings(notes),
        _lengths(notes),
        _ease(notes),
    ]


def _openings(notes: Notes) -> Finding:
    counts = Counter(person.note for person in notes.of("opening"))
    opening, most = counts.most_common(1)[0]
    share = most / len(notes)
    alike = (person.id for person in notes.of("opening") if person.note == opening)
    shown = opening.replace(masking.NAME, "[name]").replace(masking.VALUE, "[value]")
    return Finding(
        check="openings",
        audit="writing",
        title="Biographies that open alike",
        figure=share,
        unit="share",
        wanted="at most",
        threshold=thresholds.SAME_OPENING,
        passed=share <= thresholds.SAME_OPENING or most < 3,
        sentence=f"{percent(share)} of the biographies open with '{shown} …', the most frequent of {len(counts):,} "
        "openings.",
        values=tuple(
            Value(words.replace(masking.NAME, "[name]").replace(masking.VALUE, "[value]"), count / len(notes))
            for words, count in counts.most_common(12)
        ),
        worst=tuple(FindingExample(identity, f"opens '{shown} …'") for identity in itertools.islice(alike, 5)),
    )


def _lengths(notes: Notes) -> Finding:
    median = statistics.median(person.note for person in notes.of("words"))
    factor, limit = 1.0, thresholds.LENGTH_FACTOR
    worst: list[FindingExample] = []
    for person in notes.of("words"):
        off = max(person.note, 1) / max(median, 1)
        off = max(off, 1 / off)
        factor = max(factor, off)
        if off > limit and len(worst) < MOST_EXAMPLES:
            worst.append(FindingExample(person.id, f"the biography has {person.note} words, the median {median:.0f}"))
    return Finding(
        check="lengths",
        audit="writing",
        title="Biographies of unusual length",
        figure=factor,
        unit="points",
        wanted="at most",
        threshold=limit,
        passed=not worst,
        sentence=f"The median biography has {median:.0f} words; the most unusual is {factor:.2f} times longer or "
        "shorter.",
        worst=tuple(worst),
    )


def _ease(notes: Notes) -> Finding:
    by_locale: dict[str, list[float]] = {}
    for person in notes.of("ease"):
        locale, ease = person.note
        by_locale.setdefault(locale, []).append(ease)
    means = {locale: statistics.fmean(found) for locale, found in sorted(by_locale.items())}
    spread = max(means.values()) - min(means.values())
    hardest = min(means, key=lambda locale: means[locale])
    return Finding(
        check="reading_ease",
        audit="writing",
        title="Ease of reading, locale by locale",
        figure=spread,
        unit="points",
        wanted="at most",
        threshold=thresholds.READING_SPREAD,
        passed=spread <= thresholds.READING_SPREAD,
        sentence=f"Between the locales' biographies lie {spread:.1f} points of Flesch reading ease; the hardest to "
        f"read are those of {hardest} ({means[hardest]:.0f}).",
        values=tuple(Value(locale, mean) for locale, mean in means.items()),
    )


WRITING = Audit(
    "writing",
    "Does it read well?",
    observe_writing,
    assess_writing,
    checks_need={"openings": ("biographies",), "lengths": ("biographies",), "reading_ease": ("biographies", "locales")},
)
