"""Croissant metadata: croissant.json, a machine-readable form of the card, wherever the release is.

The Hub makes its own for what it converts; a release in a folder or on another server has only this one.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from builder.base.recipe import Recipe
from builder.format import layout
from builder.format.splits import PUBLIC_FIGURES, Config
from builder.release.contents import Contents
from builder.release.public_figures import ATTRIBUTION

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that version 1.0 of the specification prescribes."""


def render(recipe: Recipe, contents: Contents, sums: Mapping[str, tuple[int, str]], version: str) -> str:
    """The file. `sums` has the bytes and the sha256 of each Parquet file; an unpublished release has no `version`."""
    data = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": recipe.name,
        "description": f"A benchmark for machine unlearning in vision-language models. {_who(contents)}",
        "license": recipe.release.license,
        "url": "https://pypi.org/project/build-bench/",
        "citeAs": citation(recipe, version),
        "keywords": ["machine unlearning", "privacy", "vision-language models", "synthetic data"],
        "isLiveDataset": False,
        **({"version": version} if version else {}),
        "distribution": [
            *(_file_object(name, *sums[name]) for name in sorted(sums)),
            *(_file_set(config, contents) for config in contents.configs),
        ],
        "recordSet": [_record_set(config, bool(recipe.public_figures.references)) for config in contents.configs],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _who(contents: Contents) -> str:
    if PUBLIC_FIGURES in contents.segments:
        return (
            f"None of its people exists but those of {PUBLIC_FIGURES}; {ATTRIBUTION} says where their facts come from."
        )
    return "None of its people exists."


def citation(recipe: Recipe, version: str) -> str:
    """How a release asks to be cited: BibTeX."""
    named = f" {version}" if version else ""
    return (
        f"@misc{{{recipe.name}_{recipe.seed}, title = {{{recipe.name}{named}: a benchmark of fictitious people for "
        f"multimodal unlearning}}, note = {{made with build-bench, seed {recipe.seed}}}}}"
    )


def _file_object(name: str, size: int, sha256: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{size} B",
        "encodingFormat": "application/x-parquet",
        "sha256": sha256,
    }


def _file_set(config: Config, contents: Contents) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"files-{config.name}",
        "name": f"files-{config.name}",
        "encodingFormat": "application/x-parquet",
        "includes": contents.config_files(config),
    }


def _record_set(config: Config, referenced: bool) -> dict[str, Any]:
    schema = layout.columns(config.name, referenced=referenced)
    return {
        "@type": "cr:RecordSet",
        "@id": config.name,
        "name": config.name,
        "description": f"The {'concepts' if config.concepts else 'people'} of the config {config.name}, "
        "one record each; lists inside lists are left out.",
        "field": [described for column in schema if (described := _column(config.name, column))],
    }


def _column(config: str, column: pa.Field) -> dict[str, Any] | None:
    """A column as a field; a struct's scalars, or those of a list of structs, are its fields inside."""
    repeated = pa.types.is_list(column.type)
    kind = column.type.value_type if repeated else column.type
    identity = f"{config}/{column.name}"
    field = {"@type": "cr:Field", "@id": identity, "name": identity, **({"repeated": True} if repeated else {})}
    if kind == layout.IMAGE:
        return {**field, "dataType": "sc:ImageObject", "source": _source(config, column.name, "bytes")}
    if not pa.types.is_struct(kind):
        return {**field, "dataType": _data_type(kind), "source": _source(config, column.name)}
    inside = [
        {
            "@type": "cr:Field",
            "@id": f"{identity}/{path}",
            "name": f"{identity}/{path}",
            "dataType": _data_type(inner),
            "source": _source(config, column.name, path),
        }
        for path, inner in _scalars(kind)
    ]
    return {**field, "subField": inside} if inside else None


def _scalars(kind: pa.StructType, before: str = "") -> Iterator[tuple[str, pa.DataType]]:
    for field in kind:
        if pa.types.is_struct(field.type):
            yield from _scalars(field.type, f"{before}{field.name}.")
        elif not pa.types.is_list(field.type):
            yield f"{before}{field.name}", field.type


def _source(config: str, column: str, path: str = "") -> dict[str, Any]:
    source: dict[str, Any] = {"fileSet": {"@id": f"files-{config}"}, "extract": {"column": column}}
    return {**source, "transform": {"jsonPath": path}} if path else source


def _data_type(kind: pa.DataType) -> str:
    return "sc:Boolean" if pa.types.is_boolean(kind) else "sc:Text"
