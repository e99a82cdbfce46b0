"""table.md: rows are models, columns sets and tasks; ours, then MLLMU-Bench's layout."""

from collections.abc import Mapping
from typing import Any

from builder.baseline import attacks
from builder.baseline.metrics.summary import UTILITY_SETS
from builder.baseline.report import mmubench
from builder.baseline.report.binding import binding_measures, controls, measure_labels
from builder.baseline.report.grid import MODALITIES, UNKNOWN, by_set, number, sets, table
from builder.baseline.report.known_before import known_before
from builder.baseline.report.notes import not_measured, notes
from builder.baseline.report.reference import beside
from builder.baseline.report.sections import Part, ReportSection, Table
from builder.baseline.report.sections import markdown as as_markdown
from builder.baseline.report.trust import agreement
from builder.baseline.report.wording import wording
from builder.format.lacking import why_not

_LANGUAGE = {"fluency": "fluency", "repetition": "repetition", "refused": "refusals"}
_MLLMU = "Rouge Score compares with the wording of the question's own answer: a wrong value can win it (see Wording)."
_MLLMU_LABELS = {
    "accuracy_generated": "Class. Acc (%)",
    "rouge_l_f1": "Rouge Score",
    "factuality": "Fact. Score",
    "cloze": "Cloze Acc (%)",
}
_MLLMU_SETS = {"forget": "Forget Set", "test": "Test Set", "retain": "Retain Set", "public_figures": "Real Celebrity"}
_WHOLE = (
    ("model/oracle_distance", "distance to the oracle"),
    ("model/utility", "utility"),
    ("forget/joint/all_modal", "forget: both modalities"),
    ("model/forget_quality_p", "forget quality p"),
    ("model/forget_quality_d", "KS D"),
    ("model/nearness", "nearer to the oracle (+) or vanilla (−)"),
    ("model/mia_min_k", "Min-K% AUC"),
    ("model/privacy_leakage", "PrivLeak"),
    ("forget/image_text/truth_ratio", "TR image"),
    ("forget/text/truth_ratio", "TR text"),
    ("forget/image_text/extraction_strength", "extraction image"),
    ("forget/text/extraction_strength", "extraction text"),
)


def markdown(found: Mapping[str, Any]) -> str:
    """The whole of table.md: the title, the warnings, the notes, then the sections."""
    head = [
        f"# {title(found)}",
        *warnings(found),
        "\n".join(f"- {note}" for note in notes(found)),
        as_markdown(sections(found)),
    ]
    return "\n\n".join(filter(None, head)) + "\n"


def title(found: Mapping[str, Any]) -> str:
    """What the report is about."""
    release = found["release"]
    if "imported" in release:
        return f"Baselines on {release['imported']['name']}, imported"
    return f"Baselines on {release['recipe']}, seed {release['seed']}"


def provenance(found: Mapping[str, Any]) -> list[str]:
    """Where an imported set comes from; nothing of a release of ours."""
    said = found["release"].get("imported")
    if not said:
        return []
    return [
        f"Imported from {said['source']} (layout {said['layout']}, revision {said['revision']}). Licence: "
        f"{said['licence']}. Set aside as wrong: {sum(said['set_aside'].values())} entries of imported.jsonl."
    ]


def _not_applicable(found: Mapping[str, Any]) -> list[ReportSection]:
    """What needs parts that the data lacks, and therefore has no figure."""
    missing = found.get("not_applicable")
    if not missing:
        return []
    rows = [["kind", "name", "why"], *([each["kind"], each["name"], each["reason"]] for each in missing)]
    return [ReportSection("What does not apply to this data", [rows])]


def _in_mllmus_layout(found: Mapping[str, Any]) -> list[Part]:
    """Our figures, and below them the published ones, if any were given."""
    reference = found["settings"].get("reference")
    if not reference:
        return [_MLLMU, mllmu(found)]
    said = (
        f"The rows marked (published) are theirs: {reference['source']}. They were measured by others, with other "
        "training and other code."
    )
    return [_MLLMU, said, beside(mllmu(found), reference)]


