"""`figures fetch`, asking a Wikidata and a Commons of our own."""

import json
from pathlib import Path
from typing import Any

import pytest

import builder
from builder.figures.fetching import WIKIDATA
from builder.figures.references import References
from builder.figures.roster import roster
from tests.conftest import Run
from tests.figures.wikimedia import (
    CONTACT,
    PEOPLE,
    Wikimedia,
    born_in,
    file,
    item,
    killed_at,
    picture,
    qid,
    sha1,
    title,
    value,
    year,
)


def fetched(folder: Path) -> References:
    return builder.fetch_figures(folder, contact=CONTACT, count=PEOPLE).references


def test_who_fits_the_roster_is_kept_with_source_and_licence(server: Wikimedia, tmp_path: Path, run: Run) -> None:
    said = run("figures", "fetch", "--out", tmp_path, "--contact", CONTACT, "--count", PEOPLE)
    assert said.exit_code == 0, said.output
    assert "4 of 4 public figures are in Wikidata with the roster's years; 4 have a picture" in said.output
    kept = json.loads((tmp_path / "references.json").read_text(encoding="utf-8"))
    assert [each["name"] for each in kept["found"]] == [figure.name for figure in roster()[:PEOPLE]]
    first = kept["found"][0]
    assert first.pop("retrieved").endswith("Z")
    assert first == {
        "name": roster()[0].name,
        "qid": "Q100",
        "revision_id": 1100,
        "source_url": "https://www.wikidata.org/wiki/Q100",
        "birthplace": "Somewhere",
        "citizenships": ["Some State"],
        "occupations": ["some work"],
        "picture": {
            "title": "File:Portrait 0.jpg",
            "source_url": "https://commons.wikimedia.org/wiki/File:Portrait_0.jpg",
            "author": "Ann Other",
            "licence": "CC BY-SA 4.0",
            "licence_url": "https://creativecommons.org/licenses/by-sa/4.0/",
            "sha1": sha1(picture(0)),
            "url": f"{server.url}/upload/File%3APortrait%200.jpg",
        },
        "no_picture": "",
    }
    text = (tmp_path / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert "File:Portrait_0.jpg>, by Ann Other, CC BY-SA 4.0" in text
    assert server.agents == {f"build-bench/{builder.__version__} ({CONTACT}) python-urllib"}


def test_nothing_is_asked_twice(server: Wikimedia, tmp_path: Path) -> None:
    first = fetched(tmp_path)
    asked = len(server.asked)
    assert asked == len(set(server.asked)) == PEOPLE + 4
    assert fetched(tmp_path) == first
    assert len(server.asked) == asked


def test_a_killed_fetch_goes_on_where_it_was(server: Wikimedia, tmp_path: Path) -> None:
    assert killed_at(3, server, tmp_path) < 0
    kept = list((tmp_path / "answers").glob("*.json"))
    answered = server.asked[: len(kept)]
    server.asked.clear()
    assert len(fetched(tmp_path).found) == PEOPLE
    assert not set(server.asked) & set(answered)


def test_a_busy_server_is_waited_for(server: Wikimedia, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    lagging = json.dumps({"error": {"code": "maxlag", "info": "6 seconds lagged", "lag": 6}}).encode()
    server.odd = [(429, {"Retry-After": "7"}, b""), (200, {"Retry-After": "5"}, lagging), (503, {}, b"")]
    assert len(fetched(tmp_path).found) == PEOPLE
    assert waits == [7.0, 5.0, 0.0]


@pytest.mark.parametrize(
    ("replies", "sentence"),
    [
        ([(503, {}, b"")] * 9, "is busy (503 Service Unavailable, 5 times); run the same command again later"),
        ([(403, {}, b"")], "rejects queries: 403"),
        ([(200, {}, b"<html>hello")], "does not answer like a MediaWiki site: '<html>hello'"),
        ([(200, {}, b'{"error": {"code": "badvalue", "info": "No."}}')], "rejects a request: badvalue: No."),
        ([(200, {}, b'{"search": [{"title": "x"}]}')], "gave an answer of another shape"),
    ],
)
def test_a_server_that_does_not_answer_is_one_clear_sentence(
    server: Wikimedia, tmp_path: Path, replies: list[Any], sentence: str
) -> None:
    server.odd = list(replies)
    with pytest.raises(builder.BenchError) as raised:
        fetched(tmp_path)
    assert sentence in str(raised.value)
    assert not (tmp_path / "references.json").exists()


def test_redirects_are_followed(server: Wikimedia, tmp_path: Path) -> None:
    query = "action=wbsearchentities&search=Tycho%20Brahe&maxlag=5"
    server.odd = [(301, {"Location": f"{server.url}/elsewhere/api.php?{query}"}, b"")]
    server.merged["Q9"] = born_in(0)
    server.claims(0)["P19"] = [value({"id": "Q9"})]
    server.moved[title(1)] = "File:New name.jpg"
    server.files["File:New name.jpg"] = file("File:New name.jpg")
    first, second, *_ = fetched(tmp_path).found
    assert first.birthplace == "Somewhere"
    assert second.picture and second.picture.source_url.endswith("/File:New_name.jpg")


def test_who_does_not_fit_the_roster_is_refused_with_the_reason(server: Wikimedia, tmp_path: Path) -> None:
    tycho, lope, claudio, rubens = roster()[:PEOPLE]
    server.claims(0)["P569"] = [value(year(tycho.born + 1))]
    server.items[qid(1)]["labels"]["en"]["value"] = "Somebody Else"
    server.items["Q500"] = {**server.items[qid(2)], "id": "Q500"}
    server.claims(3)["P31"] = [value({"id": "Q6"})]
    assert {each.name: each.reason for each in fetched(tmp_path).refused} == {
        tycho.name: f"the roster says {tycho.born} to {tycho.died}, and Wikidata Q100 {tycho.born + 1} to {tycho.died}",
        lope.name: "Wikidata has nobody of this name",
        claudio.name: "several items fit: Q102, Q500",
        rubens.name: "Wikidata has nobody of this name",
    }


def test_namesakes_and_doubtful_statements_are_passed_over(server: Wikimedia, tmp_path: Path) -> None:
    figure = roster()[0]
    server.items["Q600"] = item("Q600", figure.name, P31=[value({"id": "Q5"})], P569=[value(year(1900))])
    server.claims(0)["P569"] += [{"rank": "normal", "mainsnak": {"snaktype": "somevalue"}}]
    server.claims(0)["P569"] += [value(year(1500, precision=7))]
    server.claims(0)["P19"] += [value({"id": "Q2"})]
    first = fetched(tmp_path).found[0]
    assert (first.qid, first.birthplace) == (qid(0), "")


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"License": {"value": "cc-by-nc-4.0"}}, "its licence is not on the list: cc-by-nc-4.0"),
        ({"License": {"value": "cc-by-sa-9.9"}}, "its licence is not on the list: cc-by-sa-9.9"),
        ({"License": {}, "LicenseShortName": {"value": "Fair use"}}, "its licence is not on the list: Fair use"),
        ({"License": {}}, "its licence is not on the list: none is stated"),
        ({"Restrictions": {"value": "personality|trademarked"}}, "its use is restricted: personality|trademarked"),
        ({"Artist": {"value": "<p> </p>"}}, "its licence, CC BY-SA 4.0, asks for an author, and none is named"),
    ],
)
def test_a_picture_that_may_not_be_passed_on_is_refused(
    server: Wikimedia, tmp_path: Path, metadata: dict[str, Any], reason: str
) -> None:
    server.metadata(0).update(metadata)
    first, second, *_ = fetched(tmp_path).found
    assert (first.picture, first.no_picture) == (None, reason)
    assert second.picture


