"""Makes the README's contact sheet from a release: python docs/images/people.py outputs/quick/release."""

import io
import sys
from itertools import islice
from pathlib import Path

from PIL import Image

from builder.format.reading import open_release

COLUMNS, ROWS, SIDE = 10, 3, 160


def main() -> None:
    """Tile the reference portraits of the first people of `train`."""
    release = open_release(Path(sys.argv[1]))
    sheet = Image.new("RGB", (COLUMNS * SIDE, ROWS * SIDE))
    people = islice(release.people(*release.segments_of("train")), COLUMNS * ROWS)
    for number, person in enumerate(people):
        portrait = next(each for each in person.portraits if each.view == "reference")
        row, column = divmod(number, COLUMNS)
        with Image.open(io.BytesIO(portrait.image)) as image:
            sheet.paste(image.resize((SIDE, SIDE), Image.Resampling.LANCZOS), (column * SIDE, row * SIDE))
    sheet.save(Path(__file__).with_suffix(".jpg"), quality=90, optimize=True)


if __name__ == "__main__":
    main()
