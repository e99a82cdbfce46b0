"""Counts the faces in a photograph with the cascades bundled in OpenCV's package.

They are trained on photographs. They find about three in four of the offline painter's drawn references, so drawn faces
skip this check unless the recipe asks for it.
"""

import threading
from typing import TYPE_CHECKING, Any

from builder.base.errors import CallError
from builder.base.records import View

if TYPE_CHECKING:
    from PIL import Image

Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""

_LEAST = 0.08
"""A face's least width, as a share of the picture's: half-length framing shows it this small."""

_SECOND = 0.5
"""A second face counts when it is at least so large against the largest: below, cascades see faces in bookshelves."""

_of_thread = threading.local()
"""A cascade must not be used by two threads at once."""


def face_fault(picture: "Image.Image", view: View) -> str | None:
    """The fault of a picture's faces, as the end of a sentence that starts with "it"; None if there is exactly one."""
    found = faces(picture, frontal=view == "reference")
    if not found:
        return "shows no face that a detector finds"
    counted = [box for box in found if box[2] >= _SECOND * found[0][2]]
    return f"shows {len(counted)} faces instead of one" if len(counted) > 1 else None


def faces(picture: "Image.Image", *, frontal: bool) -> list[Box]:
    """The faces in a picture, largest first; profiles only if no face is frontal and `frontal` is false."""
    import cv2
    import numpy as np

    grey = cv2.equalizeHist(np.asarray(picture.convert("L")))
    found = _found("frontalface_alt2", grey)
    if not found and not frontal:
        found = _found("profileface", grey)  # knows faces that look to the left
    if not found and not frontal:
        found = [(picture.width - x - w, y, w, h) for x, y, w, h in _found("profileface", np.fliplr(grey).copy())]
    return sorted(found, key=lambda box: -box[2])


def _found(name: str, grey: Any) -> list[Box]:
    least = max(20, round(_LEAST * grey.shape[1]))
    boxes = _cascade(name).detectMultiScale(grey, scaleFactor=1.1, minNeighbors=4, minSize=(least, least))
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h in boxes]


def _cascade(name: str) -> Any:
    import cv2
    import cv2.data

    cascades: dict[str, Any] = _of_thread.__dict__.setdefault("cascades", {})
    if name not in cascades:
        if not hasattr(cv2, "CascadeClassifier"):
            raise CallError(
                f"OpenCV {cv2.__version__} comes without face cascades; install opencv-python-headless below 5, or set "
                "portraits.faces = 'off'."
            )
        cascades[name] = cv2.CascadeClassifier(f"{cv2.data.haarcascades}haarcascade_{name}.xml")
    return cascades[name]
