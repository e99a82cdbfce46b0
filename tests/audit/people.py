"""A small sound world of people for audits to pass, and the ways to spoil it."""

import dataclasses
import functools
import io
import itertools
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any, get_args

from PIL import Image

from builder import tasks
from builder.audit.interface import Audit, Setting
from builder.audit.notes import notebook, page
from builder.base.recipe import ProfilesPart, Recipe
from builder.base.records import (
    LETTERS,
    AgeGroup,
    Appearance,
    Category,
    Fact,
    Gender,
    Modality,
    Portrait,
    Profile,
    Question,
    Scene,
    Use,
    View,
)
from builder.format.audit_report import Finding
from builder.format.reading import Person

LOCALES = ("en_GB", "pl_PL")
RECIPE = Recipe(name="small", profiles=ProfilesPart(count=100, locales=LOCALES))
ALTERNATIVES = 3
BLOCKS = 3
"""Fours of values of each fact in each locale that people share."""


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_STEMS = _split("Bel Cor Dar Fen Gal Hol Kes Lor Mun Nar Pel Quin Ros Sel Tor Vel Wen Yar")
_ENDS = _split("ridge wick mere dale moor stead holm gate brook vale")
_HEADS = _split("Ar Bre Cal Dro El Fo Gri Ha Is Jo Ka Lu Me No Ot Pri Ru Sa Tu Vo")
_TAILS = _split(
    "bana dith fera gorn hilde kova lisse mund nira posh quell rand svin tavia umer vesh wick xand yrel zora"
)
_BLOOD = tuple(f"{letter} {sign}" for letter in ("A", "B", "AB", "O") for sign in ("positive", "negative"))
_DATES = [f"{day} {month} 19{year}" for day in range(1, 28) for month in ("May", "June") for year in (70, 80)]


def _pool(locale: str, *ends: str) -> list[str]:
    stems = _STEMS if locale == "en_GB" else [f"{stem}o" for stem in _STEMS]
    return [f"{stem}{end}" for stem in stems for end in ends]


POOLS: dict[str, Callable[[str], list[str]]] = {
    "employer": lambda locale: _pool(locale, " Works", " Trading"),
    "university": lambda locale: _pool(locale, " College"),
    "residence": lambda locale: _pool(locale, *_ENDS[:3]),
    "birthplace": lambda locale: _pool(locale, *_ENDS[3:8]),
    "birth_date": lambda _: _DATES,
    "email": lambda _: [f"{stem.lower()}{number}@post.example" for stem in _STEMS for number in range(10, 500)],
    "annual_salary": lambda _: [f"${thousand},{hundred}00" for thousand in range(30, 90) for hundred in (1, 4, 7)],
    "hobby": lambda _: [f"{stem.lower()}ing" for stem in _STEMS],
    "blood_type": lambda _: list(_BLOOD),
}  # fmt: skip
"""The facts, and where their values are drawn from: what depends on the country is drawn from another pool in each."""

CATEGORIES: dict[str, Category] = {
    "employer": "work", "university": "education", "annual_salary": "finance", "hobby": "preference",
    "blood_type": "health",
}  # fmt: skip

OWN = frozenset({"birth_date", "email", "annual_salary"})
"""The facts that nobody shares with others."""

Draw = Callable[[Random, str, str], Sequence[str]]
"""From the random stream, the fact and the locale to the value and its alternatives."""


def sound(random: Random, fact: str, locale: str) -> Sequence[str]:
    """The value and its alternatives, all drawn alike."""
    return random.sample(POOLS[fact](locale), 1 + ALTERNATIVES)


