"""Which measures can be trusted: how they agree with each other, in a table and in one sentence."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from builder.baseline.metrics.concordance import Agreement, mean_tau
from builder.baseline.metrics.ranking import LEAST
from builder.baseline.report.grid import MODALITIES, number
from builder.baseline.report.sections import Part

_AGREES = 0.5
"""Spearman's ρ with the distance to the oracle from which on a measure is said to agree with it."""


def sentence(methods: Sequence[str], found: Mapping[str, Agreement]) -> str:
    """Which measures order the models as the distance to the oracle does, which reverse it, and which are blind."""
    if len(methods) < LEAST:
        few = {0: "There is no method", 1: "There is one method"}.get(len(methods), f"There are {len(methods)} methods")
        return f"{few}, too few to rank: to compare measures takes {LEAST}."
    if not found:
        return "There is no distance to the oracle that measures could be compared with."
    blind = [path for path, each in found.items() if each.blind]
    seeing = {path: each.spearman for path, each in found.items() if not each.blind and each.spearman is not None}
    agreeing = [path for path, value in seeing.items() if value >= _AGREES]
    against = [path for path, value in seeing.items() if value < 0]
    parts = [
        f"{_listed(agreeing)} {_verb(agreeing, 'orders', 'order')} the models as the distance to the oracle does"
        if agreeing
        else "no measure orders the models as the distance to the oracle does"
    ]
    if against:
        parts.append(f"{_listed(against)} {_verb(against, 'rewards', 'reward')} what is farther from it")
    if blind:
        told = f"{_listed(blind)} {_verb(blind, 'is', 'are')} blind here and"
        parts.append(f"{told} {_verb(blind, 'does', 'do')} not tell vanilla from the oracle")
    mean = mean_tau(found)
    if mean is not None:
        parts.append(f"between two measures Kendall's τ is {mean:.2f} on average")
    whole = "; ".join(parts)
    return f"{whole[0].upper()}{whole[1:]}."


def agreement(found: Mapping[str, Any]) -> list[Part]:
    """The sentence, what chance alone does, and a table: each measure beside the distance, and Kendall's τ in pairs."""
    told = found["agreement"]
    parts: list[Part] = [told["sentence"], *_chance(found)]
    if not told["measures"]:
        return parts
    seeds = len(found["seeds"])
    parts.append(
        f"Over {told['models']} models ({', '.join(told['methods'])}; {seeds} seed{'s' if seeds > 1 else ''}). Each "
        "measure is read as if showing less were better. Spearman's ρ is with the distance to the oracle (the mean "
        "over all shares right about the forgotten people), Kendall's τ is the mean with the other measures; "
        "results.json has every pair."
    )
    rows = [["measure", "Spearman's ρ", "Kendall's τ, mean", "tells vanilla from the oracle"]]
    for path, each in told["measures"].items():
        taus = [value for value in each["tau"].values() if value is not None]
        mean = number(fmean(taus)) if taus else "–"
        rows.append([label(path), _rho(each), mean, "no" if each["blind"] else "yes"])
    return [*parts, rows]


def _rho(measure: Mapping[str, Any]) -> str:
    """Spearman's ρ with its interval."""
    if measure["spearman"] is None:
        return "–"
    interval = f" [{', '.join(map(number, measure['interval']))}]" if measure["interval"] else ""
    return f"{number(measure['spearman'])}{interval}"


def label(path: str) -> str:
    """What a measure is called: "cloze (image)" of "forget/image_text/cloze"."""
    *_, modality, name = path.split("/")
    words = dict(MODALITIES).get(modality)
    return name.replace("_", " ") + (f" ({words})" if words else "")


def _chance(found: Mapping[str, Any]) -> list[Part]:
    """How far the oracles of two seeds are from each other."""
    if not found["retrained"]:
        return []
    d, near = found["retrained"]["d"], found["retrained"]["nearness"]
    return [
        f"Chance: the oracle of another seed is D = {number(fmean(d))} from a seed's own ({number(max(d))} at most). "
        f"Its nearness is {number(fmean(near))} ({number(min(near))} at least). A method within that is as near as "
        "retraining itself.",
    ]


def _listed(paths: Sequence[str]) -> str:
    names = [label(path) for path in paths]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _verb(paths: Sequence[str], one: str, many: str) -> str:
    return one if len(paths) == 1 else many
