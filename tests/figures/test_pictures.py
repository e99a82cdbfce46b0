"""`figures fetch --with-pictures`, asking a Commons of our own for files."""

import hashlib
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import builder
from builder.figures.pictures import decoded
from builder.figures.references import Reference
from builder.figures.roster import roster
from tests.conftest import Run
from tests.figures.wikimedia import CONTACT, PEOPLE, Reply, Wikimedia, killed_at, picture, sha1, title


def fetched(folder: Path) -> tuple[Reference, ...]:
    return builder.fetch_figures(folder, contact=CONTACT, count=PEOPLE, with_pictures=True).references.found


def kept(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "pictures").iterdir()}


def huge_png() -> bytes:
    """A picture of a few bytes that says it has 900 million pixels."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(9))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def test_files_are_kept_by_their_sha1_and_nothing_is_asked_twice(server: Wikimedia, tmp_path: Path, run: Run) -> None:
    said = run("figures", "fetch", "--with-pictures", "--out", tmp_path, "--contact", CONTACT, "--count", PEOPLE)
    assert said.exit_code == 0 and "4 have a picture" in said.output
    assert f"pictures: {tmp_path / 'pictures'}" in said.output
    assert kept(tmp_path) == {sha1(picture(place)): picture(place) for place in range(PEOPLE)}
    assert all(hashlib.sha1(data).hexdigest() == name for name, data in kept(tmp_path).items())
    asked = len(server.asked)
    fetched(tmp_path)
    assert len(server.asked) == asked == len(set(server.asked))
    assert server.agents == {f"build-bench/{builder.__version__} ({CONTACT}) python-urllib"}


def test_a_killed_download_goes_on_where_it_was(server: Wikimedia, tmp_path: Path) -> None:
    questions = PEOPLE + 4
    assert killed_at(questions + 3, server, tmp_path, "--with-pictures") < 0
    before = kept(tmp_path)
    assert len(before) == 2
    server.asked.clear()
    assert all(each.usable_picture for each in fetched(tmp_path))
    assert len(server.asked) == PEOPLE - len(before) and len(kept(tmp_path)) == PEOPLE


def test_a_busy_server_is_waited_for(server: Wikimedia, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    server.odd_files = [(429, {"Retry-After": "7"}, b""), (503, {}, b"")]
    assert all(each.usable_picture for each in fetched(tmp_path))
    assert waits == [7.0, 0.0]


def test_a_server_that_stays_busy_keeps_what_is_there(server: Wikimedia, tmp_path: Path) -> None:
    server.odd_files = [(200, {}, picture(0)), *[(503, {}, b"")] * 9]
    with pytest.raises(builder.BenchError, match=r"is busy \(503 Service Unavailable, 5 times\).*pictures"):
        fetched(tmp_path)
    assert list(kept(tmp_path)) == [sha1(picture(0))]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((404, {}, b""), "cannot be downloaded"),
        ((302, {"Location": "http://evil.example/x.jpg"}, b""), "redirects to http://evil.example/x.jpg"),
        ((302, {"Location": "file:///etc/passwd"}, b""), "cannot be downloaded"),
        ((200, {}, b"others' bytes"), "do not have the sha1"),
        ((200, {}, picture(0)[:-40]), "do not have the sha1"),
    ],
)
def test_a_file_that_is_not_the_picture_is_refused_with_the_reason(
    server: Wikimedia, tmp_path: Path, reply: Reply, reason: str
) -> None:
    server.odd_files = [reply]
    first, *others = fetched(tmp_path)
    assert first.picture and not first.usable_picture and reason in first.no_picture
    assert all(each.usable_picture for each in others) and len(kept(tmp_path)) == PEOPLE - 1
    assert fetched(tmp_path)[0].usable_picture, "the same command asks for it again"


def test_redirects_to_the_same_server_are_followed(server: Wikimedia, tmp_path: Path) -> None:
    server.uploads["moved.jpg"] = picture(0)
    server.odd_files = [(302, {"Location": f"{server.url}/upload/moved.jpg"}, b"")]
    assert all(each.usable_picture for each in fetched(tmp_path))


@pytest.mark.parametrize("data", [huge_png(), b"no picture", picture(0)[:-200]], ids=["bomb", "text", "torn"])
def test_what_cannot_be_decoded_is_refused(server: Wikimedia, tmp_path: Path, data: bytes) -> None:
    server.uploads[title(0)] = data
    server.files[title(0)]["imageinfo"][0]["sha1"] = sha1(data)
    first = fetched(tmp_path)[0]
    reason = "more than 89 million pixels" if data == huge_png() else "cannot be decoded"
    assert not first.usable_picture and reason in first.no_picture


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"width": 40_000, "height": 30_000}, "it has 1,200 million pixels; at most 89 million are decoded"),
        ({"size": 3 * 2**30}, "its file has 3,072 MiB; at most 64 are downloaded"),
        ({"mime": "image/svg+xml"}, "its type is not on the list: image/svg+xml"),
        ({"url": "http://evil.example/x.jpg"}, "its file is on another server than Wikimedia's"),
        ({"url": "file:///etc/passwd"}, "its file is on another server than Wikimedia's"),
        ({"sha1": "../../x"}, "'../../x' is no sha1"),
    ],
)
def test_what_commons_says_decides_before_anything_is_downloaded(
    server: Wikimedia, tmp_path: Path, said: dict[str, Any], reason: str
) -> None:
    server.files[title(0)]["imageinfo"][0].update(said)
    first = fetched(tmp_path)[0]
    assert (first.usable_picture, first.no_picture) == (None, reason)
    assert not any("Portrait%200" in path for path in server.asked if path.startswith("/upload/"))


def test_a_file_that_was_damaged_is_found_by_a_check(server: Wikimedia, tmp_path: Path, run: Run) -> None:
    fetched(tmp_path)
    asked = ("figures", "fetch", "--check", "--out", tmp_path, "--contact", CONTACT)
    assert run(*asked).exit_code == 0
    (tmp_path / "pictures" / sha1(picture(0))).write_bytes(b"rot")
    said = run(*asked)
    assert said.exit_code == 1
    assert f"{roster()[0].name}: the picture's file in the folder no longer has the sha1" in said.output


def encoded(image: Image.Image, kind: str, **settings: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **settings)
    return buffer.getvalue()


def test_pictures_are_turned_upright_made_rgb_and_scaled_down_only() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    lying = encoded(Image.new("RGB", (90, 60), "red"), "JPEG", exif=turned)
    assert decoded(lying, 30).size == (20, 30)
    assert decoded(lying, 512).size == (60, 90)
    clear = encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG")
    assert decoded(clear, 8).getpixel((0, 0)) == (255, 255, 255)
    for mode in ("L", "P", "CMYK", "LA", "1"):
        kind = "JPEG" if mode == "CMYK" else "PNG"
        assert decoded(encoded(Image.new(mode, (8, 8)), kind), 8).mode == "RGB"
