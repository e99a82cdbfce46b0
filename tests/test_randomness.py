from hypothesis import given
from hypothesis import strategies as st

from builder.base.randomness import Permutation, digest, stream

SEEDS = st.integers(0, 2**63 - 1)


@given(SEEDS, st.integers(1, 700), st.text(max_size=5))
def test_a_permutation_is_a_bijection(seed: int, size: int, name: str) -> None:
    permutation = Permutation(size, seed, name)
    assert sorted(permutation(index) for index in range(size)) == list(range(size))


@given(SEEDS)
def test_a_permutation_of_a_large_domain_stays_inside(seed: int) -> None:
    permutation = Permutation(10**9 + 7, seed, "names")
    drawn = [permutation(index) for index in range(200)]
    assert len(set(drawn)) == 200
    assert all(0 <= value < 10**9 + 7 for value in drawn)


@given(SEEDS, st.lists(st.text(max_size=4), max_size=3), st.lists(st.text(max_size=4), max_size=3))
def test_streams_are_told_apart_by_every_name(seed: int, names: list[str], others: list[str]) -> None:
    assert (digest(seed, *names) == digest(seed, *others)) == (names == others)
    assert digest(seed, *names) != digest(seed + 1, *names)


def test_a_stream_does_not_depend_on_what_was_drawn_before() -> None:
    first = stream(1, "a").random()
    stream(1, "b").random()
    assert stream(1, "a").random() == first


def test_streams_are_the_same_on_every_machine() -> None:
    assert stream(7, "00001", "profiles").getrandbits(32) == 1299853908
    assert Permutation(1000, 7, "names")(0) == 646
