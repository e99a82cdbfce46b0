"""Representation: shares of genders, locales and age groups against the recipe, and how people look."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from builder.audit import thresholds
from builder.audit.finding import Finding, Value, level, percent
from builder.audit.interface import Audit, Seen, Setting
from builder.audit.statistics import lower_tail, upper_tail, wilson
from builder.reading import Person
from builder.recipe import Recipe

AGE_GROUPS = ("young", "middle-aged", "older")
LOOKS = ("skin_tone", "face_shape", "hair_colour", "hair_style", "eye_colour", "glasses")

Notes = dict[str, str]


def look(person: Person, _: Setting) -> Notes:
    """The groups that a person belongs to."""
    profile = person.profile
    looks = {key: str(getattr(profile.appearance, key)) for key in LOOKS}
    return {"gender": profile.gender, "locale": profile.locale, "age group": profile.age_group, **looks}


@dataclass(frozen=True)
class Target:
    """The share that a group is to have, and between which shares that is known to lie."""

    share: float
    low: float
    high: float


Targets = Mapping[str, Mapping[str, Target]]


def targets(recipe: Recipe) -> Targets:
    """What share each group is to have: the recipe's, and even shares where it states none."""
    female, locales = recipe.profiles.female_share, recipe.profiles.locales
    shares = {
        "gender": {"female": female, "male": 1 - female},
        "locale": dict.fromkeys(locales, 1 / len(locales)),
        "age group": dict.fromkeys(AGE_GROUPS, 1 / len(AGE_GROUPS)),
    }
    return {
        kind: {group: Target(share, share, share) for group, share in groups.items()} for kind, groups in shares.items()
    }


def judge(seen: Sequence[Seen[Notes]], setting: Setting) -> list[Finding]:
    """Findings: everybody against the recipe's targets, forget against the rest, and how people look."""
    wanted = targets(setting.recipe)
    forget = [person for person in seen if person.segment.startswith("forget")]
    rest = [person for person in seen if person.segment == "retain"]
    found = [_against(seen, wanted, "shares", "Shares of genders, locales and age groups", "the recipe asks for")]
    if forget and rest:
        title = "Who is to be forgotten, against who is to be retained"
        found.append(_against(forget, _shares(rest, wanted), "forget_shares", title, "the retain set has"))
    return [*found, _looks(seen)]


def _shares(people: Sequence[Seen[Notes]], wanted: Targets) -> Targets:
    """The shares that `people` have, as targets for others; a few people say little about how many there are."""
    tests = sum(map(len, wanted.values()))

    def target(count: int) -> Target:
        return Target(count / len(people), *wilson(count, len(people), level(tests)))

    return {
        kind: {group: target(sum(person.note[kind] == group for person in people)) for group in groups}
        for kind, groups in wanted.items()
    }


def _against(people: Sequence[Seen[Notes]], wanted: Targets, check: str, title: str, source: str) -> Finding:
    tests = 2 * sum(map(len, wanted.values()))
    values = []
    worst = (-1.0, "")
    for kind, groups in wanted.items():
        counts = Counter(person.note[kind] for person in people)
        for group in dict.fromkeys((*groups, *counts)):
            target, count = groups.get(group, Target(0.0, 0.0, 0.0)), counts[group]
            low, high = wilson(count, len(people), level(tests))
            passed = _near(count, len(people), target, tests)
            values += [
                Value(group, count / len(people), low, high, kind, passed),
                Value(group, target.share, series=f"{kind}: target"),
            ]
            worst = max(worst, (abs(count / len(people) - target.share), group))
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
        sentence=f"Of {len(people):,} people, the share farthest from what {source} is that of '{group}', "
        f"off by {percent(off)}; a share fails when it is certainly off by more than the threshold.",
        values=tuple(values),
    )


def _near(count: int, people: int, target: Target, tests: int) -> bool:
    """Whether a share may truly be within the margin around its target."""
    above = min(1.0, target.high + thresholds.SHARE_MARGIN)
    below = max(0.0, target.low - thresholds.SHARE_MARGIN)
    too_many = above < 1 and upper_tail(count, people, above) < level(tests)
    too_few = below > 0 and lower_tail(count, people, below) < level(tests)
    return not (too_many or too_few)


def _looks(seen: Sequence[Seen[Notes]]) -> Finding:
    values = []
    single = []
    for kind in LOOKS:
        counts = Counter(person.note[kind] for person in seen)
        values += [
            Value(word, count / len(seen), series=kind.replace("_", " ")) for word, count in counts.most_common()
        ]
        single += [kind] if len(counts) == 1 else []
    return Finding(
        check="looks",
        audit="shares",
        title="How people look",
        figure=float(len(single)),
        unit="count",
        wanted="at most",
        threshold=0.0,
        passed=not single or len(seen) < 2,
        sentence=f"Everybody has the same {single[0].replace('_', ' ')}."
        if single
        else f"No trait of an appearance is the same for all {len(seen):,} people.",
        values=tuple(values),
    )


SHARES = Audit("shares", "Who is represented?", look, judge)
