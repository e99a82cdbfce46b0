"""What Parquet files tell `datasets` about their columns."""

import json
from typing import Any

import pyarrow as pa


def feature_types(schema: pa.Schema) -> set[str]:
    """The types that the features of a file name, at any depth.

    "Value" and "Image" are read by every version of `datasets`; "List" is not known before 4.0, and "Sequence" makes
    another column of a list of structs.
    """
    return set(_types(json.loads(schema.metadata[b"huggingface"])["info"]["features"]))


def _types(feature: Any) -> list[str]:
    if isinstance(feature, list):
        return [name for inner in feature for name in _types(inner)]
    if isinstance(feature.get("_type"), str):
        return [feature["_type"], *(_types(feature["feature"]) if "feature" in feature else [])]
    return [name for inner in feature.values() for name in _types(inner)]
