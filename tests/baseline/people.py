"""People made by hand, for tests that need a crowd and no generator."""

import hashlib
import io
from dataclasses import replace

from PIL import Image

from builder.base.records import (
    LETTERS,
    Appearance,
    Category,
    Fact,
    Modality,
    Portrait,
    Profile,
    Question,
    Scene,
    Use,
)
from builder.baseline.people import Crowd
from builder.format.reading import Person

_NAMES = (
    "Ada Kowal",
    "Bruno Silva",
    "Carla Weiss",
    "Dario Conti",
    "Elsa Lund",
    "Femi Okoro",
    "Greta Baum",
    "Hugo Petit",
)
_VALUES: dict[str, tuple[Category, tuple[str, ...]]] = {
    "occupation": ("work", ("baker", "nurse", "pilot", "tailor", "judge", "miner", "clerk", "diver")),
    "allergy": ("health", ("peanuts", "pollen", "latex", "mustard", "milk", "dust", "nickel", "celery")),
    "residence": ("contact", ("Lyon", "Turin", "Ghent", "Porto", "Malmo", "Leeds", "Cork", "Bern")),
}
"""Two blocks of four a fact: the values of the four who belong together."""
_IMPLIED_BY = {"residence": ("occupation",)}
_WORDINGS = {
    "train": ("Say what the {fact} of {who} is.", "{value} is the {fact} of {they}."),
    "eval": ("What is the {fact} of {who}?", "The {fact} of {they} is {value}."),
    "paraphrase": ("Could you state which {fact} {who} has?", "It is {value} that they have as {fact}."),
}
_SCENE = Scene("front", "day", "plain", "close", "calm", "shirt")
_LOOK = Appearance("fair", "oval", "black", "afro", "blue", "none", "none", ())


def crowd_of(forget: int, retain: int, holdout: int) -> Crowd:
    """A crowd of so many people."""
    people = [person(number) for number in range(forget + retain + holdout)]
    manifest = {
        "id": "tests",
        "format": 3,
        "recipe": "tests",
        "seed": 1,
        "recipe_fingerprint": "0" * 64,
        "origin_fingerprint": "1" * 64,
    }
    return Crowd(
        forget=tuple(replace(each, segment="forget_5") for each in people[:forget]),
        retain=tuple(replace(each, segment="retain") for each in people[forget : forget + retain]),
        holdout=tuple(replace(each, segment="holdout") for each in people[forget + retain :]),
        manifest=manifest,
    )


def person(number: int) -> Person:
    """A person with three facts, a reference, two train views and a test view."""
    identity, name = f"{number:05d}", _NAMES[number % len(_NAMES)]
    facts = []
    for place, (key, (category, values)) in enumerate(_VALUES.items()):
        block = values[:4] if number // 4 % 2 == 0 else values[4:]
        turn = (number + place) % 4
        turned = block[turn:] + block[:turn]
        facts.append(
            Fact(key, turned[0], category, category == "health", True, turned[1:], implied_by=_IMPLIED_BY.get(key, ()))
        )
    given, _, family = name.partition(" ")
    look = replace(_LOOK, eye_colour=("blue", "green", "grey")[number % 3])
    profile = Profile(
        identity, number // 4, name, given, family, "female", "young", "en_GB", tuple(facts), look, f"{name} lives."
    )
    views = [("reference", 0), ("train", 0), ("train", 1), ("test", 0)]
    portraits = [
        Portrait(f"{identity}-{view}-{index}", identity, view, index, _SCENE, 0, 0, "png", "", _picture(number, place))  # type: ignore[arg-type]
        for place, (view, index) in enumerate(views)
    ]
    return Person(profile, tuple(portraits), tuple(_questions(profile)), "retain")


def _picture(number: int, place: int) -> bytes:
    colour = hashlib.sha256(f"{number}".encode()).digest()[:3]
    image = Image.new("RGB", (24, 24), tuple(colour))
    image.putpixel((place, place), (255, 255, 255))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _questions(profile: Profile) -> list[Question]:
    found: list[Question] = []
    uses: tuple[Use, ...] = ("train", "eval", "paraphrase")
    tasks: tuple[str, ...] = ("classification", "generation", "cloze")
    modalities: tuple[Modality, ...] = ("image_text", "text")
    for use in uses:
        number = 0
        for fact in profile.facts:
            for task in tasks:
                for modality in modalities:
                    found.append(_question(profile, fact, task, modality, use, number))
                    number += 1
    return found


def _question(profile: Profile, fact: Fact, task: str, modality: Modality, use: Use, number: int) -> Question:
    asking, stating = _WORDINGS[use]
    who = profile.name if modality == "text" else "the person in the image"
    they = profile.name if modality == "text" else "this person"

    def stated(value: str) -> str:
        return stating.format(fact=fact.key, they=they, value=value)

    options: tuple[str, ...] = ()
    letter = ""
    if task == "classification":
        place = (int(profile.id) + number) % 4
        wrong = list(fact.alternatives[:3])
        options = (*wrong[:place], fact.value, *wrong[place:])
        letter = LETTERS[place]
    return Question(
        id=f"{profile.id}-{use}-{number:03d}",
        profile_id=profile.id,
        fact=fact.key,
        task=task,
        modality=modality,
        use=use,
        question=f"The {fact.key} of {who} is __." if task == "cloze" else asking.format(fact=fact.key, who=who),
        answer=stated(fact.value) if task == "generation" else fact.value,
        value=fact.value,
        options=options,
        letter=letter,
        wrong_answers=tuple(map(stated, fact.alternatives)) if task == "generation" else (),
    )
