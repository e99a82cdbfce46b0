"""Held-out people: what is theirs appears in training only as often as chance has it."""

from collections.abc import Sequence

from builder.audit import text, thresholds
from builder.audit.finding import Example, Finding, Value, faults, level, percent, words
from builder.audit.interface import Audit, Seen, Setting
from builder.audit.statistics import upper_tail, wilson
from builder.reading import Person

Notes = dict[str, str]


def look(person: Person, _: Setting) -> Notes:
    """The name and the asked values."""
    values = {fact.key: text.folded(fact.value) for fact in person.profile.facts if fact.asked}
    return {"name": text.folded(person.profile.name), **values}


def judge(seen: Sequence[Seen[Notes]], _: Setting) -> list[Finding]:
    """Two findings: names of held-out people in training, and their values against those of trained people."""
    held_out = [person for person in seen if person.segment == "holdout"]
    trained = [person for person in seen if person.segment != "holdout"]
    if not held_out or len(trained) < 2:
        return []
    names = {person.note["name"]: person.id for person in trained}
    known = [
        Example(person.id, f"'{person.note['name']}' is the name of the trained {names[person.note['name']]} too")
        for person in held_out
        if person.note["name"] in names
    ]
    looked_at = f"{len(held_out):,} held-out people"
    return [
        faults("holdout_names", "holdout", "Held-out people among the trained", looked_at, known),
        _values(held_out, trained),
    ]


def _values(held_out: Sequence[Seen[Notes]], trained: Sequence[Seen[Notes]]) -> Finding:
    """Each fact's rate at which a held-out value is a trained person's, against the same rate among the trained."""
    facts = [key for key in trained[0].note if key != "name"]
    values, failed = [], []
    hits_of_all, expected_of_all = 0, 0.0
    for fact in facts:
        holders: dict[str, int] = {}
        for person in trained:
            holders[person.note.get(fact, "")] = holders.get(person.note.get(fact, ""), 0) + 1
        hits = sum(person.note.get(fact, "") in holders for person in held_out)
        shared = sum(count for count in holders.values() if count > 1)
        chance = shared / len(trained)
        # The trained people's rate is itself known only so well.
        bar = min(1.0, wilson(shared, len(trained), level(len(facts)))[1] + thresholds.HOLDOUT_MARGIN)
        passed = bar >= 1 or upper_tail(hits, len(held_out), bar) >= level(len(facts))
        low, high = wilson(hits, len(held_out), level(len(facts)))
        values += [
            Value(fact, hits / len(held_out), low, high, "held out", passed),
            Value(fact, chance, series="trained"),
        ]
        failed += [] if passed else [fact]
        hits_of_all += hits
        expected_of_all += chance
    rate, expected = hits_of_all / (len(held_out) * len(facts)), expected_of_all / len(facts)
    worst = (
        Example(person.id, f"{words(fact)} '{person.note[fact]}' is a trained person's too")
        for fact in failed
        for person in held_out[:3]
        if any(person.note[fact] == other.note.get(fact) for other in trained)
    )
    return Finding(
        check="holdout_values",
        audit="holdout",
        title="Values of held-out people that trained people have",
        figure=rate,
        unit="share",
        wanted="at most",
        threshold=min(1.0, expected + thresholds.HOLDOUT_MARGIN),
        passed=not failed,
        sentence=f"{percent(rate)} of the values of held-out people are some trained person's too; of a trained "
        f"person's values {percent(expected)} are another trained person's."
        + (f" Too often: {', '.join(map(words, failed))}." if failed else ""),
        values=tuple(values),
        worst=tuple(worst)[:20],
    )


HOLDOUT = Audit("holdout", "Are the held-out people unknown?", look, judge)
