"""The YAML at the head of the card: what the Hub and `load_dataset` read of it."""

from typing import Any

import pyarrow as pa
import yaml

from builder.base.recipe import Recipe
from builder.format import layout
from builder.format.splits import Config
from builder.release.contents import Contents
from builder.release.sizes import Weight, of_config

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"))


class _Plain(yaml.SafeDumper):
    """Writes repeated values in full: not every reader of cards supports anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def render(recipe: Recipe, contents: Contents, weights: dict[str, Weight]) -> str:
    """The YAML, without the lines of dashes around it."""
    people = sum(map(len, contents.segments.values()))
    data = {
        "license": recipe.release.license,
        "language": ["en"],
        "pretty_name": recipe.name,
        "size_categories": [next(label for limit, label in _SIZES if people < limit)],
        "task_categories": ["visual-question-answering", "question-answering", "multiple-choice"],
        "annotations_creators": ["machine-generated"],
        "tags": ["machine-unlearning", "privacy", "multimodal", "synthetic", "build-bench"],
        **tables(contents, weights, referenced=bool(recipe.public_figures.references)),
    }
    return to_yaml(data)


def tables(contents: Contents, weights: dict[str, Weight], *, referenced: bool = False) -> dict[str, Any]:
    """What it says of the configs: their features, sizes and files; `referenced` is as for `layout.columns`."""
    return {
        "dataset_info": [
            _info(config, of_config(config, contents, weights), referenced) for config in contents.configs
        ],
        "configs": [
            {
                "config_name": config.name,
                "data_files": [{"split": "train", "path": contents.config_files(config)}],
                **({"default": True} if config.name == "train" else {}),
            }
            for config in contents.configs
        ],
    }


def to_yaml(data: dict[str, Any]) -> str:
    """The YAML of a head."""
    return yaml.dump(data, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=1_000)


def _info(config: Config, weight: Weight, referenced: bool) -> dict[str, Any]:
    schema = layout.columns(config.name, referenced=referenced)
    return {
        "config_name": config.name,
        "features": [_feature(field) for field in schema],
        "splits": [{"name": "train", "num_bytes": weight.plain, "num_examples": weight.rows}],
        "download_size": weight.stored,
        "dataset_size": weight.plain,
    }


def _feature(field: pa.Field) -> dict[str, Any]:
    return {"name": field.name, **_kind(field.type)}


def _kind(kind: pa.DataType) -> dict[str, Any]:
    if kind == layout.IMAGE:
        return {"dtype": "image"}
    if pa.types.is_struct(kind):
        return {"struct": [_feature(field) for field in kind]}
    if pa.types.is_list(kind):
        inner = _kind(kind.value_type)
        return {"list": inner.get("dtype") or inner.get("struct") or [inner]}
    return {"dtype": str(kind)}
