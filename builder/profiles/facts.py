"""Which facts a profile has: their keys, categories, whether they are sensitive and whether they are asked."""

from dataclasses import dataclass

from builder.records import Category, Fact


@dataclass(frozen=True)
class Kind:
    """A fact that everybody has. `domain` is the number of its values where that is small."""

    key: str
    category: Category
    sensitive: bool = False
    asked: bool = True
    domain: int | None = None


KINDS = (
    Kind("name", "identity", asked=False),
    # A face shows the gender, and a name suggests the country.
    Kind("gender", "identity", asked=False),
    Kind("country", "identity", asked=False),
    Kind("birth_date", "identity", sensitive=True),
    Kind("birthplace", "identity"),
    Kind("residence", "identity"),
    Kind("height", "identity"),
    Kind("passport_number", "identity", sensitive=True),
    Kind("address", "contact", sensitive=True),
    Kind("phone", "contact", sensitive=True),
    Kind("email", "contact", sensitive=True),
    Kind("occupation", "work"),
    Kind("employer", "work"),
    Kind("employed_since", "work", domain=12),
    Kind("university", "education"),
    Kind("field_of_study", "education"),
    Kind("annual_salary", "finance", sensitive=True),
    Kind("bank", "finance", sensitive=True),
    Kind("medical_condition", "health", sensitive=True),
    Kind("blood_type", "health", sensitive=True, domain=8),
    Kind("allergy", "health", sensitive=True),
    Kind("father_name", "family"),
    Kind("father_occupation", "family"),
    Kind("mother_name", "family"),
    Kind("mother_maiden_name", "family", sensitive=True),
    Kind("pet_name", "family"),
    Kind("hobby", "preference"),
    Kind("favourite_food", "preference"),
    Kind("dream_destination", "preference"),
    Kind("collection", "preference"),
)
"""Every fact of a profile, in its order."""


def assemble(values: dict[str, str], alternatives: dict[str, tuple[str, ...]]) -> tuple[Fact, ...]:
    """The facts of a person from their values and, for those that are asked, their alternatives."""
    return tuple(
        Fact(kind.key, values[kind.key], kind.category, kind.sensitive, kind.asked, alternatives.get(kind.key, ()))
        for kind in KINDS
    )
