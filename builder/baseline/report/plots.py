"""The plots of the report, as SVG that stands in the page itself."""

import io
from collections.abc import Mapping
from statistics import fmean
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

_STYLE: Any = {
    "svg.hashsalt": "build-bench",  # the same figures, the same bytes
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
}
_SPECIAL = {"vanilla": ("s", "#c0392b"), "oracle": ("*", "#1e8449"), "untrained": ("x", "#7f8c8d")}


def forgetting_against_utility(found: Mapping[str, Any]) -> str:
    """Each model by what it still knows of the forget set and what it is still worth; the aim is the oracle's place.

    Where there are several seeds, each of them is a small dot.
    """
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    with rc_context(_STYLE):
        axes = figure.add_subplot()
        for number, (name, model) in enumerate(found["models"].items()):
            scores = model["scores"]
            paths = ("forget/image_text/value_said", "forget/text/value_said", "model/utility")
            *known, utility = (scores.get(path, {"mean": None, "values": []}) for path in paths)
            known = [score for score in known if score["mean"] is not None]
            if not known or utility["mean"] is None:
                continue
            marker, colour = _SPECIAL.get(name, ("o", f"C{number % 10}"))
            x = fmean(score["mean"] for score in known)
            size = 110 if name in _SPECIAL else 60
            axes.scatter([x], [utility["mean"]], marker=marker, color=colour, s=size, zorder=3, label=name)
            if all(len(score["values"]) == len(utility["values"]) > 1 for score in known):
                seeds = [fmean(seed) for seed in zip(*(score["values"] for score in known), strict=True)]
                axes.scatter(seeds, utility["values"], color=colour, s=9, alpha=0.6, zorder=4)
        axes.set(xlim=(-0.03, 1.08), ylim=(-0.03, 1.08))
        axes.set(
            xlabel="still said of the forget set (values in open answers)",
            ylabel="utility (harmonic mean on the retain set)",
        )
        if axes.get_legend_handles_labels()[0]:
            axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
        return _svg(figure)


def leakage(found: Mapping[str, Any]) -> str:
    """Share of forget items right in each category of facts, a bar a model."""
    figure = Figure(figsize=(8.2, 3.6), layout="constrained")
    names = sorted({name for model in found["models"].values() for name in model["categories"]})
    models = {name: model for name, model in found["models"].items() if model["categories"]}
    with rc_context(_STYLE):
        axes = figure.add_subplot()
        width = 0.8 / max(1, len(models))
        for place, (label, model) in enumerate(models.items()):
            heights = [_mean(model["categories"].get(name, {})) for name in names]
            axes.bar([at + place * width for at in range(len(names))], heights, width, label=label)
        axes.set_xticks([at + 0.4 - width / 2 for at in range(len(names))], names)
        axes.set(ylim=(0, 1.02), ylabel="forget items right")
        if models:
            axes.legend(ncols=4, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 1.22), frameon=False)
        return _svg(figure)


def training(found: Mapping[str, Any]) -> str:
    """What is known by heart while vanilla and the oracle learn, and while methods unlearn."""
    figure = Figure(figsize=(8.2, 3.2), layout="constrained")
    with rc_context(_STYLE):
        learning, unlearning = figure.subplots(1, 2, sharey=True)
        for number, (name, model) in enumerate(found["models"].items()):
            for seed, curve in list(model["curves"].items())[:1]:
                steps = [mark["step"] for mark in curve["marks"]]
                for side, axes, style in (
                    ("known", learning, "-"),
                    ("forget", unlearning, "-"),
                    ("retain", unlearning, ":"),
                ):
                    values = [mark[side] for mark in curve["marks"] if side in mark]
                    if values and len(values) == len(steps):
                        label = name if side != "retain" else None
                        axes.plot(
                            steps, values, style, color=f"C{number % 10}", label=label, gid=f"{name}-{side}-{seed}"
                        )
        learning.set(title="learning", xlabel="step", ylabel="answers known by heart", ylim=(-0.02, 1.02))
        unlearning.set(title="unlearning: forget (line), retain (dots)", xlabel="step")
        for axes in (learning, unlearning):
            if axes.get_legend_handles_labels()[0]:
                axes.legend(fontsize=8, frameon=False)
        return _svg(figure)


def _mean(parts: Mapping[str, float]) -> float:
    return sum(parts.values()) / len(parts) if parts else 0.0


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
