"""Makes builder/figures/roster.csv: real people of the past with four facts each, for the segment of public figures.

    apt-get install wordnet-base && python training/public_figures.py

The facts are read by rule from WordNet 3.0, whose entries of people look like this:

    Pasteur, Louis Pasteur: chemist, biologist | French chemist and biologist whose discovery that … (1822-1895)

A person is taken who passes every rule: both years stand there, are in order and make a plausible life, long ago; the
text names one nationality and one profession of the lists below and no other; the entry stands under that profession
too; nothing says that the person was born elsewhere; and the name is nobody else's. training/public_figures.txt names
the best known of them.

They come in fours, each of another nationality and another line of work, born and dead in other years. The values of
the three others are the wrong answers of the questions about one, so each option is right for one of four.
"""

import argparse
import csv
import itertools
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.base.recipe import FOUR
from builder.figures.roster import FIELDS, LAST_DEATH, OLDEST_AGE, ROSTER, YOUNGEST_AGE
from builder.figures.well_known import key

CHOSEN = Path(__file__).with_suffix(".txt")
FEMALE = " (f)"

NATIONALITIES: Mapping[str, tuple[str, ...]] = {
    "Britain": ("English", "Scottish", "Irish", "British", "Welsh"),
    "America": ("American", "Canadian"),
    "France": ("French",),
    "Germany": ("German", "Austrian", "Swiss", "Czech", "Hungarian"),
    "Italy": ("Italian",),
    "Iberia": ("Spanish", "Portuguese"),
    "Low Countries": ("Dutch", "Flemish", "Belgian"),
    "Scandinavia": ("Swedish", "Danish", "Norwegian", "Finnish"),
    "Russia": ("Russian", "Polish"),
    "Asia": ("Japanese", "Chinese", "Turkish", "Indian"),
}
"""Nationalities, together where somebody could be said to have either: no two of a line come into one four."""
SPELLED = {"United States": "American"}
"""What WordNet writes otherwise than we do."""

PROFESSIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "science": {
        "mathematician": (), "physicist": (), "chemist": (), "astronomer": (), "naturalist": (), "botanist": (),
        "biologist": (), "physician": (), "surgeon": (), "anatomist": (), "physiologist": (), "bacteriologist": (),
        "neurologist": (),
    },
    "letters": {
        "writer": ("novelist", "author"), "poet": (), "playwright": ("dramatist",), "philosopher": (), "theologian": (),
        "economist": (), "historian": (), "lexicographer": (), "linguist": ("philologist",),
    },
    "art": {"painter": ("old_master",), "sculptor": (), "architect": (), "photographer": ()},
    "music": {"composer": (), "singer": ("tenor", "soprano")},
    "stage": {"actor": ("actress",), "filmmaker": ("film_maker",)},
    "travel": {"explorer": ("navigator",), "aviator": ()},
    "state": {
        "statesman": (), "general": ("marshal", "field_marshal"), "admiral": (), "suffragist": (), "educator": (),
        "nurse": (), "archaeologist": ("archeologist",),
    },
    "industry": {"industrialist": ("manufacturer",), "inventor": (), "engineer": ("electrical_engineer",)},
}  # fmt: skip
"""Lines of work, their professions and what else WordNet calls each; no two of a line come into one four."""

TITLES = re.compile(r"^(Sir|Dame|Count|Baron|Lord|Saint|Mrs\.|President|Captain) ")
_LIFE = re.compile(r" \((\d{4})-(\d{4})\)$")
_HEAD_ENDS = re.compile(r"\b(?:who|whose|noted|remembered|known|famous|that|best)\b|[;(]")
_FROM_ELSEWHERE = re.compile(r"\bborn (?:in|of|into)\b")
_FIRST_WORDS = 6
_MOST_YEARS_APART = 60
"""The births of a four lie no further apart."""

_NATION_OF = {name: nation for nation, names in NATIONALITIES.items() for name in names}
_LINE_OF = {name: line for line, professions in PROFESSIONS.items() for name in professions}
_PROFESSION_OF = {
    word: name
    for professions in PROFESSIONS.values()
    for name, others in professions.items()
    for word in (name, *others)
}


@dataclass(frozen=True)
class Entry:
    """What WordNet says of a person: the synset, its words, the words of each kind that it is of, and the text."""

    synset: str
    words: tuple[str, ...]
    kinds: tuple[tuple[str, ...], ...]
    text: str


@dataclass(frozen=True)
class Found:
    """A person whose facts are unambiguous: the names that nobody else bears, and what may be the family name."""

    names: tuple[str, ...]
    surnames: frozenset[str]
    born: int
    died: int
    nationality: str
    profession: str
    synset: str


def entries(data: Path) -> list[Entry]:
    """WordNet's people: whatever is an instance of a kind of person."""
    lines = [line for line in data.read_text(encoding="latin-1").splitlines() if not line.startswith("  ")]
    synsets = {line[:8]: line.partition(" | ") for line in lines}
    words = {synset: _words(head) for synset, (head, _, _) in synsets.items()}
    found = []
    for synset, (head, _, text) in synsets.items():
        kinds = re.findall(r" @i (\d{8}) n", head)
        if kinds:
            found.append(Entry(synset, words[synset], tuple(words[kind] for kind in kinds), text.strip()))
    return found