def sections(found: Mapping[str, Any]) -> list[ReportSection]:
    """What table.md and the page's tables say: the preface, which has no title, and a section for each question."""
    return [
        ReportSection("", _preface(found)),
        *(
            ReportSection(f"{word.capitalize()} questions", [table(found, by_set(found, modality, _summary()))])
            for modality, word in MODALITIES
        ),
        *mmubench.sections(found),
        ReportSection("Whole models", [table(found, _WHOLE)]),
        ReportSection("What utility is made of", _utility(found)),
        *_general(found),
        *_attacks(found),
        ReportSection("Is it still language?", _language(found)),
        *([ReportSection("Do the seeds rank the methods alike?", [_ranking(found)])] if found["ranking"] else []),
        ReportSection("Which number may be believed?", agreement(found)),
        *([ReportSection("How methods were tuned", _tuning(found))] if found["tuning"] else []),
        ReportSection("What was trained", [_trained(found)]),
        ReportSection("Over independent facts", _independent(found)),
        ReportSection("Whose fact is it?", _whose(found)),
        ReportSection("Wording", wording(found)),
        ReportSection("What each measure tells apart", _separating(found)),
        ReportSection("Which categories of facts are still known", _categories(found)),
        ReportSection("In MLLMU-Bench's layout", _in_mllmus_layout(found)),
        *_not_applicable(found),
    ]


def _preface(found: Mapping[str, Any]) -> list[Part]:
    return [
        f"Model {found['model']}; seeds {', '.join(map(str, found['seeds']))}; "
        f"{found['people']['forget']} people to forget, {found['people']['retain']} to retain. Square "
        "brackets hold the 95 % interval over people (drawn again with all of their items); round brackets hold the "
        "distance to the oracle, by which a forgetting score is judged: knowing less is no better than knowing more.",
        *provenance(found),
        *([f"{judging(found)} Ratings go from 1 to 10."] if found["judge"] else []),
        *_binding(found),
        *_unknown(found),
    ]


def _binding(found: Mapping[str, Any]) -> list[Part]:
    """What binding is, where there is any."""
    if reason := why_not(found["release"], ("quartets",)):
        return [f"Binding is {reason}: whether a score depends on the person cannot be told."]
    return [
        "Binding is the share right minus the share right with another of the person's quartet put in: 1 for a model "
        "that tells the four apart, 0 for one that recognises strings. Scores that a wrong value can win are only "
        "under Wording.",
    ]


def _trained(found: Mapping[str, Any]) -> Part:
    """The weights that were free to change, by part of the model, and the steps, of the first seed."""
    curves: dict[str, Any] = {name: next(iter(model["curves"].values()), {}) for name, model in found["models"].items()}
    parts = sorted({part for curve in curves.values() for part in curve.get("trained", {})})
    if not parts:
        return "Nothing was."
    rows = [["model", "steps", *parts]]
    for name, curve in curves.items():
        counts = [f"{curve['trained'][part]:,}" if part in curve.get("trained", {}) else "–" for part in parts]
        rows.append([name, str(len(curve.get("losses", []))), *counts])
    return rows


def _attacks(found: Mapping[str, Any]) -> list[ReportSection]:
    """What attacks on the models brought out, by attack; nothing where none was run."""
    made = attacks.make_attacks(found["settings"]["attacks"]).values()
    titles = {prefix: title for each in made for prefix, title in each.titles.items()}
    shown: dict[str, list[tuple[str, str]]] = {}
    for path in sorted({path for model in found["models"].values() for path in model["scores"]}):
        group = next((group for prefix, group in titles.items() if path.startswith(f"model/{prefix}")), None)
        if group:
            shown.setdefault(group, []).append((path, path.removeprefix("model/").replace("_", " ")))
    if not shown:
        return []
    said = "Of the forget set, beside the oracle's: a model that never learned it is the measure of every attack."
    parts: list[Part] = [said]
    for group, columns in shown.items():
        parts += [f"{group}.", table(found, columns)]
    return [ReportSection("Attacks", parts)]


def _general(found: Mapping[str, Any]) -> list[ReportSection]:
    """The tasks of general ability, where some were run."""
    paths = sorted(
        {path for model in found["models"].values() for path in model["scores"] if path.startswith("general/")}
    )
    if not paths:
        return []
    columns = [(path, path.removeprefix("general/").replace("/", ": ")) for path in paths]
    said = "As lmms-eval scores its tasks; no part of utility."
    return [ReportSection("General ability", [said, table(found, columns)])]


