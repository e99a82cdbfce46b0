"""The prompt that a text-to-image model gets for a picture."""

import functools
from typing import TYPE_CHECKING

from builder.base import bundled
from builder.base.errors import BenchError
from builder.portraits.painter import Order

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATE = "portrait.j2"
"""Its name in prompts/."""


class BadPrompt(BenchError):
    """A prompt template cannot be filled."""


def prompt(order: Order) -> str:
    """The prompt for one picture, on one line. Raises BadPrompt if the template asks for something an order lacks."""
    from jinja2 import TemplateError

    try:
        text = _template().render(
            gender=order.gender, age_group=order.age_group, appearance=order.appearance, scene=order.scene
        )
    except (TemplateError, KeyError) as error:
        raise BadPrompt(f"prompts/{TEMPLATE} cannot be filled: {error}.") from error
    return " ".join(text.split())


@functools.cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

    loader = FileSystemLoader(bundled.folder("prompts"))
    # Prompts are plain text for a model, never HTML: escaping would put &#39; into them.
    environment = Environment(loader=loader, undefined=StrictUndefined, autoescape=False)
    try:
        return environment.get_template(TEMPLATE)
    except TemplateError as error:
        raise BadPrompt(f"prompts/{TEMPLATE} cannot be read: {error}.") from error
