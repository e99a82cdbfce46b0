"""What the embedded model is taught again beside new people: the strangers whom it knows from before."""

from builder.baseline.models import strangers
from builder.baseline.training.examples import Example, beside


def examples() -> list[Example]:
    """All that the model was asked about them, in every wording and beside every view."""
    return [beside(question, pictures) for question, pictures in strangers.questions()]