def _words(head: str) -> tuple[str, ...]:
    fields = head.split()
    return tuple(fields[4 : 4 + 2 * int(fields[3], 16) : 2])


def unambiguous(everybody: Sequence[Entry]) -> Iterator[Found]:
    """Those of whom all four facts can be read off without a doubt."""
    borne = Counter(word for entry in everybody for word in entry.words)
    for entry in everybody:
        life = _LIFE.search(entry.text)
        nationality, profession = _nationality(entry), _profession(entry)
        if not life or not nationality or not profession or _FROM_ELSEWHERE.search(entry.text):
            continue
        born, died = map(int, life.groups())
        names = tuple(_name(word) for word in entry.words if borne[word] == 1)
        if YOUNGEST_AGE <= died - born <= OLDEST_AGE and died <= LAST_DEATH and names:
            surnames = frozenset(key(word) for word in entry.words if "_" not in word)
            yield Found(names, surnames, born, died, nationality, profession, entry.synset)


def _name(word: str) -> str:
    return TITLES.sub("", word.replace("_", " "))


def _nationality(entry: Entry) -> str:
    """The one nationality that the text begins with, or nothing."""
    start = " ".join(entry.text.split()[:_FIRST_WORDS])
    spelled = {**{name: name for name in _NATION_OF}, **SPELLED}
    said = {name for word, name in spelled.items() if re.search(rf"\b{word}\b", start)}
    return said.pop() if len(said) == 1 else ""


def _profession(entry: Entry) -> str:
    """The one profession that the entry stands under and the text names, or nothing."""
    kinds = {next((_PROFESSION_OF[word] for word in kind if word in _PROFESSION_OF), "") for kind in entry.kinds}
    head = _HEAD_ENDS.split(entry.text)[0].replace(" ", "_")
    said = {name for word, name in _PROFESSION_OF.items() if re.search(rf"(?<![A-Za-z]){word}(?![A-Za-z])", head)}
    return said.pop() if len(said) == 1 and said == kinds else ""


def family_name(name: str, found: Found) -> str:
    """The part of a name that is the family's, with the particles before it: "van Gogh"."""
    words = name.split()
    last = len(words) - 1
    place = next((place for place in (last, *range(last)) if key(words[place]) in found.surnames), None)
    if place is None:
        raise SystemExit(f"WordNet does not say which part of {name} is the family's.")
    start = place
    while start and words[start - 1].islower():
        start -= 1
    return " ".join(words[start : place + 1])


def in_fours(chosen: Iterable[Found]) -> tuple[list[tuple[Found, ...]], list[Found]]:
    """Fours of people of much the same time, mixed so that the first of them are of all times, and whoever is left."""
    waiting = sorted(chosen, key=lambda each: (each.born, each.died, each.synset))
    fours, left = [], []
    while waiting:
        first = waiting.pop(0)
        near = [each for each in waiting if each.born - first.born <= _MOST_YEARS_APART]
        four = next((four for rest in itertools.combinations(near, FOUR - 1) if _fit(four := (first, *rest))), None)
        if four is None:
            left.append(first)
            continue
        fours.append(four)
        waiting = [each for each in waiting if each not in four]
    random.Random(0).shuffle(fours)
    return fours, left


def _fit(four: Sequence[Found]) -> bool:
    """Whether each of the four has another value of every fact, and nobody died before all had grown up."""
    values = (
        {each.born for each in four},
        {each.died for each in four},
        {_NATION_OF[each.nationality] for each in four},
        {_LINE_OF[each.profession] for each in four},
    )
    grown = max(each.born for each in four) + YOUNGEST_AGE
    return all(len(different) == len(four) for different in values) and min(each.died for each in four) > grown


def _row(name: str, gender: str, found: Found) -> dict[str, object]:
    facts = (found.born, found.died, found.nationality, found.profession)
    return dict(zip(FIELDS, (name, family_name(name, found), gender, *facts, found.synset), strict=True))


def main() -> None:
    """Read WordNet, and write the roster."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet/data.noun"))
    options = parser.parse_args()
    by_name = {key(name): each for each in unambiguous(entries(options.wordnet)) for name in each.names}
    lines = [line for line in CHOSEN.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    wanted = {line.removesuffix(FEMALE): "female" if line.endswith(FEMALE) else "male" for line in lines}
    if refused := [name for name in wanted if key(name) not in by_name]:
        raise SystemExit(f"The rules do not take {', '.join(refused)}.")
    shown = {by_name[key(name)].synset: name for name in wanted}
    fours, left = in_fours(by_name[key(name)] for name in wanted)
    rows = [_row(name := shown[each.synset], wanted[name], each) for four in fours for each in four]
    with ROSTER.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} people; in no four: {', '.join(shown[each.synset] for each in left)}")


if __name__ == "__main__":
    main()