@pytest.mark.parametrize(
    ("key", "name", "address"),
    [
        ("pd", "Public domain", "https://creativecommons.org/publicdomain/mark/1.0/"),
        ("cc0", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("cc-by-2.5", "CC BY 2.5", "https://creativecommons.org/licenses/by/2.5/"),
        ("cc-by-sa-3.0-de", "CC BY-SA 3.0 DE", "https://creativecommons.org/licenses/by-sa/3.0/de/"),
    ],
)
def test_licences_of_the_list_are_named_by_us(
    server: Wikimedia, tmp_path: Path, key: str, name: str, address: str
) -> None:
    server.metadata(0).update({"License": {"value": key}, "LicenseUrl": {"value": "javascript:alert(1)"}})
    picture = fetched(tmp_path).found[0].picture
    assert picture and (picture.licence, picture.licence_url) == (name, address)


def test_a_missing_and_a_deleted_picture_leave_the_facts(server: Wikimedia, tmp_path: Path, run: Run) -> None:
    del server.claims(0)["P18"]
    del server.files[title(1)]
    server.claims(2)["P18"] = [value("a|b.jpg")]
    server.files[title(3)]["imageinfo"] = [{"filehidden": True}]
    found = fetched(tmp_path).found
    assert [each.no_picture for each in found] == [
        "the item has no picture (P18)",
        "Wikimedia Commons has no such file, or it was deleted",
        "its name is no title",
        "Wikimedia Commons hides the file",
    ]
    said = run("figures", "fetch", "--out", tmp_path, "--contact", CONTACT, "--count", PEOPLE)
    assert f"no picture: {roster()[0].name}: the item has no picture (P18)" in said.output


def test_hostile_html_becomes_plain_text(server: Wikimedia, tmp_path: Path, run: Run) -> None:
    server.metadata(0)["Artist"]["value"] = (
        '<a href="javascript:alert(1)" onclick="x()">Ann\u202e <b>Other</b></a><script>alert(2)</script>'
        "&lt;img src=x onerror=alert(3)&gt; [click](http://evil.example)\x1b[31m"
    )
    server.metadata(1)["License"]["value"] = "<script>x</script>\x1b[2Jodd"
    server.items[born_in(0)]["labels"]["en"]["value"] = "Some<br>where"
    first, second, *_ = fetched(tmp_path).found
    assert first.picture
    assert first.picture.author == "Ann Otherimg src=x onerror=alert(3) [click](http://evil.example)[31m"
    assert first.birthplace == "Some where"
    assert second.no_picture == "its licence is not on the list: [2Jodd"
    text = (tmp_path / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert r"\[click\]\(http" in text
    assert "<script" not in text and "<img" not in text


def test_a_check_compares_with_what_is_said_now(server: Wikimedia, tmp_path: Path, run: Run) -> None:
    fetched(tmp_path)
    asked = ("figures", "fetch", "--check", "--out", tmp_path, "--contact", CONTACT)
    same = run(*asked)
    assert (same.exit_code, same.output) == (0, "4 public figures checked: all hold.\n")

    names = [figure.name for figure in roster()[:PEOPLE]]
    server.items[qid(0)]["lastrevid"] = 7
    revised = run(*asked)
    assert revised.exit_code == 0
    assert f"revised, and says the same: {names[0]}: revision 1100 is now 7" in revised.output

    server.metadata(0)["License"]["value"] = "cc-by-4.0"
    server.files[title(1)]["imageinfo"][0]["sha1"] = "b1"
    del server.files[title(2)]
    server.claims(3)["P570"] = [value(year(1700))]
    changed = run(*asked)
    assert changed.exit_code == 1
    assert f"{names[0]}: the picture's licence was CC BY-SA 4.0 and is CC BY 4.0" in changed.output
    assert f"{names[1]}: the picture's sha1 was {sha1(picture(1))} and is b1" in changed.output
    assert f"{names[2]}: the picture can no longer be used: Wikimedia Commons has no such file" in changed.output
    assert f"{names[3]}: the roster says" in changed.output
    assert "says the same" not in changed.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--contact", "nobody"), "The contact 'nobody' is neither an e-mail address nor a web address."),
        (("--contact", CONTACT, "--count", "9999"), "count = 9999, and the roster has 180 public figures."),
        (("--contact", CONTACT, "--check"), "There is no "),
        (("--contact", CONTACT, "--check", "--count", "3"), "leave out --count"),
        ((), "Missing option '--contact'"),
    ],
)
def test_a_wrong_call_is_explained(tmp_path: Path, run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    said = run("figures", "fetch", "--out", tmp_path, *arguments)
    assert said.exit_code == 2
    assert sentence in said.output


def test_a_file_is_no_folder(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "file"
    path.write_text("")
    for more in ((), ("--check",)):
        said = run("figures", "fetch", "--out", path, "--contact", CONTACT, *more)
        assert said.exit_code == 2
        assert f"{path} is not a folder." in said.output


def test_damaged_references_are_one_sentence(server: Wikimedia, tmp_path: Path, run: Run) -> None:
    (tmp_path / "references.json").write_text('{"found": 3}')
    said = run("figures", "fetch", "--check", "--out", tmp_path, "--contact", CONTACT)
    assert said.exit_code == 1
    assert "references.json is damaged" in said.output


def test_without_a_network_one_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WIKIDATA, "http://127.0.0.1:9/api.php")
    with pytest.raises(
        builder.BenchError, match=r"127\.0\.0\.1:9/api\.php cannot be reached .*where there is a network"
    ):
        fetched(tmp_path)
