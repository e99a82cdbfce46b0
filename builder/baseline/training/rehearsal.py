"""Rehearsal: beside new people, the embedded model trains again on the strangers that it knew before."""

from builder.baseline.models import strangers
from builder.baseline.training.examples import Example, beside


def examples() -> list[Example]:
    """All questions that the model was trained on about them, in every wording and with every view."""
    return [beside(question, pictures) for question, pictures in strangers.questions()]
