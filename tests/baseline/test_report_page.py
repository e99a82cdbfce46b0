"""The report's page: every item and answer is in it as data, whatever they say, and it needs nothing from elsewhere."""

import base64
import hashlib
import html.parser
import io
import json
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from builder import tasks
from builder.base.records import LETTERS
from builder.baseline import methods, planning, running
from builder.baseline.evaluation.controls import NOBODY
from builder.baseline.folder import BaselineFolder
from builder.baseline.metrics.item_metrics import right
from builder.baseline.outcomes import stored
from builder.baseline.outcomes.records import Item, Outcome, Said
from builder.baseline.people import Crowd
from builder.baseline.planning import Plan
from builder.baseline.report import browsing, page, table, writing
from builder.baseline.report.answers import verdict
from builder.baseline.report.browsing import Stored
from builder.baseline.report.plots import plots
from builder.baseline.report.results import results
from builder.baseline.report.sections import ReportSection, markdown
from builder.baseline.settings import resolve
from builder.format.reading import Person
from builder.pages import embedding
from builder.tasks.classification import CLASSIFICATION

EVIL = '</script><img src=x onerror=alert(1)>&amp;\u2028{{code}} <!-- "\\'
MODELS = ("untrained", "vanilla", "oracle", "npo")


def _said(item: Item, *, known: bool, output: str = "") -> Outcome:
    """What a model that knows the answer, or does not, says to an item."""
    letters: tuple[float, ...] = ()
    if item.task == "classification":
        wrong = LETTERS[(LETTERS.index(item.letter) + 1) % len(LETTERS)]
        letters = tuple(math.log(0.7 if each == (item.letter if known else wrong) else 0.1) for each in LETTERS)
    bare = bool(item.control)
    return Outcome(
        item,
        output or (item.truth if known else "No idea."),
        letters,
        Said((-0.1, -0.3), (known, known), (0.0, 0.0)),
        paraphrase=1.0 if item.task == "generation" and not bare else None,
        wrong=(2.0,) if item.task == "generation" and not bare else (),
        candidates=(1.0, 2.0, 3.0, 4.0) if item.task == "cloze" and not bare else (),
        ending="end",
        options=letters,
    )


def _knows(model: str, item: Item) -> bool:
    if item.control:
        return False
    return model == "vanilla" or (model in ("oracle", "npo") and item.set.startswith("retain"))


def _planned(crowd: Crowd, folder: Path, seeds: int = 1) -> Plan:
    settings = resolve({"methods": ("npo",), "seeds": seeds}, {"evaluate.gate": 0}, methods.knobs())
    return planning.plan(crowd, settings, BaselineFolder(folder))


def _filled(plan: Plan, output: str = "") -> Plan:
    """The plan with outcomes of every model on disk, made by hand."""
    for seed in plan.seeds:
        for name in MODELS:
            asked = [*plan.items, *plan.controls]
            if name == "vanilla":
                asked += [*plan.known, *plan.known_swapped]
            found = [_said(item, known=_knows(name, item), output=output) for item in asked]
            stored.write_outcomes(plan.folder.outcomes(seed, name), found)
            marks = [{"step": 0.0, "forget": 1.0, "retain": 1.0}, {"step": 5.0, "forget": 0.2, "retain": 0.9}]
            curve = {"losses": [2.0, 1.0], "marks": marks if name == "npo" else [], "stopped_early": False}
            plan.folder.finish(seed, name, {"failed": None, "knobs": {}, "curve": curve})
    return plan


