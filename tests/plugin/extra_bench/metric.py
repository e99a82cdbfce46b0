"""How long open answers are."""

from builder.baseline.metrics.item_metrics import ItemMetric

ANSWER_WORDS = ItemMetric(("generation",), lambda outcome: len(outcome.output.split()), "words of the answer")
