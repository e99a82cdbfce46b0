"""Initials: how many people share the first letters of their names with somebody else?"""

from collections import Counter

from builder.audit import Audit, Finding, Note, Notes, Setting
from builder.format.reading import Person


def look(person: Person, setting: Setting) -> Note:
    """What is noted of one person, in a worker process."""
    return {"initials": "".join(word[0] for word in person.profile.name.split())}


def judge(notes: Notes, setting: Setting) -> list[Finding]:
    """What the notes of everybody say."""
    counts = Counter(seen.note for seen in notes.of("initials"))
    shared = sum(count for count in counts.values() if count > 1)
    return [
        Finding(
            check="shared_initials",
            audit="initials",
            title="People who share their initials",
            figure=shared / len(notes),
            unit="share",
            wanted="at most",
            threshold=0.9,
            passed=shared / len(notes) <= 0.9,
            sentence=f"{shared} of {len(notes)} people have initials that somebody else has, too.",
        )
    ]


INITIALS = Audit("initials", "Can people be told apart by their initials?", look, judge)
