"""Makes builder/baseline/models/vision_tower.safetensors: a vision tower that tells drawn people apart.

    python training/vision_tower.py --people 4000 --views 6 --epochs 40

The people are drawn at random from every word and measure the offline painter knows; none of them stands in any
benchmark (their names start with "tower-", a profile's is five digits). Two losses: the measures and words of a face
regressed from the mean of its patches, and a contrast between two views of each person. Run it again whenever the
painter draws other faces than before. The weights that come along were made for an earlier painter and went on when its
faces changed, twice: `--go-on --epochs 12 --lr 1e-3`, then `--go-on --epochs 40`. They find 80 % of 300 new people.
"""

import argparse
import random
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPVisionModel

from builder.base.randomness import stream
from builder.base.records import View
from builder.baseline.models import tower
from builder.portraits.drawn.face import random_face
from builder.portraits.drawn.painter import draw
from builder.portraits.painter import Order
from builder.portraits.views import scene

SEED = 20_250_101
PAINTED = 128
"""Pixels that pictures are painted at, before they are shrunk to what the tower sees as a processor would."""
HELD_OUT = 300
_POSITIONS = 40.0
VIEWS: tuple[View, ...] = ("reference", "train", "train", "test", "test", "train", "test", "train")

Pixels = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float32]


def person(number: int, views: int) -> tuple[Pixels, Numbers]:
    """One random person's pictures (views, S, S, 3) and the numbers of the face."""
    identity = f"tower-{number}"
    face = random_face(stream(SEED, identity))
    pictures = []
    for index, view in enumerate(VIEWS[:views]):
        order = Order(
            profile_id=identity,
            gender=face.gender,
            age_group=face.age_group,
            appearance=face.look,
            scene=scene(SEED, identity, view, index),
            view=view,
            index=index,
            size=PAINTED,
            seed=SEED,
        )
        picture = draw(face, order).convert("RGB")
        pictures.append(np.asarray(picture.resize((tower.SIZE, tower.SIZE), Image.Resampling.BICUBIC)))
    return np.stack(pictures), face.vector()


def _several(span: tuple[int, int, int]) -> tuple[Pixels, Numbers]:
    made = [person(number, span[2]) for number in range(span[0], span[1])]
    return np.stack([pictures for pictures, _ in made]), np.stack([numbers for _, numbers in made])


def people(count: int, views: int, workers: int) -> tuple[Pixels, Numbers]:
    """Everybody's pictures (P, views, S, S, 3) and numbers (P, D)."""
    spans = [(at, min(at + 100, count), views) for at in range(0, count, 100)]
    with ProcessPoolExecutor(workers) as pool:
        parts = list(pool.map(_several, spans))
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def normalised(pictures: Pixels) -> Tensor:
    """Pictures (B, S, S, 3) as the tower takes them, (B, 3, S, S)."""
    mean, deviation = (torch.tensor(each).view(3, 1, 1) for each in (tower.MEAN, tower.DEVIATION))
    return (torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255 - mean) / deviation


def train(
    pictures: Pixels, numbers: Numbers, epochs: int, lr: float, batch: int, go_on: bool = False
) -> CLIPVisionModel:
    """A tower trained on all but the last `HELD_OUT` people, which measure it on the way.

    `go_on`: from the weights that come along, which is enough when the painter has changed a little.
    """
    torch.manual_seed(SEED)
    model = CLIPVisionModel(tower.config())
    if go_on:
        model.load_state_dict(tower.weights())
    else:
        with torch.no_grad():  # positions start as large as patches: small ones are not learned for a long while
            model.get_parameter("embeddings.position_embedding.weight").mul_(_POSITIONS)
    head = nn.Linear(tower.config().hidden_size, numbers.shape[1])
    nn.init.zeros_(head.weight)
    parameters = [*model.parameters(), *head.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=lr, betas=(0.9, 0.98), weight_decay=0.05, fused=True)
    known = len(pictures) - HELD_OUT
    middle, spread = (torch.from_numpy(each) for each in (numbers[:known].mean(0), numbers[:known].std(0).clip(0.05)))
    steps = epochs * (known // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, lr, total_steps=steps + 1, pct_start=0.1)
    chance = random.Random(SEED)
    started = time.monotonic()
    for epoch in range(epochs):
        order = chance.sample(range(known), known)
        for at in range(0, known - batch + 1, batch):
            chosen = order[at : at + batch]
            views = np.array([chance.sample(range(pictures.shape[1]), 2) for _ in chosen])
            shown = normalised(np.concatenate([pictures[chosen, views[:, 0]], pictures[chosen, views[:, 1]]]))
            wanted = ((torch.from_numpy(numbers[chosen]) - middle) / spread).repeat(2, 1)
            pooled = model(pixel_values=shown).last_hidden_state[:, 1:].mean(1)
            regression = (head(pooled) - wanted).square().mean()
            pooled = functional.normalize(pooled, dim=-1)
            loss = regression + tower.contrast(pooled[:batch], pooled[batch:])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            schedule.step()
        print(
            f"epoch {epoch + 1}/{epochs}: regression {float(regression.detach()):.3f}, told apart across views "
            f"{told_apart(model, pictures[known:]):.3f} of {HELD_OUT} new people, {time.monotonic() - started:.0f} s",
            flush=True,
        )
    return model


@torch.no_grad()
def told_apart(model: CLIPVisionModel, pictures: Pixels) -> float:
    """How well test views of new people find their own train view among all."""
    model.eval()
    one, other = (tower.embed(model, normalised(pictures[:, VIEWS.index(view)])) for view in ("train", "test"))
    model.train()
    return tower.telling_apart(one, other)


def main() -> None:
    """Parse, paint, train, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--people", type=int, default=4000)
    parser.add_argument("--views", type=int, default=6, choices=range(4, len(VIEWS) + 1))
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--go-on", action="store_true", help="start from the weights that come along, not at random")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=tower.WEIGHTS)
    parser.add_argument("--pictures", type=Path, help="Keep the painted pictures in this .npz, or take them from it.")
    options = parser.parse_args()
    torch.set_num_threads(options.workers)
    started = time.monotonic()
    if options.pictures and options.pictures.is_file():
        stored = np.load(options.pictures)
        pictures, numbers = stored["pictures"], stored["numbers"]
    else:
        pictures, numbers = people(options.people + HELD_OUT, options.views, options.workers)
        if options.pictures:
            np.savez(options.pictures, pictures=pictures, numbers=numbers)
    print(f"{pictures.shape[0]} people x {pictures.shape[1]} views in {time.monotonic() - started:.0f} s", flush=True)
    model = train(pictures, numbers, options.epochs, options.lr, options.batch, options.go_on)
    save_file({name: value.half().contiguous() for name, value in model.state_dict().items()}, options.out)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
