"""How audits put their findings: examples of what must not be, figures as people read them, the level of a test."""

import itertools
from collections.abc import Iterable

from builder.audit import thresholds
from builder.format.audit_report import Finding, FindingExample

MOST_EXAMPLES = 20
"""The most examples that a finding keeps."""


def faults(check: str, audit: str, title: str, looked_at: str, examples: Iterable[FindingExample]) -> Finding:
    """A finding of flaws that must not occur at all. `looked_at` is what was searched: "1,296 questions"."""
    counted = iter(examples)
    worst = tuple(itertools.islice(counted, MOST_EXAMPLES))
    count = len(worst) + sum(1 for _ in counted)
    found = "none" if not count else f"{count:,}, for example: {worst[0].text}"
    return Finding(
        check=check,
        audit=audit,
        title=title,
        figure=float(count),
        unit="count",
        wanted="at most",
        threshold=0.0,
        passed=not count,
        sentence=f"In {looked_at}: {found.rstrip('.')}.",
        worst=worst,
    )


def words(key: str) -> str:
    """A fact's key as people read it: "blood type"."""
    return key.replace("_", " ")


def percent(rate: float) -> str:
    """A rate as people read it: "24.6 %"."""
    return f"{100 * rate:.1f} %"


def level(tests: int) -> float:
    """The level of each of `tests` tests that together raise a false alarm at thresholds.FALSE_ALARM."""
    return thresholds.FALSE_ALARM / max(1, tests)
