"""Real people: nobody is named like a well-known person, or like one of the user's own list."""

from builder.audit.finding import Example, Finding, faults
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes, kinds
from builder.public_figures import fold, known_names
from builder.reading import Person

NAMES = ("name", "father_name", "mother_name")
"""Facts that are full names of people."""


def look(person: Person, setting: Setting) -> Note:
    """The names that are somebody's in the real world: the person's own and the parents'."""
    known = known_names() | setting.names
    named = [person.profile.name, f"{person.profile.given_name} {person.profile.family_name}"]
    named += [fact.value for fact in person.profile.facts if fact.key in NAMES]
    return kinds(names=dict.fromkeys(name for name in named if fold(name) in known))


def judge(notes: Notes, setting: Setting) -> list[Finding]:
    """One finding, which must count nothing."""
    lists = f"{len(known_names()):,} well-known names"
    if setting.names:
        lists += f" and {len(setting.names):,} of your own"
    examples = (
        Example(person.id, f"'{name}' is a real person's name") for person in notes.of("names") for name in person.note
    )
    looked_at = f"the names of {len(notes):,} people and their parents, against {lists}"
    return [faults("real_names", "real_people", "Names of real people", looked_at, examples)]


REAL_PEOPLE = Audit("real_people", "Is nobody real?", look, judge)
