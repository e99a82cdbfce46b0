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
from builder.release.stamp import Stamp

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


def render(recipe: Recipe, contents: Contents, sums: Mapping[str, tuple[int, str]], stamp: Stamp) -> str:
    """The file. `sums` has the bytes and the sha256 of each Parquet file."""
    data = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": recipe.name,
        "description": f"A benchmark for machine unlearning in vision-language models. {_who(contents)}",
        "license": recipe.release.license,
        "url": "https://pypi.org/project/build-bench/",
        "citeAs": citation(recipe, stamp.version),
        "keywords": ["machine unlearning", "privacy", "vision-language models", "synthetic data"],
        "isLiveDataset": False,
        **({"version": stamp.version} if stamp.version else {}),
        **({"datePublished": stamp.date} if stamp.date else {}),
        **_responsible_ai(recipe, contents),
        "distribution": [
            *(_file_object(name, *sums[name]) for name in sorted(sums)),
            *(_file_set(config, contents) for config in contents.configs),
        ],
        "recordSet": [_record_set(config, bool(recipe.public_figures.references)) for config in contents.configs],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _responsible_ai(recipe: Recipe, contents: Contents) -> dict[str, Any]:
    """What venues ask of a data set, in the words of the Responsible-AI vocabulary 1.0."""
    real = PUBLIC_FIGURES in contents.segments
    public = f" The people of {PUBLIC_FIGURES} are real and long dead; {ATTRIBUTION} names the sources." if real else ""
    return {
        "rai:dataCollection": (
            "Nothing was collected about living people: build-bench generated names, facts, portraits and questions "
            f"from a recipe and the seed {recipe.seed}.{public}"
        ),
        "rai:dataCollectionType": ["Software Collection"],
        "rai:machineAnnotationTools": [f"writer: {recipe.writer.kind}", f"painter: {recipe.portraits.painter}"],
        "rai:dataBiases": [
            "Facts are drawn by simple rules from lists of each country, so their frequencies are not those of any "
            "population; countries, gender and age are the recipe's choice."
        ],
        "rai:dataLimitations": [
            "Drawn or painted faces show less than photographs, and the texts are in English alone: good results here "
            "do not show good results on real people."
        ],
        "rai:dataUseCases": [
            "Measuring how well models forget people, their facts and their faces, and research on privacy.",
            "Not for recognising real people, nor for training models that answer questions about them.",
        ],
        "rai:dataSocialImpact": (
            "Unlearning can be measured without the data of anybody who could be harmed by it; a method that forgets "
            "these people may still remember real ones."
        ),
        "rai:personalSensitiveInformation": [
            "Gender, age, health, finances, contacts and identity numbers of people who do not exist; addresses and "
            "numbers are of kinds that are never issued. Any likeness is coincidental.",
            *(["Dates and places of the lives of public figures who died long ago."] if real else []),
        ],
        "rai:dataReleaseMaintenancePlan": (
            "A version never changes. Corrections appear as a new version; another seed makes another benchmark."
        ),
    }


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
    """A column as a field; what a struct holds, or each struct of a list, is its fields inside."""
    identity = f"{config}/{column.name}"
    repeated = pa.types.is_list(column.type)
    kind = column.type.value_type if repeated else column.type
    if kind == layout.IMAGE:
        return _field(identity, repeated, dataType="sc:ImageObject", source=_source(config, column.name, "bytes"))
    if not pa.types.is_struct(kind):
        return _field(identity, repeated, dataType=_data_type(kind), source=_source(config, column.name))
    inside = [
        _field(f"{identity}/{path}", dataType=_data_type(inner), source=_source(config, column.name, path))
        for path, inner in _scalars(kind)
    ]
    if not repeated:
        inside += [_list_inside(config, column.name, each) for each in kind if _is_list_of_structs(each.type)]
    return _field(identity, repeated, subField=inside) if inside else None


def _list_inside(config: str, column: str, field: pa.Field) -> dict[str, Any]:
    """A list of structs that a struct holds, as a field of that struct's field."""
    identity = f"{config}/{column}/{field.name}"
    inside = [
        _field(f"{identity}/{path}", dataType=_data_type(inner), source=_source(config, column, field.name, path))
        for path, inner in _scalars(field.type.value_type)
    ]
    return _field(identity, repeated=True, subField=inside)


def _field(identity: str, repeated: bool = False, **rest: object) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": identity,
        "name": identity,
        **({"repeated": True} if repeated else {}),
        **rest,
    }


def _is_list_of_structs(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) and pa.types.is_struct(kind.value_type))


def _scalars(kind: pa.StructType, before: str = "") -> Iterator[tuple[str, pa.DataType]]:
    for field in kind:
        if pa.types.is_struct(field.type):
            yield from _scalars(field.type, f"{before}{field.name}.")
        elif not pa.types.is_list(field.type):
            yield f"{before}{field.name}", field.type


def _source(config: str, column: str, *paths: str) -> dict[str, Any]:
    """A column of a config's files; each JSON path is looked up in what the one before found, or in each item of it."""
    source: dict[str, Any] = {"fileSet": {"@id": f"files-{config}"}, "extract": {"column": column}}
    steps = [{"jsonPath": path} for path in paths]
    return {**source, "transform": steps[0] if len(steps) == 1 else steps} if steps else source


def _data_type(kind: pa.DataType) -> str:
    return "sc:Boolean" if pa.types.is_boolean(kind) else "sc:Text"
