"""The prompts for chat models: Jinja2 files in prompts/chat/, strict about undefined names."""

import functools
import json
from typing import Any

from builder.base import bundled
from builder.base.errors import BenchError
from builder.llm.packages import package

FOLDER = "chat"


@functools.cache
def _environment() -> Any:
    jinja2 = package("jinja2")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(bundled.folder("prompts") / FOLDER),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # prompts are text; names and values go in as JSON strings
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Jinja's own filter escapes for HTML: O\u0027Brien. Line breaks stay escaped, so data cannot pose as structure.
    environment.filters["tojson"] = functools.partial(json.dumps, ensure_ascii=False)
    return environment


def render(name: str, /, **values: Any) -> str:
    """The prompt prompts/chat/`name`.j2 with `values` put in. Raises BenchError, naming the file, on a faulty one."""
    jinja2 = package("jinja2")
    try:
        return str(_environment().get_template(f"{name}.j2").render(**values)).strip()
    except jinja2.TemplateError as error:
        raise BenchError(f"prompts/{FOLDER}/{name}.j2 cannot be used: {error}.") from None
