"""The diffusers painter on tiny pipelines: every way of keeping a face, batches, memory, and what is refused."""

import dataclasses
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from PIL import Image

from builder.base.errors import BenchError, CallError
from builder.base.recipe import DiffusionPart
from builder.portraits.painter import Order
from tests.portraits.conftest import Ordering

pytest.importorskip("diffusers")
pytestmark = [
    pytest.mark.filterwarnings("default::FutureWarning"),
    pytest.mark.filterwarnings("default::DeprecationWarning"),
]

MODELS = {
    "img2img": "sd",
    "img2img of SD3": "sd3",
    "img2img of FLUX.1": "flux",
    "ip-adapter": "sd",
    "edit by FLUX.2 klein": "klein",
    "edit by FLUX.1 Kontext": "kontext",
    "edit by a second model": "sd",
}
"""The model of each way to keep a face."""


@pytest.fixture(autouse=True)
def small_references(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let FLUX.1 Kontext read references as they are instead of at a million pixels, which would take seconds each."""
    from diffusers.pipelines.flux import pipeline_flux_kontext

    monkeypatch.setattr(pipeline_flux_kontext, "PREFERRED_KONTEXT_RESOLUTIONS", [(64, 64)])


def _part(pipelines: Path, way: str = "img2img", **settings: Any) -> DiffusionPart:
    settings = {"model": str(pipelines / MODELS[way]), "steps": 2, "edit_steps": 2} | settings
    if way == "ip-adapter":
        settings |= {"ip_adapter": str(pipelines / "ip"), "ip_adapter_weights": "tiny/ip-adapter-face.safetensors"}
    if way == "edit by a second model":
        settings["edit_model"] = str(pipelines / "klein")
    return DiffusionPart(**settings)


def _painter(part: DiffusionPart) -> Any:
    from builder.portraits.diffusion.painter import opened

    return opened(part, "cpu")


def _apart(first: Sequence[Image.Image], second: Sequence[Image.Image]) -> list[int]:
    """The largest difference between the levels of each two pictures."""
    return [
        int(np.abs(np.asarray(one, np.int16) - np.asarray(two, np.int16)).max())
        for one, two in zip(first, second, strict=True)
    ]


def _views(orders: Sequence[Order], references: Sequence[Image.Image]) -> list[Order]:
    return [dataclasses.replace(order, reference=_png(each)) for order, each in zip(orders, references, strict=True)]


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("way", MODELS)
def test_a_picture_depends_on_its_order_and_not_on_its_batch(pipelines: Path, order: Ordering, way: str) -> None:
    painter = _painter(_part(pipelines, way))
    assert way.startswith(painter.pipelines.identity)
    references = painter.paint([order(number) for number in range(3)])
    views = _views([order(number, "test") for number in range(3)], references)
    together = [*references, *painter.paint(views)]
    alone = [painter.paint([each])[0] for each in [*(order(number) for number in range(3)), *views]]
    assert {picture.size for picture in together} == {(64, 64)}
    assert max(_apart(together, alone)) <= 1
    assert _apart(references, painter.paint([order(number) for number in range(3)])) == [0] * 3
    assert min(_apart(references, references[1:] + references[:1])) > 1


@pytest.mark.parametrize("way", MODELS)
def test_a_view_is_painted_from_its_own_reference(pipelines: Path, order: Ordering, way: str) -> None:
    painter = _painter(_part(pipelines, way))
    references = painter.paint([order(number) for number in range(3)])
    views = [order(number, "train") for number in range(3)]
    right = painter.paint(_views(views, references))
    own = painter.paint(_views(views, [references[0], *references[2:], *references[1:2]]))
    apart = _apart(right, own)
    assert apart[0] == 0 < min(apart[1:])


@pytest.mark.parametrize("way", MODELS)
def test_a_view_gets_as_many_steps_as_are_asked_for(pipelines: Path, order: Ordering, way: str) -> None:
    from builder.portraits.diffusion.loading import denoiser_of

    part = _part(pipelines, way, steps=3, edit_steps=3, negative_prompt="", strength=0.6)
    painter = _painter(part)
    [reference] = painter.paint([order(0)])
    calls: list[Any] = []
    denoiser = denoiser_of(painter.pipelines.again or painter.pipelines.plain)
    denoiser.register_forward_pre_hook(lambda *_: calls.append(1))
    painter.paint(_views([order(0, "test")], [reference]))
    assert len(calls) == 3


def test_a_view_is_edited_by_the_second_model_as_its_settings_say(pipelines: Path, order: Ordering) -> None:
    way = "edit by a second model"
    [reference] = _painter(_part(pipelines, way)).paint([order(0)])
    [view] = _views([order(0, "test")], [reference])
    [plain] = _painter(_part(pipelines, way)).paint([view])
    [other] = _painter(_part(pipelines, way, edit_steps=4)).paint([view])
    [same] = _painter(_part(pipelines, way, steps=4)).paint([view])
    assert _apart([plain], [other]) > [0] == _apart([plain], [same])


def test_another_seed_view_attempt_or_casting_is_another_picture(pipelines: Path, order: Ordering) -> None:
    first = order(0)
    others = [
        order(0, seed=2),
        order(0, "test"),
        dataclasses.replace(first, attempt=1),
        dataclasses.replace(first, casting=1),
    ]
    painter = _painter(_part(pipelines))
    [picture] = painter.paint([first])
    assert min(_apart([picture] * len(others), painter.paint(others))) > 1


def test_the_recipe_decides_what_is_painted(pipelines: Path, order: Ordering) -> None:
    [plain] = _painter(_part(pipelines)).paint([order(0)])
    changes: tuple[dict[str, Any], ...] = (
        {"steps": 3}, {"guidance": 1.0}, {"negative_prompt": ""}, {"scheduler": "EulerAncestralDiscreteScheduler"}
    )  # fmt: skip
    for change in changes:
        [other] = _painter(_part(pipelines, **change)).paint([order(0)])
        assert _apart([plain], [other]) > [0], change


def test_what_a_pipeline_does_not_take_is_left_out(pipelines: Path) -> None:
    from builder.portraits.diffusion.loading import accepted

    pipeline = _painter(_part(pipelines)).pipelines.plain
    arguments = {"prompt": ["somebody"], "max_sequence_length": 64, "complex_human_instruction": None}
    assert accepted(pipeline, arguments) == {"prompt": ["somebody"]}


def test_batches_are_halved_when_memory_runs_out_and_stay_so(
    pipelines: Path, order: Ordering, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from builder.portraits.diffusion.painter import DiffusersPainter

    part = _part(pipelines, batch_size=8)
    expected = _painter(part).paint([order(number) for number in range(9)])
    painter = DiffusersPainter(_painter(part).pipelines, part)
    sizes, original = [], painter._painted

    def scarce(batch: Sequence[Order]) -> Any:
        sizes.append(len(batch))
        if len(batch) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return original(batch)

    monkeypatch.setattr(painter, "_painted", scarce)
    pictures = painter.paint([order(number) for number in range(9)])
    assert sizes == [8, 4, 2, 2, 2, 2, 1]
    assert max(_apart(pictures, expected)) <= 1
    painter.paint([order(number) for number in range(2)])
    assert sizes[-1] == 2 == painter.batch_size


def test_a_model_that_does_not_fit_at_all_says_so(
    pipelines: Path, order: Ordering, monkeypatch: pytest.MonkeyPatch
) -> None:
    from builder.portraits.diffusion.painter import CannotPaint, DiffusersPainter

    part = _part(pipelines)
    painter = DiffusersPainter(_painter(part).pipelines, part)

    def full(batch: Sequence[Order]) -> Any:
        raise RuntimeError("MPS backend out of memory")

    monkeypatch.setattr(painter, "_painted", full)
    with pytest.raises(
        CannotPaint, match=r"does not fit into the memory of cpu with one picture; try diffusion\.offload"
    ):
        painter.paint([order(0), order(1)])


def test_a_pipeline_that_fails_is_named(pipelines: Path, order: Ordering, monkeypatch: pytest.MonkeyPatch) -> None:
    painter = _painter(_part(pipelines))
    monkeypatch.setattr(painter, "_painted", lambda _: 1 / 0)
    with pytest.raises(BenchError, match="StableDiffusionPipeline failed on 1 pictures: ZeroDivisionError"):
        painter.paint([order(0)])


def test_a_size_that_a_pipeline_cannot_paint_names_the_knob_and_its_neighbours(
    pipelines: Path, order: Ordering
) -> None:
    told = r"portraits\.size = 60 does not suit .* in multiples of 8: set 56 or 64\."
    with pytest.raises(BenchError, match=told):
        _painter(_part(pipelines)).paint([order(0, size=60)])


def test_a_single_file_of_weights_is_no_pipeline(tmp_path: Path, pipelines: Path) -> None:
    from builder.portraits.diffusion.loading import load

    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"x")
    with pytest.raises(BenchError, match=r"diffusion\.model = .* is a single file .* save_pretrained makes one"):
        load(_part(pipelines, model=str(weights)), "cpu")


def test_nan_is_refused_by_name(pipelines: Path, order: Ordering, monkeypatch: pytest.MonkeyPatch) -> None:
    from builder.portraits.diffusion.painter import DiffusersPainter
    from builder.portraits.inspection import Inspection

    part = _part(pipelines)
    painter = DiffusersPainter(_painter(part).pipelines, part)
    monkeypatch.setattr(painter, "_painted", lambda batch: np.full((len(batch), 64, 64, 3), np.nan, np.float32))
    [picture] = painter.paint([order(0)])
    assert "NaN" in str(Inspection().fault(order(0), picture))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": "/nowhere/at-all"}, "there is no such folder, and it is no Hub id"),
        ({"model": "some/model"}, "there is no such folder, and the Hub did not give it"),
        ({"scheduler": "Nonsense"}, "'Nonsense' is no scheduler of diffusers; fitting ones: .*DDIMScheduler"),
        ({"ip_adapter": "x", "ip_adapter_weights": "face.bin"}, "must name a .safetensors file"),
        ({"ip_adapter": "/x", "ip_adapter_weights": "face.safetensors"}, "IP-Adapter face.safetensors of /x cannot"),
        ({"identity": "ip-adapter"}, "needs diffusion.ip_adapter"),
        ({"attention": "_flash_3_hub"}, "would download"),
        ({"variant": "fp16"}, "cannot be loaded"),
        ({"identity": "edit"}, "StableDiffusionPipeline does not edit pictures; name a model that does"),
        ({"model": "klein", "identity": "img2img"}, "Flux2KleinPipeline edits pictures and has no image-to-image form"),
        ({"edit_model": "sd3"}, r"edit_model = '.*sd3' is a StableDiffusion3Pipeline, which does not edit"),
    ],
)
def test_settings_that_cannot_be_are_refused(pipelines: Path, settings: dict[str, Any], message: str) -> None:
    named = {key: str(pipelines / value) for key, value in settings.items() if (pipelines / str(value)).is_dir()}
    with pytest.raises(BenchError, match=message):
        _painter(_part(pipelines, **settings | named))


def test_only_a_pipeline_of_diffusers_is_run(pipelines: Path, tmp_path: Path) -> None:
    import shutil

    foreign = tmp_path / "foreign"
    shutil.copytree(pipelines / "sd", foreign)
    index = json.loads((foreign / "model_index.json").read_text())
    (foreign / "pipeline.py").write_text("raise SystemExit('foreign code was run')")
    for name in (["pipeline", "MyPipeline"], "MyPipeline", "UNet2DConditionModel", None):
        (foreign / "model_index.json").write_text(json.dumps(index | {"_class_name": name}))
        with pytest.raises(BenchError, match=r"which is no pipeline of diffusers .* own code is never run"):
            _painter(_part(pipelines, model=str(foreign)))


def test_pickled_weights_and_foreign_code_are_refused(pipelines: Path, tmp_path: Path) -> None:
    import shutil

    import torch
    from safetensors.torch import load_file

    pickled, foreign = tmp_path / "pickled", tmp_path / "foreign"
    shutil.copytree(pipelines / "sd", pickled)
    weights = pickled / "unet" / "diffusion_pytorch_model.safetensors"
    torch.save(load_file(weights), weights.with_suffix(".bin"))
    weights.unlink()
    shutil.copytree(pipelines / "sd", foreign)
    index = json.loads((foreign / "model_index.json").read_text())
    (foreign / "model_index.json").write_text(json.dumps(index | {"unet": ["my_unet", "MyUNet"]}))
    (foreign / "unet" / "my_unet.py").write_text("raise SystemExit('foreign code was run')")
    for folder in (pickled, foreign):
        with pytest.raises(BenchError, match="safetensors only, no code of its own"):
            _painter(_part(pipelines, model=str(folder)))


def test_no_way_to_keep_a_face_is_an_error_unless_it_is_wanted() -> None:
    from builder.portraits.diffusion.identity import way

    class SanaPipeline:  # by its name AutoPipeline knows that there is no image-to-image form
        config: ClassVar[dict[str, Any]] = {}

    with pytest.raises(CallError, match="nothing would keep a person's face"):
        way(SanaPipeline(), DiffusionPart(model="x"))
    assert way(SanaPipeline(), DiffusionPart(model="x", identity="none")) == "none"


def test_a_model_that_only_edits_cannot_paint_references() -> None:
    from builder.portraits.diffusion.identity import way

    class QwenImageEditPlusPipeline:
        pass

    with pytest.raises(CallError, match=r"only edits pictures; name it in diffusion\.edit_model"):
        way(QwenImageEditPlusPipeline(), DiffusionPart(model="x"))


def test_a_device_that_is_not_there_is_named() -> None:
    from builder.portraits.diffusion.devices import devices_of

    assert devices_of(DiffusionPart(device="cpu")) == ["cpu"]
    with pytest.raises(CallError, match=r"'cuda:77' is not there; this machine has .*cpu"):
        devices_of(DiffusionPart(device="cuda:77"))
