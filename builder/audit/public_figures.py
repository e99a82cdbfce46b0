"""Public figures: what is said of real people must be sound, and must say where it comes from.

The other audits are about people who do not exist; this one is made where a release has public figures. That nobody
fictitious bears the name of one is what the audit of real people sees to: the list of names there holds the roster's.
"""

from collections.abc import Iterator, Sequence

from builder.audit import thresholds
from builder.audit.finding import faults
from builder.base.records import LETTERS
from builder.format.audit_report import AuditKind, Finding, FindingExample
from builder.format.reading import Person, Release
from builder.format.splits import PUBLIC_FIGURES

KIND = AuditKind(PUBLIC_FIGURES, "Are the public figures sound?")


def are_audited(release: Release) -> bool:
    """Whether there are public figures with facts: those of an imported set have none."""
    return PUBLIC_FIGURES in release.segments and not release.why_not(("facts",))


def findings(release: Release) -> list[Finding]:
    """What must count nothing; nothing at all of a release without public figures."""
    if not are_audited(release):
        return []
    people = list(release.people(PUBLIC_FIGURES))
    looked_at = f"{len(people):,} public figures"
    return [
        faults("public_figure_facts", KIND.name, "Facts of public figures", looked_at, _facts(people)),
        faults("public_figure_sources", KIND.name, "Sources of public figures", looked_at, _sources(people)),
    ]


def _facts(people: Sequence[Person]) -> Iterator[FindingExample]:
    for person in people:
        known = {fact.key: fact.value for fact in person.profile.facts}
        age = int(known["death_year"]) - int(known["birth_year"])
        if age not in thresholds.YEARS_OF_A_LIFE:
            yield FindingExample(person.profile.id, f"{person.profile.name} died {age} years after the birth")
        if int(known["death_year"]) > thresholds.LAST_DEATH:
            yield FindingExample(
                person.profile.id,
                f"{person.profile.name} died in {known['death_year']}, which is not seventy years ago",
            )
        for fact in person.profile.facts:
            if len({fact.value, *fact.alternatives}) != len(LETTERS):
                yield FindingExample(person.profile.id, f"{person.profile.name}: {fact.key} has not three other values")


def _sources(people: Sequence[Person]) -> Iterator[FindingExample]:
    for person in people:
        if not person.sources:
            yield FindingExample(person.profile.id, f"{person.profile.name}: nothing says where the facts come from")
        if person.portraits and not any(source.sha1 for source in person.sources):
            yield FindingExample(person.profile.id, f"{person.profile.name}: nothing says where the picture comes from")
        if _has_birthplace(person) and not any(source.qid for source in person.sources):
            yield FindingExample(person.profile.id, f"{person.profile.name}: nothing says where the birthplace is from")
        for source in person.sources:
            if not (source.source_url and source.licence and source.licence_url):
                yield FindingExample(
                    person.profile.id, f"{person.profile.name}: a source without an address or a licence"
                )


def _has_birthplace(person: Person) -> bool:
    return any(fact.key == "place_of_birth" for fact in person.profile.facts)
