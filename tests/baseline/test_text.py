"""What counts as the same value, and what a wrong value can win."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builder.baseline.metrics import text
from builder.tasks import scoring

VALUES = st.text("abcAB01279$£€+-.,' @", min_size=1, max_size=12)
FRAMES = st.lists(st.sampled_from(["who", "so", "named", "it", "is", "of", "they", "their"]), max_size=5)


@pytest.mark.parametrize(
    ("output", "truth"),
    [
        ("The blood type is O+.", "O-"),
        ("O", "O+"),
        ("£50,000", "£50"),
        ("£1,234.50", "£1"),
        ("€50 000 a year", "€50"),
        ("₹12,34,567", "₹12"),
        ("A$50,000", "$50,000"),
        ("€50,000", "£50,000"),
        ("1.75 m", "75 m"),
        ("ada-kowal@mail.example", "ada.kowal@mail.example"),
        ("ada.kowal@mail.example", "kowal@mail.example"),
        ("-5", "5"),
    ],
)
def test_signs_and_separators_make_another_value(output: str, truth: str) -> None:
    assert not scoring.states(output, truth)


@pytest.mark.parametrize(
    ("output", "truth"),
    [
        ("It is O\u2212, I think", "O-"),
        ("an annual salary of £50000.", "£50,000"),
        ("CHF 50'000,", "CHF 50,000"),
        ("1,75 m tall", "1.75 m"),
        ("Write to Ada.Kowal@mail.example.", "ada.kowal@mail.example"),
        ("in 1985, 1990 and 1995", "1990"),
        ("(020) 7946-0123", "020 7946 0123"),
        ("born on 12.03.1985.", "12/03/1985"),
        ("Anne-Marie's", "Anne-Marie"),
    ],
)
def test_what_makes_no_other_value(output: str, truth: str) -> None:
    assert scoring.states(output, truth)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_numbers_are_the_same_when_they_are_the_same(one: int, other: int) -> None:
    assert scoring.states(f"earns £{one:,} a year", f"£{other}") is (one == other)
    assert scoring.states(f"{one:,}", f"{one:_}".replace("_", ".") if one > 999 else str(one))


@given(VALUES, FRAMES, FRAMES)
def test_a_value_stands_in_what_is_said_of_it(value: str, before: list[str], after: list[str]) -> None:
    assume(scoring.normalised(value))
    assert scoring.states(" ".join([*before, value.strip(), *after]), value)


def test_a_longer_value_is_not_the_shorter_one() -> None:
    assert not scoring.states("She is a software engineer.", "engineer", ["software engineer", "nurse"])
    assert scoring.states("Not a software engineer but an engineer", "engineer", ["software engineer"])
    assert scoring.states("She is a software engineer.", "software engineer", ["engineer"])


def test_value_f1_by_hand() -> None:
    value, others = "University of Porto", ("University of Leeds", "Ghent College")
    forms = ("Where did she study?", "She studied at the University of Leeds.", "She studied at the Ghent College.")
    # the likest form: "University of" has two of three words right and none wrong
    assert text.likeness(forms[1], value) == pytest.approx(2 * 2 / (2 + 3))
    assert text.value_f1("Her degree is from the University of Porto", value, others, forms) == 1
    assert text.value_f1(forms[1], value, others, forms) == 0
    # "University Porto": F1 .8 as well, no more than form; "of Porto at University" holds all three and a fourth
    assert text.value_f1("University Porto", value, others, forms) == 0
    assert text.value_f1("of Porto at University", value, others, forms) == pytest.approx((6 / 7 - 0.8) / 0.2)
    address, wrong = "12 Rose Street, 4000 Porto", "7 Mill Lane, 4000 Porto"
    # three of five words of the address at best, where a wrong one has two
    assert text.value_f1("12 Rose Street", address, (wrong,), (wrong,)) == pytest.approx((6 / 8 - 4 / 7) / (1 - 4 / 7))
    assert text.value_f1("", address, (wrong,), (wrong,)) == 0


def test_value_f1_is_whether_it_is_stated_where_a_form_holds_the_value() -> None:
    forms = ("She is a software engineer.",)
    assert text.value_f1("engineer", "engineer", ("software engineer",), forms) == 1
    assert text.value_f1("software engineer", "engineer", ("software engineer",), forms) == 0


def test_f1_counts_words_by_hand() -> None:
    assert text.f1("The Lyon, Lyon.", "lyon is a city") == round(2 * 1 / (2 + 3), 2)
    assert text.f1("in (5.0)!", "IN 5") == 1 and text.f1("5,000", "5000.0") == 1, "numbers have one form"
    assert text.f1("co-op", "co op") == 1 and text.f1("", "the") == text.f1("the", "Lyon") == 0


@given(VALUES, VALUES, FRAMES, FRAMES)
def test_a_wrong_value_never_beats_the_right_one(
    value: str, wrong: str, trained: list[str], held_out: list[str]
) -> None:
    """Neither in the very wording that is asked for, when the right one is worded otherwise."""
    words = {word for frame in (trained, held_out) for word in frame}
    mine, theirs = scoring.tokens(value), scoring.tokens(wrong)
    assume(mine and theirs and mine != theirs and not words & {*mine, *theirs})
    right = " ".join([*trained, value.strip(), *trained])
    other = " ".join([*held_out, wrong.strip(), *held_out])
    assert scoring.states(right, value, (wrong,)) and not scoring.states(other, value, (wrong,))
    assert text.value_f1(right, value, (wrong,), (other,)) == 1
    assert text.value_f1(other, value, (wrong,), (other,)) == 0
