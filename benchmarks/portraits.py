"""How fast portraits are made, and whether they are all of different people: python benchmarks/portraits.py PART [...].

`stage [PIPELINE [SIZE [STEPS [BATCH]]]]`  pictures a second of the diffusers studio (painting, checking, encoding,
    keeping) against a bare loop over the same pipeline with the same batches, in turns, and their ratio. PIPELINE is a
    folder or a Hub id; without one a small pipeline with random weights is made. On busy processors set
    OMP_NUM_THREADS=1: threads that wait for each other would be what is measured.
`drawn [SIZE ...]`                         pictures a second of the offline painter on one processor, by size.
`against REVISION [SIZE]`                  the same by another revision of this repository and by this one, in turns.
`encoding [SIZE]`                          what each effort of WebP costs a drawn portrait, and what it saves.
`distinct [PEOPLE]`                        near-duplicates among so many drawn people, by the check that a run makes.
`comparing [PEOPLE]`                       seconds of that check alone, on random hashes.
"""

import io
import os
import random
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from builder import profiles
from builder.base import recipe
from builder.base.recipe import Recipe
from builder.llm.offline_writer import OfflineWriter
from builder.portraits.drawn.painter import OfflinePainter
from builder.portraits.making import encoded, orders_of
from builder.portraits.painter import Order
from builder.portraits.resemblance import perceptual_hash
from builder.run.near_duplicates import PerceptualHash, find_near_duplicates

ROUNDS = 3


def stage(model: str = "", size: str = "128", steps: str = "8", batch: str = "8") -> None:
    """The studio against a bare loop."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "portraits.size": int(size),
            "portraits.painter": "diffusers",
            "portraits.faces": "off",
            "diffusion.model": str(model or _small_pipeline(Path(folder))),
            "diffusion.guidance": 1.0,
            "diffusion.steps": int(steps),
            "diffusion.batch_size": int(batch),
        }
        drawn_from = recipe.load("mllmu", settings)
        orders = _references(drawn_from, range(4 * int(batch)))
        bare, studio = [], []
        _bare_loop(drawn_from, orders)  # loads the model, and warms it up
        for number in range(ROUNDS):
            bare.append(_bare_loop(drawn_from, orders))
            studio.append(_studio(drawn_from, orders, Path(folder) / f"{number}.shelf"))
        ratio = statistics.median(slow / fast for slow, fast in zip(bare, studio, strict=True))
        for name, seconds in (("bare loop", bare), ("studio", studio)):
            speeds = ", ".join(f"{len(orders) / each:.2f}" for each in seconds)
            print(f"{name:>9}: {speeds} pictures/s at {size} px, {steps} steps, batches of {batch}")
        print(f"   studio/bare: {ratio:.3f} (median of {ROUNDS} pairs)")


def drawn(*sizes: str) -> None:
    """The offline painter by size."""
    for size in sizes or ("64", "256", "512", "1024"):
        orders = _references(recipe.load("mllmu", {"portraits.size": size}), range(24))
        started = time.perf_counter()
        pictures = OfflinePainter().paint(orders)
        painted = time.perf_counter() - started
        for picture in pictures:
            encoded(picture, recipe.PortraitsPart())
        both = time.perf_counter() - started
        print(
            f"{size:>5} px: {len(orders) / painted:7.1f} drawn pictures/s, {len(orders) / both:.1f} as WebP", flush=True
        )


def against(revision: str, size: str = "512") -> None:
    """The offline painter of another revision against this one's: each prints its speed by its own benchmark."""
    here = Path(__file__).parents[1]
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(["git", "archive", revision], cwd=here, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        speeds = [[_speed(tree, size) for tree in (Path(folder), here)] for _ in range(ROUNDS)]
    for name, rates in zip((revision, "now"), zip(*speeds, strict=True), strict=True):
        print(f"{name:>12}: {', '.join(f'{rate:.1f}' for rate in rates)} drawn pictures/s at {size} px")
    print(f"       ratio: {statistics.median(new / old for old, new in speeds):.2f} (median of {ROUNDS} pairs)")


def _speed(tree: Path, size: str) -> float:
    """Pictures a second that the `drawn` of a tree prints for a size."""
    command = [sys.executable, "benchmarks/portraits.py", "drawn", size]
    environment = os.environ | {"PYTHONPATH": str(tree)}
    printed = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=True).stdout
    return float(printed.split(" px:")[1].split()[0])