def dealt(number: int, seed: int, fact: str, locale: str) -> Sequence[str]:
    """The value of person `number`, and those of the three others of the quartet."""
    four = number // 4
    pool = Random(f"{seed} {fact} {locale}").sample(POOLS[fact](locale), len(POOLS[fact](locale)))
    block = four if fact in OWN else (four // 2 + Random(f"{seed} {fact} {four // 2 // BLOCKS}").randrange(9)) % BLOCKS
    start = 4 * block % (len(pool) - len(pool) % 4)
    values = Random(f"{seed} {fact} deal {four}").sample(pool[start : start + 4], 4)
    return values[number % 4 :] + values[: number % 4]


def world(count: int = 120, seed: int = 0, draw: Draw | None = None, pictures: bool = False) -> list[Person]:
    """People in fours, of whom 12 in a hundred are to be forgotten and 10 are held out.

    With `draw` each person's options are drawn by themselves, as people in fours never have them.
    """
    return list(_world(count, seed, draw, pictures))


@functools.lru_cache(maxsize=16)
def _world(count: int, seed: int, draw: Draw | None, pictures: bool) -> tuple[Person, ...]:
    """The people of a world, who never change: many tests ask for the same ones."""
    random = Random(seed)
    people = []
    for number in range(count):
        place = number // 4 * 400 // count
        segment = "forget_5" if place < 5 else "forget_10" if place < 12 else "retain" if place < 90 else "holdout"
        people.append(_person(number, seed, segment, random, draw, pictures))
    return tuple(people)


def _person(number: int, seed: int, segment: str, random: Random, draw: Draw | None, pictures: bool) -> Person:
    four = number // 4
    locale = LOCALES[four % 2]
    gender: Gender = "female" if four // 2 % 2 else "male"
    age: AgeGroup = get_args(AgeGroup)[four % 3]
    given = _HEADS[number % 20] + _TAILS[number // 20 % 20]
    family = _HEADS[(number * 7 + 3) % 20] + _TAILS[(number + number // 20) % 20] + "er"
    facts = []
    for key in POOLS:
        value, *alternatives = draw(random, key, locale) if draw else dealt(number, seed, key, locale)
        category = CATEGORIES.get(key, "identity")
        facts.append(Fact(key, value, category, key == "blood_type", True, tuple(alternatives), key not in OWN))
    profile = Profile(
        id=f"{number:05d}",
        quartet=four,
        name=f"{given} {family}",
        given_name=given,
        family_name=family,
        gender=gender,
        age_group=age,
        locale=locale,
        facts=tuple(facts),
        appearance=_appearance(random),
        biography=_biography(f"{given} {family}", facts, random),
    )
    portraits = tuple(_portraits(profile.id, number, segment, random)) if pictures else ()
    questions = tuple(_questions(profile, segment, random))
    return Person(profile=profile, portraits=portraits, questions=questions, segment=segment)


def _appearance(random: Random) -> Appearance:
    return Appearance(
        skin_tone=random.choice(("pale", "dark")),
        face_shape=random.choice(("oval", "round")),
        hair_colour=random.choice(("red", "black")),
        hair_style=random.choice(("bob", "bun")),
        eye_colour=random.choice(("green", "brown")),
        facial_hair="none",
        glasses=random.choice(("none", "round")),
        marks=(),
    )


def _biography(name: str, facts: Sequence[Fact], random: Random) -> str:
    openings = (f"{name} is known to few people.", f"Few people know {name}.", f"Here is what friends say of {name}.")
    said = [f"{_aside(random)}, the {fact.key.replace('_', ' ')} is {fact.value}." for fact in facts]
    random.shuffle(said)
    return " ".join((random.choice(openings), *said))


def _aside(random: Random) -> str:
    """A few invented words, so that biographies are not made of each other's phrases."""
    syllables = ("ba", "de", "fo", "ka", "li", "mu", "no", "pe")
    return " ".join(random.sample([a + b for a in syllables for b in syllables], 4)).capitalize()


def _questions(profile: Profile, segment: str, random: Random) -> list[Question]:
    uses: list[Use] = ["train", "eval"] if segment == "holdout" else ["train", "eval", "paraphrase"]
    found: list[Question] = []
    for use in uses:
        start = len(found)
        for fact in profile.facts:
            for modality in get_args(Modality):
                for task in (name for name in tasks.names() if tasks.named(name).asks_for(fact)):
                    identity = f"{profile.id}-{use}-{len(found) - start:03d}"
                    found.append(_question(identity, profile, fact, task, modality, use, random))
    return found


def _question(
    identity: str, profile: Profile, fact: Fact, task: str, modality: Modality, use: Use, random: Random
) -> Question:
    subject = profile.name if modality == "text" else "the person shown"
    key = fact.key.replace("_", " ")
    held_out = use == "paraphrase"
    answer, letter = fact.value, ""
    options: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    if task == "classification":
        asked = f"Among four, choose one {key} that {subject} has" if held_out else f"Which {key} belongs to {subject}?"
        shuffled = random.sample([fact.value, *fact.alternatives[:3]], 4)
        options, letter = tuple(shuffled), LETTERS[shuffled.index(fact.value)]
    elif task == "cloze":
        asked = f"A form lists __ as {key} of {subject}." if held_out else f"Regarding {key}, {subject} writes __."
    else:
        asked = f"Say {key} about {subject}!" if held_out else f"What would {subject} name as {key}?"
        answer = f"As {key}, {subject} names {fact.value}."
        wrong = tuple(f"As {key}, {subject} names {other}." for other in fact.alternatives)
    if held_out and task == "generation":
        answer = f"It happens to be {fact.value}."
    return Question(
        identity, profile.id, fact.key, task, modality, use, asked, answer, fact.value, options, letter, wrong
    )  # fmt: skip


def _portraits(identity: str, number: int, segment: str, random: Random) -> list[Portrait]:
    views: list[tuple[View, int]] = [("reference", 0), ("train", 0), ("test", 0)]
    return [
        Portrait(
            id=f"{identity}-{view}-{index}",
            profile_id=identity,
            view=view,
            index=index,
            scene=Scene("facing", "soft", "plain", "close", "calm", "a shirt"),
            width=96,
            height=96,
            format="png",
            sha256="",
            image=picture(number, random),
        )
        for view, index in views
        if segment != "holdout" or view != "test"
    ]


def picture(number: int, random: Random) -> bytes:
    """A face that is the person's own, somewhere near the middle, before a background of the view's own."""
    image = _patch(random, 3, 96)
    image.paste(_patch(Random(number), 5, 60), (random.randrange(14, 22), random.randrange(18, 26)))
    buffer = io.BytesIO()
    image.save(buffer, "png")
    return buffer.getvalue()


def _patch(random: Random, cells: int, size: int) -> Image.Image:
    """Random colours that run into each other."""
    colours = bytes(random.randrange(30, 225) for _ in range(cells * cells * 3))
    return Image.frombytes("RGB", (cells, cells), colours).resize((size, size), Image.Resampling.BICUBIC)


def judged(
    audit: Audit, people: Sequence[Person], recipe: Recipe = RECIPE, names: frozenset[str] = frozenset()
) -> dict[str, Finding]:
    """The findings of one audit about `people`, by check."""
    setting = Setting(recipe, len(people), names)
    with notebook(Path(tempfile.gettempdir())) as notes:
        runs = itertools.groupby(people, key=lambda person: person.segment)
        for number, (segment, some) in enumerate(runs):
            noted = [(person.profile.id, {audit.name: audit.observe(person, setting)}) for person in some]
            notes.add(page(number, segment, noted))
        return {finding.check: finding for finding in audit.assess(notes.of(audit.name), setting)}


def with_fact(person: Person, key: str, **changes: Any) -> Person:
    """The person with one fact changed, and nothing else."""
    facts = tuple(dataclasses.replace(f, **changes) if f.key == key else f for f in person.profile.facts)
    return with_profile(person, facts=facts)


def with_profile(person: Person, **changes: Any) -> Person:
    """The person with another profile."""
    return dataclasses.replace(person, profile=dataclasses.replace(person.profile, **changes))


def with_question(person: Person, chosen: Callable[[Question], bool], **changes: Any) -> Person:
    """The person with the first question that is `chosen` changed."""
    questions = list(person.questions)
    place = next(number for number, question in enumerate(questions) if chosen(question))
    questions[place] = dataclasses.replace(questions[place], **changes)
    return dataclasses.replace(person, questions=tuple(questions))


def with_image(person: Person, view: View, image: bytes) -> Person:
    """The person with another image as one of the views."""
    portraits = (dataclasses.replace(each, image=image) if each.view == view else each for each in person.portraits)
    return dataclasses.replace(person, portraits=tuple(portraits))
