"""The prompts that a model gets for a picture: to paint one, or to edit a reference into a view."""

import functools
from typing import TYPE_CHECKING

from builder.base import bundled
from builder.base.errors import BenchError
from builder.portraits.painter import Order

if TYPE_CHECKING:
    from jinja2 import Template

PAINT = "portrait.j2"
EDIT = "portrait_edit.j2"
"""Their names in prompts/."""


class BadPrompt(BenchError):
    """A prompt template cannot be filled."""


def prompt(order: Order) -> str:
    """The prompt that paints a picture from words alone, on one line.

    Raises BadPrompt if the template asks for something an order lacks.
    """
    return _filled(PAINT, order)


def edit_prompt(order: Order) -> str:
    """The prompt that makes a view out of the person's reference, on one line. Raises BadPrompt as `prompt` does."""
    return _filled(EDIT, order)


def _filled(name: str, order: Order) -> str:
    from jinja2 import TemplateError

    try:
        text = _template(name).render(
            gender=order.gender, age_group=order.age_group, appearance=order.appearance, scene=order.scene
        )
    except (TemplateError, KeyError) as error:
        raise BadPrompt(f"prompts/{name} cannot be filled: {error}.") from error
    return " ".join(text.split())


@functools.cache
def _template(name: str) -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

    loader = FileSystemLoader(bundled.folder("prompts"))
    # Prompts are plain text for a model, never HTML: escaping would put &#39; into them.
    environment = Environment(loader=loader, undefined=StrictUndefined, autoescape=False)
    try:
        return environment.get_template(name)
    except TemplateError as error:
        raise BadPrompt(f"prompts/{name} cannot be read: {error}.") from error
