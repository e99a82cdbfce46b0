"""The checks of a picture: faces, the same person, safety; which of them a recipe asks for."""

import dataclasses
import itertools
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFilter

from builder.base.errors import BenchError
from builder.base.recipe import DiffusionPart, PortraitsPart, Recipe
from builder.portraits import OfflinePainter
from builder.portraits.inspection import Inspection, inspection_of
from builder.portraits.making import encoded
from tests.portraits.people import order


def _seen() -> list[Image.Image]:
    """Drawn references that the cascades take for a face: they see most of them."""
    from builder.portraits.checks_faces import faces

    pictures = OfflinePainter().paint([order(number, size=256) for number in range(60)])
    return [picture for picture in pictures if len(faces(picture, frontal=True)) == 1]


def _side_by_side(left: Image.Image, right: Image.Image) -> Image.Image:
    both = Image.new("RGB", (512, 512), "white")
    both.paste(left, (0, 128))
    both.paste(right, (256, 128))
    return both


def test_exactly_one_face_is_asked_for() -> None:
    inspection = Inspection(one_face=True)
    seen = _seen()
    assert len(seen) >= 30
    first = seen[0]
    asked = order(0, size=256)
    assert inspection.fault(asked, first) is None
    couples = [_side_by_side(*pair) for pair in itertools.pairwise(seen)]
    said = [str(inspection.fault(order(0, size=512), couple)) for couple in couples]
    assert sum("shows 2 faces" in words for words in said) >= len(couples) / 2
    empty = first.filter(ImageFilter.GaussianBlur(40))
    assert "shows no face" in str(inspection.fault(asked, empty))
    assert "shows no face" in str(inspection.fault(order(0, "test", size=256), empty))


def test_a_painters_own_word_comes_first() -> None:
    picture = Image.new("RGB", (48, 48))
    assert "is black" in str(Inspection().fault(order(), picture))
    picture.info["fault"] = "was dropped"
    assert Inspection().fault(order(), picture) == "was dropped"


def test_a_recipe_says_which_checks_are_made() -> None:
    drawn = Recipe()
    photographed = Recipe(portraits=PortraitsPart(painter="diffusers"), diffusion=DiffusionPart(model="x/y"))
    assert not inspection_of(drawn).one_face
    assert inspection_of(photographed).one_face
    on, off = (PortraitsPart(painter="diffusers", faces=faces) for faces in ("on", "off"))
    assert inspection_of(photographed.model_copy(update={"portraits": on})).one_face
    assert not inspection_of(photographed.model_copy(update={"portraits": off})).one_face
    assert inspection_of(Recipe(portraits=PortraitsPart(faces="on"))).one_face


def test_a_held_out_view_must_not_be_a_copy_of_the_reference() -> None:
    reference, own_view = OfflinePainter().paint([order(0, size=96), order(0, "test", size=96)])
    seen = dataclasses.replace(order(0, "test", size=96), reference=encoded(reference, PortraitsPart(format="png")))
    brighter = reference.point(lambda level: min(255, round(level * 1.1)))
    inspection = inspection_of(Recipe())
    for copy in (reference, brighter):
        assert "is a copy of the reference" in str(inspection.fault(seen, copy))
    assert inspection.fault(seen, own_view) is None
    assert inspection.fault(dataclasses.replace(seen, view="train"), reference) is None
    assert inspection_of(Recipe(portraits=PortraitsPart(copied=0))).fault(seen, reference) is None


@pytest.fixture(scope="module")
def vision(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny vision models: `embedding`, and the classifiers `decency` and `animals`."""
    pytest.importorskip("transformers")
    import torch
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessorPil, ViTModel

    folder = tmp_path_factory.mktemp("vision")
    torch.manual_seed(0)
    sizes: dict[str, Any] = {"hidden_size": 16, "intermediate_size": 16, "image_size": 32, "patch_size": 8}
    sizes |= {"num_hidden_layers": 1, "num_attention_heads": 2}
    labels = {"decency": {0: "safe", 1: "NSFW"}, "animals": {0: "cat", 1: "dog"}}
    ViTModel(ViTConfig(**sizes)).save_pretrained(folder / "embedding")
    for name, of_number in labels.items():
        config = ViTConfig(**sizes, id2label=of_number)
        ViTForImageClassification(config).save_pretrained(folder / name)
    for name in ("embedding", *labels):
        ViTImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder / name)
    return folder


def _asking(**settings: str | float) -> Recipe:
    part = DiffusionPart.model_validate({"model": "x/y", **settings})
    return Recipe(portraits=PortraitsPart(painter="diffusers", faces="off"), diffusion=part)


def test_a_view_must_show_the_references_person(vision: Path) -> None:
    [picture, other] = OfflinePainter().paint([order(0), order(1)])
    view = dataclasses.replace(order(0, "train"), reference=encoded(picture, PortraitsPart(format="png")))
    inspection = inspection_of(_asking(embedding=str(vision / "embedding"), same_person=0.99999))
    assert inspection.fault(view, picture) is None
    assert "shows somebody else than the reference (cosine" in str(inspection.fault(view, other))
    assert inspection.fault(order(1), other) is None  # a reference is compared with nobody


def test_what_is_not_safe_is_refused(vision: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inspection = inspection_of(_asking(nsfw=str(vision / "decency")))
    assert inspection.decency is not None
    [picture] = OfflinePainter().paint([order(0)])
    bias = inspection.decency._model.classifier.bias
    for leaning, refused in ((9.0, True), (-9.0, False)):
        bias.data[1] = leaning
        assert ("is not safe to show" in str(inspection.fault(order(0), picture))) is refused


@pytest.mark.parametrize(
    ("knob", "model", "message"),
    [
        ("nsfw", "animals", "has the labels cat, dog; none says what is unsafe"),
        ("nsfw", "nowhere", "cannot be loaded"),
        ("embedding", "nowhere", "cannot be loaded"),
    ],
)
def test_a_checking_model_that_cannot_be_is_named(vision: Path, knob: str, model: str, message: str) -> None:
    with pytest.raises(BenchError, match=message):
        inspection_of(_asking(**{knob: str(vision / model)}))
