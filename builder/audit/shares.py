"""Representation: shares of genders, locales and age groups against the recipe, and how people look."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from builder.audit import thresholds
from builder.audit.finding import level, percent
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes
from builder.audit.statistics import lower_tail, upper_tail, wilson
from builder.base.recipe import FOUR, Recipe
from builder.base.records import AGE_GROUPS
from builder.format.audit_report import Finding, Value
from builder.format.reading import Person

LOOKS = ("skin_tone", "face_shape", "hair_colour", "hair_style", "eye_colour", "glasses")

Groups = dict[str, Counter[str]]
"""For each kind of group, how many people are in each group."""


def observe_shares(person: Person, _: Setting) -> Note:
    """The groups that a person belongs to."""
    profile = person.profile
    looks = {key: str(getattr(profile.appearance, key)) for key in LOOKS}
    return {"groups": {"gender": profile.gender, "locale": profile.locale, "age group": profile.age_group, **looks}}


@dataclass(frozen=True)
class TargetShare:
    """The share that a group is to have, and between which shares that is known to lie."""

    share: float
    low: float
    high: float


Targets = Mapping[str, Mapping[str, TargetShare]]


def targets(recipe: Recipe) -> Targets:
    """What share each group is to have: the recipe's, and even shares where it states none."""
    female, locales = recipe.profiles.female_share, recipe.profiles.locales
    shares: dict[str, Mapping[str, float]] = {
        "gender": {"female": female, "male": 1 - female},
        "locale": dict.fromkeys(locales, 1 / len(locales)),
        "age group": dict.fromkeys(map(str, AGE_GROUPS), 1 / len(AGE_GROUPS)),
    }
    return {
        kind: {group: TargetShare(share, share, share) for group, share in groups.items()}
        for kind, groups in shares.items()
    }


def assess_shares(notes: Notes, setting: Setting) -> list[Finding]:
    """Findings: everybody against the recipe's targets, forget against the rest, and how people look."""
    assert setting.recipe
    wanted = targets(setting.recipe)
    everybody = _count(notes, lambda _: True)
    forget = _count(notes, lambda segment: segment.startswith("forget"))
    rest = _count(notes, lambda segment: segment == "retain")
    found = [_against(everybody, wanted, "shares", "Shares of genders, locales and age groups", "the recipe asks for")]
    if forget and rest:
        title = "The forget set compared with the retain set"
        found.append(_against(forget, _shares(rest, wanted), "forget_shares", title, "the retain set has"))
    return [*found, _looks(everybody)]


def _count(notes: Notes, wanted: Callable[[str], bool]) -> Groups:
    """The groups of the people whose segment is `wanted`; nothing when there are none."""
    groups: Groups = {}
    for person in notes.of("groups"):
        if wanted(person.segment):
            for kind, group in person.note.items():
                groups.setdefault(kind, Counter())[group] += 1
    return groups


def _size(groups: Groups) -> int:
    """How many people there are; each of them has a gender."""
    return groups["gender"].total()


def _fours(people: int) -> int:
    """The number of independent draws behind so many people: a quartet is drawn as one."""
    return round(people / FOUR)


def _shares(people: Groups, wanted: Targets) -> Targets:
    """The shares that `people` have, as targets for others; a few people say little about how many there are."""
    tests = sum(map(len, wanted.values()))

    def target(count: int) -> TargetShare:
        return TargetShare(count / _size(people), *wilson(_fours(count), _fours(_size(people)), level(tests)))

    return {kind: {group: target(people[kind][group]) for group in groups} for kind, groups in wanted.items()}


def _against(people: Groups, wanted: Targets, check: str, title: str, source: str) -> Finding:
    tests, size = 2 * sum(map(len, wanted.values())), _size(people)
    values = []
    worst = (-1.0, "")
    for kind, groups in wanted.items():
        counts = people[kind]
        for group in dict.fromkeys((*groups, *counts)):
            target, count = groups.get(group, TargetShare(0.0, 0.0, 0.0)), counts[group]
            low, high = wilson(_fours(count), _fours(size), level(tests))
            passed = _near(_fours(count), _fours(size), target, tests)
            values += [
                Value(group, count / size, low, high, kind, passed),
                Value(group, target.share, series=f"{kind}: target"),
            ]
            worst = max(worst, (abs(count / size - target.share), group))
    off, group = worst
    return Finding(
        check=check,
        audit="shares",
        title=title,
        figure=off,
        unit="share",
        wanted="at most",
        threshold=thresholds.SHARE_MARGIN,
        passed=all(value.passed for value in values),
        sentence=f"Of {size:,} people, the share farthest from what {source} is '{group}', "
        f"off by {percent(off)}; a share fails only if it is certainly off by more than the threshold.",
        values=tuple(values),
    )


def _near(count: int, fours: int, target: TargetShare, tests: int) -> bool:
    """Whether a share may truly be within the margin around its target."""
    above = min(1.0, target.high + thresholds.SHARE_MARGIN)
    below = max(0.0, target.low - thresholds.SHARE_MARGIN)
    too_many = above < 1 and upper_tail(count, fours, above) < level(tests)
    too_few = below > 0 and lower_tail(count, fours, below) < level(tests)
    return not (too_many or too_few)


def _looks(people: Groups) -> Finding:
    values, single, size = [], [], _size(people)
    for kind in LOOKS:
        counts = people[kind]
        values += [Value(word, count / size, series=kind.replace("_", " ")) for word, count in counts.most_common()]
        single += [kind] if len(counts) == 1 else []
    return Finding(
        check="looks",
        audit="shares",
        title="How people look",
        figure=float(len(single)),
        unit="count",
        wanted="at most",
        threshold=0.0,
        passed=not single or size < 2,
        sentence=f"Everybody has the same {single[0].replace('_', ' ')}."
        if single
        else f"No trait of an appearance is the same for all {size:,} people.",
        values=tuple(values),
    )


SHARES = Audit(
    "shares", "Who is represented?", observe_shares, assess_shares, needs=("locales", "appearances", "a recipe")
)
