"""The audits by name: built-in ones, and those of other packages."""

import functools

from builder.audit.interface import Audit
from builder.base.errors import CallError
from builder.base.registry import Registry

_BUILT_IN = {
    "guessing": "guessing:GUESSING",
    "familiarity": "familiarity:FAMILIARITY",
    "entanglement": "entanglement:ENTANGLEMENT",
    "letters": "letters:LETTER_BALANCE",
    "diversity": "diversity:DIVERSITY",
    "grounding": "grounding:GROUNDING",
    "leakage": "leakage:LEAKAGE",
    "holdout": "holdout:HOLDOUT",
    "neighbours": "neighbours:NEIGHBOURHOOD",
    "duplicates": "duplicates:DUPLICATES",
    "portraits": "portraits:PORTRAITS",
    "writing": "writing:WRITING",
    "plain": "plain:PLAIN",
    "shares": "shares:SHARES",
    "real_people": "real_people:REAL_PEOPLE",
}
AUDITS: Registry[Audit] = Registry(
    "audit",
    "build_bench.audits",
    {name: (f"builder.audit.{target}", "") for name, target in _BUILT_IN.items()},
    must_be="an instance of builder.audit.Audit",
    fits=lambda found: isinstance(found, Audit),
    about=lambda found: found.title,
)
"""In the order that a report lists them."""


@functools.cache
def audits() -> tuple[Audit, ...]:
    """Every audit, loaded. Raises CallError if one has another name than its entry point."""
    found = {name: AUDITS.get(name) for name in AUDITS}
    for name, each in found.items():
        if each.name != name:
            raise CallError(f"The audit '{name}' calls itself '{each.name}'; its entry point must have that name.")
    return tuple(found.values())
