"""What a chat template writes around a question and its answer.

The form of a finished turn counts. If the template writes thoughts before an answer, or opens them where an answer is
to be generated, a model is still trained and asked with exactly the text between a question and its answer in a
finished turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from builder.base.errors import BenchError

_QUESTION = "QUESTIONTEXT"
_ANSWER = "ANSWERTEXT"
_SECOND = "SECONDQUESTIONTEXT"
_DATE = "strftime_now"
"""The function by which templates of transformers print the date."""


@dataclass
class Template:
    """A processor's chat template, on one day. `system` is said before everything else when given."""

    processor: Any
    system: str | None
    today: date
    _frames: dict[bool, tuple[str, str, str, str]] = field(default_factory=dict, repr=False)
    _folded: bool = False
    _dated: str | None = None

    def __post_init__(self) -> None:
        if not getattr(self.processor, "chat_template", None):
            raise BenchError(
                "The model's processor has no chat template, so questions cannot be formatted for it; "
                "save the processor with one (processor.chat_template = ...)."
            )
        self._dated = _on(self.processor.chat_template, self.today)
        self._folded = self.system is not None and not self._takes(self.system)

    @property
    def folded(self) -> bool:
        """Whether the system prompt stands in the user's turn, since the template has no other place for it."""
        return self._folded

    def frame(self, with_image: bool) -> tuple[str, str]:
        """What stands before and after the question where an answer is to come."""
        return self._all(with_image)[:2]

    def around_answer(self) -> tuple[str, str]:
        """The blank space that an answer starts with, and what stands behind it."""
        return self._all(False)[2:]

    def around_first_answer(self) -> tuple[str, str]:
        """In a conversation, what stands between a question and its answer, and between that and a second question."""
        answered = {"role": "assistant", "content": [{"type": "text", "text": _ANSWER}]}
        second = {"role": "user", "content": [{"type": "text", "text": _SECOND}]}
        written = self._render([self._turn(0), answered, second], generate=True)
        before, _, after = written.partition(_QUESTION)[2].partition(_SECOND)[0].partition(_ANSWER)
        return before, after

    def turn(self, text: str, images: int) -> str:
        """A prompt of any number of images and a text, up to where its answer starts."""
        return self._render([self._turn(images, text)], generate=True)

    def _all(self, with_image: bool) -> tuple[str, str, str, str]:
        """What stands before the question, after it, before its answer as blank space, and behind the answer."""
        if with_image not in self._frames:
            turns = [self._turn(int(with_image))]
            before, _, after = self._render(turns, generate=True).partition(_QUESTION)
            turns.append({"role": "assistant", "content": [{"type": "text", "text": _ANSWER}]})
            finished = self._render(turns, generate=False).partition(_QUESTION)[2]
            between, found, tail = finished.partition(_ANSWER)
            lead = ""
            if found and between.startswith(after) and not between.removeprefix(after).strip():
                lead = between.removeprefix(after)
            elif found:
                after = between
            self._frames[with_image] = before, after, lead, tail
        return self._frames[with_image]

    def _takes(self, system: str) -> bool:
        """Whether the template includes a system prompt: some raise an error on one, some drop it."""
        turns = [self._system(system), self._turn(0)]
        try:
            return system.strip() in self._written(turns, generate=True)
        except Exception:  # a template may raise anything
            return False

    def _system(self, text: str) -> dict[str, Any]:
        return {"role": "system", "content": [{"type": "text", "text": text}]}

    def _turn(self, images: int, text: str = _QUESTION) -> dict[str, Any]:
        shown = [{"type": "image"}] * images
        said = f"{self.system}\n\n{text}" if self._folded else text
        return {"role": "user", "content": [*shown, {"type": "text", "text": said}]}

    def _render(self, turns: list[dict[str, Any]], *, generate: bool) -> str:
        if self.system is not None and not self._folded:
            turns = [self._system(self.system), *turns]
        try:
            return self._written(turns, generate=generate)
        except Exception as error:  # a template may raise anything
            raise BenchError(f"The model's chat template cannot be used: {error}") from error

    def _written(self, turns: list[dict[str, Any]], *, generate: bool) -> str:
        dated = {"chat_template": self._dated} if self._dated else {}
        return str(self.processor.apply_chat_template(turns, add_generation_prompt=generate, tokenize=False, **dated))


def _on(template: Any, today: date) -> str | None:
    """A template that prints the date, with the date of `today`; None where it prints none.

    Otherwise the prompt would change every day. transformers does not allow its own date function to be replaced.
    """
    text = template.get("default", "") if isinstance(template, Mapping) else template
    if _DATE not in str(text):
        return None
    parts = {f"%{each}": today.strftime(f"%{each}") for each in "aAwdbBmyYHIpMSfjUW"}
    parts |= {f"%-{each[1:]}": value.lstrip("0") or "0" for each, value in parts.items()}
    filters = "".join(f" | replace({part!r}, {value!r})" for part, value in parts.items())
    return f"{{% macro {_DATE}(form) %}}{{{{ form{filters} }}}}{{% endmacro %}}{text}"
