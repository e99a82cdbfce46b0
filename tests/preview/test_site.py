"""The site on disk: whole, linked, self-contained, and safe against what stands in records."""

import html.parser
import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from builder import preview as previews
from builder.format.reading import open_release
from builder.preview import scripts, sheets
from builder.run.workers import Workers
from tests.conftest import Run
from tests.folders import digests

EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)>&amp;\u2028 </script>'


@pytest.fixture(scope="module")
def site(made: Path) -> Path:
    with Workers(1) as pool:
        return previews.preview(open_release(made), pool).parent


def _data(path: Path) -> Any:
    """What a data script hands to the page."""
    found = re.fullmatch(r'page\.receive\("[\w-]+",(.*)\);\n', path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert found, path
    return json.loads(found[1])


class _References(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.found += [value or "" for name, value in attrs if name in ("src", "href")]


def _frame(site: Path) -> _References:
    parser = _References()
    parser.feed((site / "index.html").read_text(encoding="utf-8"))
    return parser


def test_the_frame_refers_to_files_that_exist_and_to_nothing_else(site: Path) -> None:
    references = _frame(site).found
    files = [each for each in references if not each.startswith(("#", "data:"))]
    assert len(files) > 10
    assert all((site / each).is_file() for each in files)


def test_nothing_is_loaded_from_a_network(site: Path) -> None:
    for path in (site / "index.html", *(site / "assets").iterdir()):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//[a-z]+\.|fetch\(|XMLHttpRequest|import\(|@import|url\(['\"]?http", text), path
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", _code(site))


def _code(site: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in (site / "assets").glob("*.js"))


def test_everybody_is_in_the_list_with_a_page_and_a_thumbnail(site: Path, made: Path) -> None:
    index = _data(site / "data" / "index.js")
    people = {person.profile.id: person for person in open_release(made).people()}
    assert [line[0] for line in index["people"]] == sorted(people)
    for identity, name, locale, gender, age, segment, sheet, cell in index["people"]:
        profile = people[identity].profile
        assert (name, locale, gender, age) == (profile.name, profile.locale, profile.gender, profile.age_group)
        assert segment == people[identity].segment
        with Image.open(site / "sheets" / f"{sheet:04d}.webp") as opened:
            rows = opened.height // sheets.THUMBNAIL
            assert opened.width == index["sheet"]["columns"] * sheets.THUMBNAIL
        assert cell < rows * index["sheet"]["columns"]
        assert index["sheet"]["rows"][str(sheet)] == rows
        assert (site / "data" / "people" / f"{identity}.js").is_file()
    assert index["questions"] == sum(len(person.questions) for person in people.values())


def test_a_person_is_shown_whole(site: Path, made: Path) -> None:
    person = next(open_release(made).people("retain"))
    shown = _data(site / "data" / "people" / f"{person.profile.id}.js")
    assert {fact["k"]: fact["v"] for fact in shown["facts"]} == {f.key: f.value for f in person.profile.facts}
    assert [fact["k"] for fact in shown["facts"] if fact["s"]] == [f.key for f in person.profile.facts if f.sensitive]
    assert len(shown["questions"]) == len(person.questions)
    for question, known in zip(shown["questions"], person.questions, strict=True):
        assert (question["f"], question["q"], question["w"]) == (known.fact, known.question, known.answer)
        if known.options:
            assert question["o"]["ABCD".index(question["l"])] == known.value
    assert {question["u"] for question in shown["questions"]} == {"train", "eval", "paraphrase"}
    for portrait, known_portrait in zip(shown["portraits"], person.portraits, strict=True):
        assert (site / portrait["file"]).read_bytes() == known_portrait.image
        assert portrait["view"] == known_portrait.view
        assert set(portrait["scene"]) == {"pose", "light", "background", "framing", "expression", "clothes"}


def test_every_value_can_be_searched(site: Path) -> None:
    values = _data(site / "data" / "values.js")
    index = _data(site / "data" / "index.js")
    assert set(values["people"]) == {line[0] for line in index["people"]}
    assert all(len(row) == len(values["keys"]) for row in values["people"].values())
    assert "email" in values["keys"]


def test_splits_and_the_audit_are_told(site: Path, made: Path) -> None:
    index = _data(site / "data" / "index.js")
    assert sum(index["segments"].values()) == len(index["people"])
    assert index["configs"]["forget_30"] == ["forget_10", "forget_30"]
    assert _data(site / "data" / "audit.js") == json.loads((made / "audit.json").read_text())


def test_an_audit_of_other_bytes_is_not_shown(made: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(made, run, ignore=shutil.ignore_patterns("preview"))
    report = json.loads((run / "audit.json").read_text())
    (run / "audit.json").write_text(json.dumps({**report, "release_sha256": "0" * 64}))
    with Workers(1) as pool:
        folder = previews.preview(open_release(run), pool).parent
    assert _data(folder / "data" / "audit.js") is None


@pytest.mark.parametrize("text", [EVIL, "a</script>b", "<!--", "]]>", "\u2028\u2029", "\"\\'", "‮abc"])
def test_text_stays_data(text: str) -> None:
    script = scripts.to_script("name", {"key": text, text: 1})
    assert not re.search(r"[<>&\u2028\u2029]", script)
    assert json.loads(script[len('page.receive("name",') : -3]) == {"key": text, text: 1}


def _spoiled(release: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = next((release / "people" / "retain").glob("*.parquet"))
    table = pq.read_table(path)
    rows = table.to_pylist()
    change(rows[0])
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path, row_group_size=50)


def test_markup_in_records_reaches_the_page_as_text(made: Path, tmp_path: Path) -> None:
    release = tmp_path / EVIL[:8].replace("<", "_")
    shutil.copytree(made / "release", release)
    manifest = json.loads((release / "manifest.json").read_text())
    (release / "manifest.json").write_text(json.dumps({**manifest, "id": EVIL}))

    def change(row: dict[str, Any]) -> None:
        row["name"] = EVIL
        row["facts"][3]["value"] = EVIL
        row["questions"][0]["question"] = EVIL

    _spoiled(release, change)
    with Workers(1) as pool:
        folder = previews.preview(open_release(release), pool).parent
    frame = _frame(folder)
    assert frame.tags.count("script") == _frame_of_assets().tags.count("script")
    assert "img" not in frame.tags
    for path in (folder / "data").rglob("*.js"):
        assert not re.search(r"[<>&]", path.read_text(encoding="utf-8")), path
    assert EVIL in {line[1] for line in _data(folder / "data" / "index.js")["people"]}


def _frame_of_assets() -> _References:
    parser = _References()
    parser.feed((Path(previews.__file__).with_name("assets") / "index.html").read_text(encoding="utf-8"))
    return parser


def test_any_number_of_workers_makes_the_same_site(site: Path, made: Path) -> None:
    before = digests(site)
    with Workers(2) as pool:
        previews.preview(open_release(made), pool)
    assert digests(site) == before


def test_an_older_or_a_half_finished_site_is_replaced(made: Path, tmp_path: Path, run: Run) -> None:
    release = tmp_path / "mine"
    shutil.copytree(made / "release", release)
    stale = tmp_path / "mine-preview"
    stale.mkdir()
    (stale / "old.txt").write_text("old")
    (tmp_path / ".mine-preview.tmp").mkdir()
    result = run("preview", release, "--workers", "1")
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == str(stale / "index.html")
    assert not (stale / "old.txt").exists()
    assert _data(stale / "data" / "audit.js") is None


def test_open_hands_the_page_to_the_browser(made: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("click.launch", opened.append)
    assert run("preview", made, "--open", "--workers", "1").exit_code == 0
    assert opened == [(made / "preview" / "index.html").resolve().as_uri()]


def test_what_is_no_release_is_a_wrong_call(tmp_path: Path, run: Run) -> None:
    assert run("preview", tmp_path).exit_code == 2


def test_a_sheet_shows_grey_for_what_cannot_be_decoded(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), (250, 0, 0)).save(buffer, "png")
    sheets.write_sheet(tmp_path / "sheet.webp", [b"nothing", buffer.getvalue(), None])
    with Image.open(tmp_path / "sheet.webp") as opened:
        sheet = opened.convert("RGB")
    assert sheet.size == (sheets.COLUMNS * sheets.THUMBNAIL, sheets.THUMBNAIL)
    middle = sheets.THUMBNAIL // 2
    red, grey = sheet.getpixel((sheets.THUMBNAIL + middle, middle)), sheet.getpixel((middle, middle))
    assert isinstance(red, tuple)
    assert red[0] > 220 > 60 > red[1]
    assert isinstance(grey, tuple)
    assert max(grey) - min(grey) < 8


def test_every_element_that_styles_name_is_made_somewhere(site: Path) -> None:
    code = _code(site) + (site / "index.html").read_text(encoding="utf-8")
    styles = "".join(path.read_text(encoding="utf-8") for path in (site / "assets").glob("*.css"))
    names = set(re.findall(r"\.([a-z][a-z-]+)", re.sub(r"\{[^{}]*\}", "{}", styles)))
    assert {name for name in names if not re.search(rf"\b{name}\b", code)} == set()


def test_images_and_charts_have_words(site: Path) -> None:
    code = _code(site)
    assert code.count('make("img"') == len(re.findall(r'make\("img", \{[^}]*alt:', code))
    assert 'role: "img", "aria-label"' in code
