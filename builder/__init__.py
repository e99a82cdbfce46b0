"""build-bench: build, publish and check multimodal-unlearning benchmarks about people who do not exist.

Every command of `build-bench` is a function here that returns what the command prints, as plain data.
"""

from typing import TYPE_CHECKING

from builder.base.version import __version__

if TYPE_CHECKING:
    from builder.api import (
        audit_release,
        check_figures,
        compare,
        diff,
        embed_figures,
        estimate,
        export,
        fetch_figures,
        generate,
        generate_slice,
        import_set,
        load_recipe,
        open_release,
        preview_release,
        publish,
        run_baseline,
        status,
        verify,
    )
    from builder.base.errors import BenchError, CallError

__all__ = [
    "BenchError",
    "CallError",
    "__version__",
    "audit_release",
    "check_figures",
    "compare",
    "diff",
    "embed_figures",
    "estimate",
    "export",
    "fetch_figures",
    "generate",
    "generate_slice",
    "import_set",
    "load_recipe",
    "open_release",
    "preview_release",
    "publish",
    "run_baseline",
    "status",
    "verify",
]


if not TYPE_CHECKING:  # a type checker that saw it would believe in any name

    def __getattr__(name: str) -> object:
        """Import what is offered when it is first asked for: most of who imports this package wants its version."""
        if name not in __all__:
            raise AttributeError(f"module 'builder' has no attribute '{name}'")
        from builder import api

        return getattr(api, name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