def _summary() -> dict[str, str]:
    measures = {
        f"{name}{ending}": f"{label}{word}"
        for name, label in measure_labels().items()
        for ending, word in (("", ""), ("_binding", ", binding"))
    }
    return {**measures, "value_f1": "value F1", "factuality": "factuality"}


def judging(found: Mapping[str, Any]) -> str:
    """Who marked the open answers, and how many."""
    judge = found["judge"]
    return f"{judge['marked']:,} of {judge['answers']:,} open answers are rated by {judge['model']}."


def warnings(found: Mapping[str, Any]) -> list[str]:
    """What must be known before a score is believed."""
    lines = []
    missing = {each["name"] for each in found.get("not_applicable", ()) if each["kind"] == "method"}
    for seed, gate in found["gate"]["seeds"].items():
        shares = ", ".join(f"{modality} {share:.1%}" for modality, share in gate["known"].items() if share is not None)
        if not gate["valid"]:
            lines.append(
                f"**SCORES ARE NOT VALID**: with seed {seed} the model knows too few facts ({shares}; "
                f"{found['gate']['threshold']:.0%} are needed), so there is little to forget."
            )
    for name, model in found["models"].items():
        lines += [
            f"{name} is {reason}." if name in missing else f"**{name} failed** with seed {seed}: {reason}"
            for seed, reason in model["failed"].items()
        ]
    lines += not_measured(found)
    return lines


def mllmu(found: Mapping[str, Any]) -> Table:
    """MLLMU-Bench's main table: classification by generated letter, ROUGE-L, factuality and cloze, both modalities."""
    labels = {key: label for key, label in _MLLMU_LABELS.items() if key != "factuality" or found["judge"]}
    columns = [(name, metric) for name in _MLLMU_SETS if name in sets(found) for metric in labels]
    rows = [["Models", *(f"{_MLLMU_SETS[name]}: {labels[metric]}" for name, metric in columns)]]
    for name, model in found["models"].items():
        cells = [_percent(model["scores"], *column) for column in columns]
        rows.append([name, *cells])
    return rows


def mllmu_heads() -> list[str]:
    """All columns that the table in MLLMU-Bench's layout may have."""
    return [f"{name}: {label}" for name in _MLLMU_SETS.values() for label in _MLLMU_LABELS.values()]


def _percent(scores: Mapping[str, Any], name: str, metric: str) -> str:
    paths = [f"{name}/{modality}/{metric}" for modality, _ in MODALITIES]
    values = [scores[path]["mean"] for path in paths if path in scores and scores[path]["mean"] is not None]
    if not values:
        return "–"
    mean = sum(values) / len(values)
    return f"{mean:.3f}" if metric in ("rouge_l_f1", "factuality") else f"{100 * mean:.1f}"


def _whose(found: Mapping[str, Any]) -> list[Part]:
    reason = why_not(found["release"], ("quartets",))
    return [f"{reason.capitalize()}."] if reason else controls(found)


def _independent(found: Mapping[str, Any]) -> list[Part]:
    if reason := why_not(found["release"], ("facts",)):
        return [f"{reason.capitalize()}."]
    columns = [
        (f"forget/{modality}/{name}{ending}_independent", f"forget {word} {label}{more}")
        for modality, word in MODALITIES
        for name, label in measure_labels().items()
        for ending, more in (("", ""), ("_binding", ", binding"))
    ]
    return [
        "A forgotten fact may be guessed from another that is known, such as a salary from an occupation. These scores "
        "leave out such facts (`implied_by` in the release).",
        table(found, [("model/utility_independent", "utility"), *columns]),
    ]


def _unknown(found: Mapping[str, Any]) -> list[Part]:
    if not found["unknown"]:
        return []
    least = found["settings"]["evaluate"]["gate_column"]
    return [
        f"{UNKNOWN}: vanilla itself is less than {least:.0%} of the way above guessing here, so there is little to "
        "forget, and no distance is given.",
    ]


