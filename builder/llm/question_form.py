"""Whether a text is a question about the person at all, told by its form.

Small models write "Which is the best university?" where a person's university is to be asked for: the words of the fact
are there, the person is not.
"""

import re

from builder.base.plain_text import Fault
from builder.llm.writer import Ask

_YES_OR_NO = re.compile(r"(?:is|are|was|were|does|did|has|have)\b", re.IGNORECASE)
_UNFINISHED = re.compile(r"\.\.|…")
_KEY = re.compile(r"[a-z]_[a-z]")
"""Facts have keys such as pet_name; a blank stands between spaces."""
_PERSON = re.compile(
    r"\b(?:he|him|his|she|hers?|they|them|theirs?|person|individual|m[ae]n|wom[ae]n|lady|gentleman|girl|boy|adult|"
    r"someone|somebody|face|image|pictured?|photo\w*|portrait|depicted)\b",
    re.IGNORECASE,
)


def fault(ask: Ask, question: str) -> Fault | None:
    """What keeps `question` from being what `ask` wants; None if nothing does."""
    if ask.form == "choice" and not question.endswith("?"):
        return "no question", "it must be a question, with a question mark at its end"
    if ask.form != "blank" and _YES_OR_NO.match(question):
        return "no question", "it must not be answerable by yes or no"
    if _UNFINISHED.search(question):
        return "no question", "it must be one whole sentence"
    if _KEY.search(question):
        return "no question", "use plain words, not the key of a fact"
    if ask.modality == "image_text" and not _PERSON.search(question):
        return "nobody", "it must ask about the person in the image, and say so"
    return None
