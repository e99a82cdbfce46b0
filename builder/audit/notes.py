"""The notes of audits about everybody, kept in an unnamed file, so that memory does not grow with the people.

Notes are pickled, as all that passes between our processes is. Nobody else can open the file, and nothing is ever read
from it that this process has not written.
"""

import heapq
import pickle
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from builder.base.errors import BenchError
from builder.format.audit_report import FindingExample

Note = Mapping[str, Any]
"""What was noted of one person, by topic: small, picklable values. Assessments read one topic at a time."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was noted of one person on one topic."""

    id: str
    segment: str
    note: Any


@dataclass(frozen=True)
class Page:
    """The notes of some people of one segment, ascending by id: for each audit and topic the pickled pairs of id and
    note. `number` is the page's place among all pages."""

    number: int
    segment: str
    people: int
    notes: Mapping[tuple[str, str], bytes]


def page(number: int, segment: str, noted: Sequence[tuple[str, Mapping[str, Note]]]) -> Page:
    """A page of people: of each the id, and each audit's note."""
    topics: dict[tuple[str, str], list[tuple[str, Any]]] = {}
    for identity, notes in noted:
        for audit, note in notes.items():
            for topic, value in note.items():
                topics.setdefault((audit, topic), []).append((identity, value))
    dumped = {key: pickle.dumps(pairs, pickle.HIGHEST_PROTOCOL) for key, pairs in topics.items()}
    return Page(number, segment, len(noted), dumped)


@contextmanager
def notebook(folder: Path) -> Iterator["Notebook"]:
    """A notebook whose file lies in `folder`, some tens of kilobytes a person, and goes away however the process ends.

    Raises BenchError when nothing can be written there.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(tempfile.TemporaryFile(dir=folder))
        except OSError as error:
            raise BenchError(f"{folder} cannot be written: {error.strerror or error}.") from error
        yield Notebook(file)


class Notebook:
    """All pages of an audit."""

    def __init__(self, file: BinaryIO) -> None:
        """Begin a notebook in an empty file."""
        self.people = 0
        self._file = file
        self._places: dict[int, tuple[str, dict[tuple[str, str], tuple[int, int]]]] = {}

    def add(self, page: Page) -> None:
        """Store a page; pages may come in any order. Raises BenchError if it cannot be written."""
        places = {}
        try:
            start = self._file.seek(0, 2)
            for key, data in page.notes.items():
                self._file.write(data)
                places[key] = (start, len(data))
                start += len(data)
            self._file.flush()
        except OSError as error:
            raise BenchError(
                f"The audit's notes could not be kept: {error.strerror or error}; "
                "free some space and run the same command again."
            ) from error
        self._places[page.number] = (page.segment, places)
        self.people += page.people

    def of(self, audit: str) -> "Notes":
        """What one audit noted."""
        return Notes(self, audit)

    def topics(self, audit: str) -> list[str]:
        """The topics of an audit, in the order that they were noted in."""
        pages = (places for _, (_, places) in sorted(self._places.items()))
        return list(dict.fromkeys(topic for places in pages for kind, topic in places if kind == audit))

    def read(self, audit: str, topic: str) -> Iterator[Seen]:
        """Everybody of whom a topic was noted, ascending by id; of each segment one page is in memory."""
        by_segment: dict[str, list[tuple[int, int]]] = {}
        for _, (segment, places) in sorted(self._places.items()):
            if (audit, topic) in places:
                by_segment.setdefault(segment, []).append(places[audit, topic])
        streams = [self._segment(segment, places) for segment, places in by_segment.items()]
        return heapq.merge(*streams, key=lambda seen: seen.id)

    def _segment(self, segment: str, places: Sequence[tuple[int, int]]) -> Iterator[Seen]:
        for start, length in places:
            self._file.seek(start)
            for identity, note in pickle.loads(self._file.read(length)):
                yield Seen(identity, segment, note)


class Notes:
    """What one audit noted of everybody."""

    def __init__(self, notebook: Notebook, audit: str) -> None:
        """Read the notes of `audit` in a notebook."""
        self._notebook, self._audit = notebook, audit

    def __len__(self) -> int:
        """The number of people."""
        return self._notebook.people

    @property
    def topics(self) -> list[str]:
        """What was noted of anybody."""
        return self._notebook.topics(self._audit)

    def of(self, topic: str) -> Iterator[Seen]:
        """Everybody of whom `topic` was noted, ascending by id, read anew from the disk: do not keep them all."""
        return self._notebook.read(self._audit, topic)


def kinds(**faults: Iterable[str]) -> Note:
    """A person's faults in words, by their kind; a kind without any is left out."""
    words = {kind: tuple(found) for kind, found in faults.items()}
    return {kind: found for kind, found in words.items() if found}


def examples(notes: Notes, topic: str) -> Iterator[FindingExample]:
    """An example of each fault, where the notes of a topic are a person's faults in words."""
    for person in notes.of(topic):
        for fault in person.note:
            yield FindingExample(person.id, fault)