def encoding(size: str = "512") -> None:
    """WebP by effort, at the default quality."""
    pictures = OfflinePainter().paint(_references(recipe.load("mllmu", {"portraits.size": size}), range(24)))
    quality = recipe.PortraitsPart().quality
    for effort in range(5):
        written, started = io.BytesIO(), time.process_time()
        for picture in pictures:
            picture.save(written, format="WEBP", quality=quality, method=effort)
        spent = (time.process_time() - started) / len(pictures)
        print(f"effort {effort}: {1000 * spent:5.1f} ms, {written.tell() / len(pictures) / 1000:5.1f} kB a portrait")


def distinct(people: str = "5000") -> None:
    """Near-duplicates among drawn people."""
    numbers = range(int(people))
    with ProcessPoolExecutor() as pool:
        marks = dict(zip(numbers, pool.map(_mark, numbers, chunksize=50), strict=True))
    for distance in (recipe.PortraitsPart().apart, 12, 14, 16):
        found = find_near_duplicates(marks, {}, distance)
        print(
            f"{people} people, {distance:>2} of 256 bits or fewer apart: {len(found)} like a lower number", flush=True
        )


def comparing(people: str = "10000") -> None:
    """Comparing everybody with everybody."""
    stream = random.Random(0)
    hashes = {number: f"{stream.getrandbits(256):064x}" for number in range(int(people))}
    started = time.process_time()
    found = find_near_duplicates(hashes, {}, recipe.PortraitsPart().apart)
    print(f"{people} people: {time.process_time() - started:.1f} s of processor time, {len(found)} alike")


def _mark(number: int) -> PerceptualHash:
    [order] = _references(recipe.load("mllmu", {"portraits.size": 256, "profiles.count": 20_000}), [number])
    return perceptual_hash(OfflinePainter().paint([order])[0])


def _references(of: Recipe, numbers: Sequence[int]) -> list[Order]:
    writer = OfflineWriter()
    return [orders_of(profiles.make_profile(number, of, writer), of)[0] for number in numbers]


def _bare_loop(of: Recipe, orders: Sequence[Order]) -> float:
    """Seconds that the pipeline alone takes, as a user would call it."""
    from builder.portraits.diffusion import painter
    from builder.portraits.diffusion.devices import devices_of
    from builder.portraits.diffusion.loading import accepted

    opened, size = painter.opened(of.diffusion, devices_of(of.diffusion)[0]), of.diffusion.batch_size
    started = time.perf_counter()
    for first in range(0, len(orders), size):
        plain = opened.pipelines.plain
        arguments = opened._arguments(plain, orders[first : first + size])
        plain(**accepted(plain, arguments | {"output_type": "pil"}))
    return time.perf_counter() - started


def _studio(of: Recipe, orders: Sequence[Order], shelf: Path) -> float:
    """Seconds until all is painted, checked, encoded and kept."""
    from builder.portraits.diffusion.studio import DiffusionStudio

    started = time.perf_counter()
    with DiffusionStudio(of, lambda order: shelf, "benchmark") as studio:
        studio.fetch(orders, 0).result()
    return time.perf_counter() - started


def _small_pipeline(folder: Path) -> Path:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.portraits.tiny_pipelines import stable_diffusion

    return stable_diffusion(folder / "pipeline")


def main() -> None:
    """Run the part that is asked for."""
    parts: dict[str, Callable[..., None]] = {
        part.__name__: part for part in (stage, drawn, against, encoding, distinct, comparing)
    }
    if len(sys.argv) < 2 or sys.argv[1] not in parts:
        sys.exit(__doc__)
    parts[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
