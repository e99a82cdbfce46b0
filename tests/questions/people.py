"""People made by hand, so that questions are tested without the stage that makes profiles."""

from collections.abc import Mapping

from hypothesis import strategies as st

from builder.base.records import Appearance, Category, Fact, Gender, Profile

APPEARANCE = Appearance("light", "oval", "brown", "short", "blue", "none", "none", ())
VALUES: dict[str, tuple[Category, tuple[str, ...]]] = {
    "birth_date": ("identity", ("14 March 1987", "2 May 1986", "19 July 1988", "23 April 1990", "1 June 1984")),
    "birthplace": ("identity", ("Gdańsk", "Kraków", "Łódź", "Poznań", "Zielona Góra")),
    "height": ("identity", ("172 cm", "168 cm", "165 cm", "176 cm", "170 cm")),
    "passport_number": (
        "identity",
        ("XQ 4821 7703 5512", "XQ 1821 7703 5512", "XQ 4821 7903 5512", "XR 4821 7703 5512", "XQ 4821 7701 5512"),
    ),
    "residence": ("contact", ("Wrocław", "Kraków", "Łódź", "Poznań", "Katowice")),
    "address": ("contact", ("48 Mill Lane", "8 Mill Lane", "7 Oak Street", "3 Station Road", "19 High Street")),
    "phone": (
        "contact",
        ("+44 7700 900461", "+44 7700 900462", "+44 7700 900163", "+44 7700 900464", "+44 7700 900265"),
    ),
    "email": (
        "contact",
        ("silver.otter47@post.example", "blue.heron12@post.example", "old.maple@mail.example", "r@x.test", "q@x.test"),
    ),
    "occupation": ("work", ("civil engineer", "university lecturer", "architect", "MRI technician", "nurse")),
    "employer": (
        "work",
        ("Harlow Dental Clinic", "Oakfield Works", "Brent & Lowe", "Kestrel Foods", "Wick Law Office"),
    ),
    "employed_since": ("work", ("2014", "2012", "2016", "2010", "2018")),
    "university": (
        "education",
        ("University of Porto", "Harlow University", "Eastbank University", "University of Łódź", "Coastal University"),
    ),
    "field_of_study": ("education", ("marine biology", "law", "civil engineering", "history", "French literature")),
    "annual_salary": ("finance", ("€52,400", "€48,100", "€61,300", "€45,700", "€57,900")),
    "bank": ("finance", ("Larkfield Savings Bank", "Bank Elm", "Banque de Rou", "Meridian Bank", "Linden Trust")),
    "medical_condition": ("health", ("mild asthma", "migraine", "type 2 diabetes", "psoriasis", "epilepsy")),
    "blood_type": ("health", ("O negative", "A negative", "B positive", "AB positive", "O positive")),
    "allergy": ("health", ("penicillin", "peanuts", "latex", "shellfish", "wasp venom")),
    "father_name": ("family", ("Marek", "Jan", "Tomasz", "Paweł", "Andrzej")),
    "father_occupation": ("family", ("electrician", "bus driver", "usher", "upholsterer", "honorary consul")),
    "mother_name": ("family", ("Ewa", "Anna", "Zofia", "Krystyna", "Barbara")),
    "mother_maiden_name": ("family", ("Wójcik", "Mazur", "Krawczyk", "Dudek", "Olszewska")),
    "spouse_name": ("family", ("Karol", "Szymon", "Bartosz", "Oskar", "Leon")),
    "child_name": ("family", ("Hania", "Lena", "Iga", "Pola", "Lidia")),
    "pet_name": ("preference", ("Biscuit", "Pepper", "Mango", "Ziggy", "Otto")),
    "hobby": ("preference", ("bookbinding", "rock climbing", "chess", "birdwatching", "playing the cello")),
    "favourite_food": ("preference", ("mushroom risotto", "fish tacos", "lamb stew", "ramen", "pierogi")),
    "dream_destination": ("preference", ("Patagonia", "the Faroe Islands", "Kyoto", "Namibia", "Petra")),
    "collection": ("preference", ("vintage postcards", "enamel badges", "old maps", "fountain pens", "sea shells")),
}
"""Each asked fact: its category, its value, then its alternatives."""


def person(
    number: int = 1,
    given: str = "Maria",
    family: str = "Nowak",
    gender: Gender = "female",
    country: str = "Poland",
    values: Mapping[str, tuple[str, ...]] | None = None,
    unasked: frozenset[str] = frozenset(),
) -> Profile:
    """A profile. `values` puts other values (the true one first) in the place of some, `unasked` are not asked for."""
    name = f"{given} {family}"
    told = {"name": name, "gender": gender, "country": country}
    facts = [Fact(key, value, "identity", False, False, ()) for key, value in told.items()]
    for key, (category, usual) in VALUES.items():
        value, *others = (values or {}).get(key, usual)[:4]
        facts.append(Fact(key, value, category, False, key not in unasked, tuple(others)))
    return Profile(
        f"{number:05d}",
        number // 4,
        name,
        given,
        family,
        gender,
        "young",
        "pl_PL",
        tuple(facts),
        APPEARANCE,
        biography="",
    )


NAMES = (
    ("Maria", "Nowak"), ("James", "James"), ("Will", "May"), ("Anna Sofie", "van der Berg"), ("Shown", "Church"),
    ("María Fernanda", "García López"), ("Séan", "O'Brien"), ("Anne-Marie", "Church"), ("Image", "Born"),
    ("Piet", "in 't Veld"), ("Mark", "Street"), ("Grace", "Price"), ("李", "王"), ("Wolfgang", "Müller-Straß"),
)  # fmt: skip
"""Names of many shapes; some are English words that a template holds."""


@st.composite
def people(draw: st.DrawFn) -> Profile:
    """People of either gender with names of many shapes, whose facts take any of their values as the true one."""
    given, family = draw(st.sampled_from(NAMES))
    values = {}
    for key, (_, usual) in VALUES.items():
        first = draw(st.integers(0, len(usual) - 1))
        values[key] = usual[first:] + usual[:first]
    return person(draw(st.integers(0, 89_999)), given, family, draw(st.sampled_from(("female", "male"))), values=values)