def _utility(found: Mapping[str, Any]) -> list[Part]:
    """Every part of the harmonic mean."""
    columns = [
        (f"{name}/{modality}/{measure}", f"{name} {word} {label}")
        for name in UTILITY_SETS
        for modality, word in MODALITIES
        for measure, label in measure_labels().items()
    ]
    return [
        "Utility is the harmonic mean of these, so that any kind of damage lowers it: choices, blanks and values, in "
        "trained and in held-out wording (retain_test) and views, with the portrait and with the name.",
        *known_before(found),
        table(found, columns),
    ]


def _ranking(found: Mapping[str, Any]) -> str:
    told = found["ranking"]
    interval = f", 95 % [{', '.join(map(number, told['interval']))}]" if told["interval"] else ""
    return (
        f"Kendall's τ of the distances to the oracle of {', '.join(told['methods'])}, the mean over pairs of "
        f"{told['seeds']} seeds and over draws of people: {told['tau']:.2f}{interval}. 1 is the same order, 0 is none."
    )


def _tuning(found: Mapping[str, Any]) -> list[Part]:
    """The protocol, and the point that it chose for each method."""
    tuning = found["tuning"]
    vanilla, oracle = tuning["vanilla"], tuning["oracle"]
    said = (
        f"With seed {tuning['seed']} and {len(tuning['people'])} other people to forget, who are not reported, "
        f"each method ran over its grid, with {tuning['passes']:g} passes over the forget questions each time. The "
        f"chosen point is the one closest to the oracle that keeps {tuning['kept']:.0%} of what vanilla knows of the "
        "others. Shares count training answers given word for word; results.json has every run and evaluation."
    )
    rows = [
        ["method", "runs", "settings", "known of the forget set", "known of the others", "distance to the oracle"],
        ["vanilla", "", "", f"{vanilla['forget']:.3f}", f"{vanilla['retain']:.3f}", ""],
        ["oracle", "", "", f"{oracle['forget']:.3f}", f"{oracle['retain']:.3f}", ""],
    ]
    for name, each in tuning["methods"].items():
        chosen = each["chosen"]
        if chosen is None:
            rows.append([name, str(len(each["runs"])), "all of its runs failed", "", "", ""])
            continue
        knobs = ", ".join(f"{knob} {value:g}" for knob, value in chosen["knobs"].items())
        kept = "" if chosen["keeps"] else " (no point keeps enough)"
        mark = chosen["mark"]
        known = (f"{mark['forget']:.3f}", f"{mark['retain']:.3f}{kept}")
        rows.append([name, str(len(each["runs"])), knobs, *known, f"{chosen['distance']:.3f}"])
    return [said, rows]


def _language(found: Mapping[str, Any]) -> list[Part]:
    columns = [
        (f"{name}/{modality}/{measure}", f"{name} {word} {label}")
        for name in ("forget", "test")
        for modality, word in MODALITIES
        for measure, label in _LANGUAGE.items()
    ]
    return [
        "Open answers about the forget set: how likely the untrained model finds them (per token), how much they "
        "repeat, how many are refusals. A model whose answers no longer read like the oracle's did not forget: it is "
        "broken.",
        table(found, columns),
    ]


def _separating(found: Mapping[str, Any]) -> list[Part]:
    powers = {name: power for name, power in found["separating_power"].items() if power is not None}
    if not found["separating_power"]:
        return ["There is no pair of vanilla and oracle."]
    if not powers:
        return ["No item of the forget set can tell vanilla from the oracle: vanilla knows none of the facts."]
    bound = binding_measures(found)
    rows = [
        [name, f"{power:.3f}", "yes" if name.removesuffix("_binding") in bound else ""]
        for name, power in sorted(powers.items(), key=lambda each: -each[1])
    ]
    return [
        "AUC of telling vanilla from the oracle by one item of the forget set; .5 means not at all.",
        [["measure", "AUC", "asks whose fact it is"], *rows],
    ]


def _categories(found: Mapping[str, Any]) -> list[Part]:
    names = sorted({name for model in found["models"].values() for name in model["categories"]})
    rows = [["model", *names]]
    for model, record in found["models"].items():
        cells = []
        for name in names:
            parts, counts = (record[each].get(name, {}) for each in ("categories", "category_items"))
            cells.append(
                " / ".join(f"{parts[key]:.2f} of {counts[key]}" if key in parts else "–" for key, _ in MODALITIES)
            )
        rows.append([model, *cells])
    return ["Share of right forget items, and their number, image / text.", rows]
