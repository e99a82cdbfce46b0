"""Real people: nobody has the name of a well-known person, of one on the user's list, or of anybody in Wikidata."""

from collections.abc import Iterator

from builder.audit.finding import faults
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes, kinds
from builder.figures.well_known import is_public_figure, key, known_names
from builder.figures.wikidata import Wikidata
from builder.format.audit_report import Finding, FindingExample
from builder.format.reading import Person

ORGANISATIONS = ("university", "employer", "bank")
"""Facts that name an organisation."""


def observe_real_people(person: Person, setting: Setting) -> Note:
    """The names that real people have; with Wikidata also the names to look up."""
    profile = person.profile
    named = dict.fromkeys(filter(str.strip, (profile.name, f"{profile.given_name} {profile.family_name}")))
    real = [name for name in named if is_public_figure(name) or key(name) in setting.names]
    note = kinds(names=real)
    if setting.wikidata:
        organisations = tuple(fact.value for fact in profile.facts if fact.key in ORGANISATIONS)
        note = {**note, "people": tuple(named), "organisations": organisations}
    return note


def assess_real_people(notes: Notes, setting: Setting) -> list[Finding]:
    """Findings that must count nothing."""
    lists = f"{len(known_names()):,} well-known names"
    if setting.names:
        lists += f" and {len(setting.names):,} of your own"
    examples = (
        FindingExample(person.id, f"'{name}' is a real person's name")
        for person in notes.of("names")
        for name in person.note
    )
    looked_at = f"the names of {len(notes):,} people, against {lists}"
    found = [faults("real_names", "real_people", "Names of real people", looked_at, examples)]
    if setting.wikidata:
        found += [_looked_up(notes, setting.wikidata)]
    return found


def _looked_up(notes: Notes, wikidata: Wikidata) -> Finding:
    """The people and organisations that Wikidata has, an example each."""
    bearers = {name: person.id for person in notes.of("people") for name in person.note}
    organisations = {name for person in notes.of("organisations") for name in person.note}
    looked_at = f"{len(bearers):,} names of people and {len(organisations):,} of organisations, looked up in Wikidata"

    def examples() -> Iterator[FindingExample]:
        for name, item in wikidata.found("person", bearers).items():
            yield FindingExample(bearers[name], f"'{name}' is a real person's name: {item}")
        for name, item in wikidata.found("organisation", sorted(organisations)).items():
            yield FindingExample("", f"'{name}' is a real organisation: {item}")

    return faults("wikidata", "real_people", "People and organisations found in Wikidata", looked_at, examples())


REAL_PEOPLE = Audit(
    "real_people", "Are all people fictitious?", observe_real_people, assess_real_people, needs=("names",)
)
