"""What an audit is: observing each person separately, then assessing the notes about all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from builder.audit.notes import Note, Notes
from builder.base.recipe import Recipe
from builder.figures.wikidata import Wikidata
from builder.format.audit_report import Finding
from builder.format.lacking import Need
from builder.format.reading import Person


@dataclass(frozen=True)
class Setting:
    """What an audit knows besides the people: the recipe, the number of people, more names that nobody may have.

    An imported set has no recipe. `wikidata`, if given, is asked for everybody's name.
    """

    recipe: Recipe | None
    people: int
    names: frozenset[str] = frozenset()
    wikidata: Wikidata | None = None


@dataclass(frozen=True)
class Audit:
    """One kind of audit.

    `observe` runs in worker processes and notes what is needed of a person, a few kilobytes without any image. `assess`
    reads the notes, as often as it likes and ordered by id, and holds counts, the worst examples and at most some
    hundred bytes a person: 5,000 people may take hardly more memory than 500.

    `needs` are the parts of a release without which the audit is not applicable; `checks_need` those of single checks.
    """

    name: str
    title: str
    observe: Callable[[Person, Setting], Note]
    assess: Callable[[Notes, Setting], list[Finding]]
    needs: tuple[Need, ...] = ()
    checks_need: Mapping[str, tuple[Need, ...]] = field(default_factory=dict)