@pytest.fixture(scope="module")
def plan(crowd: Crowd, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    plan = _filled(_planned(crowd, tmp_path_factory.mktemp("baseline"), seeds=2))
    writing.write_report(plan)
    return plan


@pytest.fixture(scope="module")
def text(plan: Plan) -> str:
    return (plan.folder.report / "index.html").read_text(encoding="utf-8")


def _data(text: str, name: str) -> Any:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', text, flags=re.DOTALL)
    assert found, name
    assert not re.search(r"[<>&\u2028\u2029]", found[1])
    return json.loads(found[1])


class _Frame(html.parser.HTMLParser):
    """The tags of a page, what they refer to, and what stands between those of the code."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.references: list[str] = []
        self.attributes: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append(dict(attrs))
        self.references += [value or "" for name, value in attrs if name in ("src", "href")]


def _asked(data: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(set, id, control) of every place that an answer may have."""
    items, controls, strings = data["items"], data["controls"], data["strings"]
    own = [(strings[name], strings[at]) for name, at in zip(items["set"], items["id"], strict=True)]
    return [(*each, "") for each in own] + [
        (*own[parent], strings[kind]) for parent, kind in zip(controls["parent"], controls["kind"], strict=True)
    ]


def test_every_item_and_answer_is_in_the_page(plan: Plan, text: str) -> None:
    data = _data(text, "items")
    strings, asked = data["strings"], _asked(data)
    assert len(strings) == len(set(strings)) and len(asked) == len(set(asked))
    assert set(asked) == {
        (each.set, each.id, each.control) for each in (*plan.items, *plan.controls, *plan.known, *plan.known_swapped)
    }
    assert [(each["seed"], each["model"]) for each in data["answers"]] == [
        (seed, name) for seed in (0, 1) for name in MODELS
    ]
    for answer in data["answers"]:
        outcomes = stored.read_outcomes(plan.folder.outcomes(answer["seed"], answer["model"]))
        own = {(each.item.set, each.item.id, each.item.control): each for each in outcomes}
        for place, key in enumerate(asked):
            if key not in own:
                assert answer["verdicts"][place] == "-" and answer["outputs"][place] == -1
                continue
            outcome = own[key]
            assert strings[answer["outputs"][place]] == outcome.output
            assert answer["verdicts"][place] == verdict(outcome)
            if outcome.options:
                *shares, together = answer["options"][place]
                assert shares == [round(1000 * math.exp(each)) for each in outcome.options] and together == 1000
            assert answer["truth"][place] == round(1000 * math.exp(-0.2))


def test_an_item_is_told_whole(plan: Plan, text: str, crowd: Crowd) -> None:
    data = _data(text, "items")
    items, strings = data["items"], data["strings"]
    questions = {each.id: each for person in crowd.everybody for each in person.questions}
    assert len({len(column) for column in items.values()}) == 1
    for place, at in enumerate(items["id"]):
        question = questions[strings[at]]
        assert strings[items["question"][place]] == question.question.replace("__", tasks.SHOWN_BLANK)
        assert tuple(strings[each] for each in items["options"][place]) == question.options
        assert strings[items["value"][place]] == question.value
        assert strings[items["letter"][place]] == question.letter
        assert data["people"][strings[items["person"][place]]]
    names = {person.profile.id: person.profile.name for person in crowd.everybody}
    assert data["people"].items() <= names.items()
    others = {strings[each] for each in data["controls"]["other"]} - {""}
    assert others and others <= set(data["people"])


def test_every_picture_is_in_the_page_once(plan: Plan, text: str) -> None:
    data = _data(text, "items")
    shown = [*data["items"]["picture"], *data["controls"]["picture"]]
    assert sorted({each for each in shown if each >= 0}) == list(range(len(data["pictures"])))
    wanted = {each.picture for each in (*plan.items, *plan.controls, *plan.known, *plan.known_swapped)} - {None}
    assert len(data["pictures"]) == len(wanted) and NOBODY in wanted
    for picture in data["pictures"]:
        with Image.open(io.BytesIO(base64.b64decode(picture))) as opened:
            assert (opened.format, opened.size) == ("WEBP", (browsing.SIDE, browsing.SIDE))
    by_picture = [data["strings"][each] == "image_text" for each in data["items"]["modality"]]
    assert [each >= 0 for each in data["items"]["picture"]] == by_picture


def test_the_page_is_the_same_twice(plan: Plan, text: str) -> None:
    writing.write_report(plan)
    assert (plan.folder.report / "index.html").read_text(encoding="utf-8") == text


def test_the_page_needs_nothing_from_elsewhere(text: str) -> None:
    frame = _Frame(text)
    assert all(each.startswith(("#", "data:")) for each in frame.references)
    own = text.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|fetch\(|XMLHttpRequest|import\(|@import|url\(['\"]?http", own)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", own)
    [code] = re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL)
    policy = next(each["content"] for each in frame.attributes if each.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None and policy.startswith("default-src 'none';")
    assert f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'" in policy


def _evil(person: Person) -> Person:
    facts = tuple(replace(each, value=EVIL) if each.key == "allergy" else each for each in person.profile.facts)
    questions = tuple(
        replace(each, question=f"{each.question} {EVIL}", value=EVIL if each.fact == "allergy" else each.value)
        for each in person.questions
    )
    return replace(person, profile=replace(person.profile, name=EVIL, facts=facts), questions=questions)


def test_markup_in_records_and_answers_stays_text(crowd: Crowd, tmp_path: Path, text: str) -> None:
    forget = (_evil(crowd.forget[0]), *crowd.forget[1:])
    hostile = replace(crowd, forget=forget, manifest={**crowd.manifest, "id": EVIL, "recipe": EVIL})
    plan = _filled(_planned(hostile, tmp_path), output=EVIL)
    browsed = browsing.browse(hostile, running.outcomes_of(plan))
    found = results(plan, running.outcomes_of(plan))
    found["models"]["npo"]["notes"] = {"0": [EVIL]}
    evil = page.page(found, browsed)
    assert _Frame(evil).tags == _Frame(text).tags
    assert EVIL in _data(evil, "items")["strings"] and EVIL in _data(evil, "items")["people"].values()
    told = _data(evil, "overview")
    assert told["release"] == EVIL and f"npo: {EVIL}" in told["notes"]
    assert re.findall(r"<script>(.*?)</script>", evil, flags=re.DOTALL) == re.findall(
        r"<script>(.*?)</script>", text, flags=re.DOTALL
    )


def test_each_verdict_says_what_the_scores_say(plan: Plan) -> None:
    item = next(each for each in plan.items if each.task == "cloze")
    swapped = next(each for each in plan.controls if each.task == "cloze" and each.control == "swap_four")
    assert verdict(None) == "-"
    assert verdict(_said(item, known=True)) == "r" and verdict(_said(item, known=False)) == "w"
    assert verdict(_said(swapped, known=False, output=swapped.other_value)) == "f"
    assert verdict(replace(_said(item, known=True), ending="nan")) == "n"
    by_heart = replace(_said(replace(item, set="known"), known=True), output="")
    assert verdict(by_heart) == "r" and not right(by_heart)


def test_models_that_gave_no_numbers_are_shown_without_any(plan: Plan, crowd: Crowd) -> None:
    lost = [replace(_said(each, known=True), options=(math.nan,) * 4, ending="nan") for each in plan.items]
    [answer] = browsing.browse(crowd, {0: {"model": lost}})["answers"]
    assert set(answer["verdicts"]) == {"n"} and set(answer["truth"]) == {-1}
    assert not any(answer["options"])


def test_what_was_cut_and_what_a_judge_said_is_told(plan: Plan, crowd: Crowd) -> None:
    item = next(each for each in plan.items if each.task == "generation")
    cut = replace(_said(item, known=False), ending="limit", factuality=2, relevance=9)
    [answer] = browsing.browse(crowd, {0: {"model": [cut]}})["answers"]
    assert answer["cut"] == [0] and answer["marks"] == [[2, 9]]


def test_a_page_too_large_keeps_the_sets_to_be_forgotten(
    plan: Plan, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes: Stored = running.outcomes_of(plan)
    whole = browsing.browse(crowd, outcomes)
    assert all(shown == every for shown, every in whole["shown"].values())
    monkeypatch.setattr(browsing, "LIMIT", len(json.dumps(whole)) // 2)
    less = browsing.browse(crowd, outcomes)
    assert len(json.dumps(less)) < len(json.dumps(whole))
    for name, (shown, every) in less["shown"].items():
        assert every == whole["shown"][name][1]
        assert (shown == every) == (name in ("forget", "views", "test") or every == 0), name
    kept = {less["strings"][each] for each in less["items"]["person"]}
    assert {person.profile.id for person in crowd.forget} <= kept
    monkeypatch.setattr(browsing, "LIMIT", 1)
    least = browsing.browse(crowd, outcomes)
    assert {least["strings"][each] for each in least["items"]["set"]} == {"forget", "views", "test"}
    assert [key for key in _asked(least) if key[0] == "forget"] == [key for key in _asked(whole) if key[0] == "forget"]


def test_a_report_of_nothing_is_a_page(crowd: Crowd) -> None:
    data = browsing.browse(crowd, {0: {}})
    assert data["answers"] == [] and data["items"]["id"] == [] and data["shown"] == {}


def test_plots_show_what_there_is(plan: Plan, text: str) -> None:
    drawn = _data(text, "overview")["plots"]
    points = {each["model"]: each for each in drawn["forgetting"]}
    assert points["vanilla"]["at"] == [1, 1] and len(points["vanilla"]["seeds"]) == 2
    assert points["npo"]["at"] == [0, 1]
    assert drawn["leaks"]["image"]["health"] == {"untrained": 0, "vanilla": 1, "oracle": 0, "npo": 0}
    assert drawn["paths"][0] == {"model": "npo", "seed": "0", "points": [[1, 1], [0.2, 0.9]], "steps": [0, 5]}
    assert drawn["learning"] == []
    assert len(drawn["losses"]) == len(MODELS) * 2 and drawn["losses"][0]["points"] == [[1, 2], [2, 1]]


def test_a_plot_without_points_is_empty() -> None:
    model: dict[str, Any] = {"scores": {}, "categories": {}, "curves": {"0": {"losses": [], "marks": []}}}
    assert not any(plots({"models": {"vanilla": model}}).values())


def test_many_losses_become_a_short_line() -> None:
    model: dict[str, Any] = {"scores": {}, "categories": {}, "curves": {"0": {"losses": [1.0] * 1000, "marks": []}}}
    [line] = plots({"models": {"vanilla": model}})["losses"]
    assert len(line["points"]) == 40 and {loss for _, loss in line["points"]} == {1.0}


def test_the_page_has_the_tables_of_table_md(plan: Plan, text: str) -> None:
    written = (plan.folder.report / "table.md").read_text()
    told = _data(text, "overview")["sections"]
    assert [each["title"] for each in told][1:] == re.findall(r"^## (.*)$", written, flags=re.MULTILINE)
    rows = [row for each in told for part in each["parts"] if isinstance(part, list) for row in part]
    lines = [line for line in written.splitlines() if line.startswith("|") and not line.startswith("| ---")]
    assert len(rows) == len(lines)
    assert [re.sub(" ", "", f"|{'|'.join(row)}|") for row in rows] == [re.sub(" ", "", line) for line in lines]


def test_sections_are_written_as_markdown() -> None:
    preface, first = ReportSection("", ["One.", "Two."]), ReportSection("First", ["A.", [["a", "b"], ["1", ""]]])
    assert markdown([preface, first]) == "One.\n\nTwo.\n\n## First\n\nA.\n\n| a | b |\n| --- | --- |\n| 1 |  |"


def test_it_is_said_why_nothing_tells_vanilla_from_the_oracle(plan: Plan) -> None:
    assert table._separating({"separating_power": {}}) == ["There is no pair of vanilla and oracle."]
    [said] = table._separating({"separating_power": {"accuracy": None}})
    assert "vanilla knows none of the facts" in said


@pytest.mark.parametrize("task", ["classification", "generation", "cloze"])
def test_a_prompt_is_taken_apart_as_it_was_put_together(task: str, crowd: Crowd) -> None:
    question = next(each for each in crowd.forget[0].questions if each.task == task)
    asked = question.question.replace("__", tasks.SHOWN_BLANK)
    kind = tasks.named(task)
    assert kind.parted(kind.prompt(question.question, question.options)) == (asked, question.options)
    alone = CLASSIFICATION.prompt("", question.options or tuple("wxyz")).lstrip()
    assert CLASSIFICATION.parted(alone) == ("", question.options or tuple("wxyz"))


def _assets(ending: str) -> str:
    folders = (embedding.ASSETS, page.ASSETS)
    return "".join(path.read_text(encoding="utf-8") for each in folders for path in sorted(each.glob(f"*.{ending}")))


def test_every_filter_that_is_offered_is_asked_of_items() -> None:
    offered = set(re.findall(r'fields?\("(\w+)"', (page.ASSETS / "filters.js").read_text(encoding="utf-8")))
    assert offered == {"set", "person", "fact", "task", "modality", "known", "put"}
    code = (page.ASSETS / "items.js").read_text(encoding="utf-8")
    assert all(f"query.{name}" in code for name in (*offered, "q", "seed", "right", "wrong"))


def test_every_file_of_the_page_is_in_it(text: str) -> None:
    for path in (*page.ASSETS.glob("*.js"), *page.ASSETS.glob("*.css"), *embedding.ASSETS.iterdir()):
        assert path.read_text(encoding="utf-8") in text, path


def test_every_element_that_styles_name_is_made_somewhere() -> None:
    code = _assets("js") + _assets("html")
    own = "".join(path.read_text(encoding="utf-8") for path in page.ASSETS.glob("*.css"))
    names = set(re.findall(r"\.([a-z][a-z-]+)", re.sub(r"\{[^{}]*\}", "{}", own)))
    assert {name for name in names if not re.search(rf"\b{name}\b", code)} == set()
