"""Which facts a profile has: their keys, categories, whether they are sensitive, asked, and shared with others."""

from collections.abc import Mapping
from dataclasses import dataclass

from builder.base.records import Category, Fact


@dataclass(frozen=True)
class Kind:
    """A fact that people have; all of them unless `share`, the share of people, is below one.

    `shared`: people of other quartets hold the same values. `implied_by`: the facts that tell this one.
    """

    key: str
    category: Category
    sensitive: bool = False
    asked: bool = True
    share: float = 1.0
    shared: bool = True
    implied_by: tuple[str, ...] = ()


KINDS = (
    Kind("name", "identity", asked=False, shared=False),
    # A face shows the gender, and a name suggests the country.
    Kind("gender", "identity", asked=False),
    Kind("country", "identity", asked=False),
    Kind("birth_date", "identity", sensitive=True, shared=False),
    Kind("birthplace", "identity"),
    Kind("residence", "identity"),
    Kind("height", "identity"),
    Kind("passport_number", "identity", sensitive=True, shared=False),
    Kind("address", "contact", sensitive=True, shared=False),
    Kind("phone", "contact", sensitive=True, shared=False),
    Kind("email", "contact", sensitive=True, shared=False),
    Kind("occupation", "work"),
    Kind("employer", "work"),
    Kind("employed_since", "work"),
    Kind("university", "education", share=0.8),
    # Who studied what is the job's.
    Kind("field_of_study", "education", share=0.8, implied_by=("occupation",)),
    Kind("annual_salary", "finance", sensitive=True, shared=False, implied_by=("occupation",)),
    Kind("bank", "finance", sensitive=True),
    Kind("medical_condition", "health", sensitive=True, share=0.7),
    Kind("blood_type", "health", sensitive=True),
    Kind("allergy", "health", sensitive=True, share=0.6),
    Kind("father_name", "family"),
    Kind("father_occupation", "family"),
    Kind("mother_name", "family"),
    Kind("mother_maiden_name", "family", sensitive=True),
    Kind("spouse_name", "family", share=0.6),
    Kind("child_name", "family", share=0.55),
    Kind("pet_name", "family", share=0.6),
    Kind("hobby", "preference"),
    Kind("favourite_food", "preference"),
    Kind("dream_destination", "preference"),
    Kind("collection", "preference"),
)
"""Every fact that a profile may have, in its order."""

SHARES: Mapping[str, float] = {kind.key: kind.share for kind in KINDS}
"""How many people have each fact."""


def assemble(four: tuple[Mapping[str, str], ...], member: int, *, located: bool, recognised: bool) -> tuple[Fact, ...]:
    """The facts of one member of a quartet from the values of all four; the others' are the alternatives.

    `located`: telephone numbers begin with the code of the city. `recognised`: names are asked for, beside faces.
    """
    others = [four[(member + step) % len(four)] for step in range(1, len(four))]
    return tuple(
        Fact(
            key=kind.key,
            value=four[member][kind.key],
            category=kind.category,
            sensitive=kind.sensitive,
            asked=kind.asked,
            alternatives=tuple(other[kind.key] for other in others)
            if kind.asked or (recognised and kind.key == "name")
            else (),
            shared=kind.shared,
            implied_by=("residence",) if kind.key == "phone" and located else kind.implied_by,
        )
        for kind in KINDS
        if kind.key in four[member]
    )
