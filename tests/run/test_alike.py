"""Who is made again for being too like somebody else: against the rule said plainly, one person after the other."""

import hashlib
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from builder.run.near_duplicates import PerceptualHash, find_near_duplicates

DISTANCE = 10
Looks = Callable[[int, int], PerceptualHash]


def _looks(world: int, faces: int) -> Looks:
    """How each number looks each time it is made: one of a few faces at first, all different after six times."""

    def look(number: int, times: int) -> PerceptualHash:
        chance = hashlib.sha256(f"{world} {number} {times}".encode())
        if times >= 6:
            return chance.hexdigest()
        face = int(chance.hexdigest(), 16) % faces
        mark = bytearray(hashlib.sha256(f"{world} face {face}".encode()).digest())
        mark[number % 32] ^= 1 << (times % 8)  # near, not equal
        return mark.hex()

    return look


def _plainly(look: Looks, people: int) -> dict[int, int]:
    """Each in turn is made until unlike all before."""
    marks: list[int] = []
    times = {}
    for number in range(people):
        made = 0
        while any((int(look(number, made), 16) ^ mark).bit_count() <= DISTANCE for mark in marks):
            made += 1
        marks.append(int(look(number, made), 16))
        times[number] = made
    return times


def _settled(
    look: Looks, people: int, before: dict[int, tuple[PerceptualHash, ...]] | None = None
) -> dict[int, tuple[PerceptualHash, ...]]:
    """Made again and looked at, until nobody has to be."""
    before = before or {}
    for _ in range(1000):
        marks = {number: look(number, len(before.get(number, ()))) for number in range(people)}
        now = find_near_duplicates(marks, before, DISTANCE)
        if now == before:
            return now
        before = now
    raise AssertionError("it never ends")


def _times(aside: dict[int, tuple[PerceptualHash, ...]], people: int) -> dict[int, int]:
    return {number: len(aside.get(number, ())) for number in range(people)}


@given(st.integers(0, 10_000), st.integers(2, 12), st.integers(1, 14))
def test_the_rounds_end_where_the_plain_rule_does(world: int, faces: int, people: int) -> None:
    look = _looks(world, faces)
    assert _times(_settled(look, people), people) == _plainly(look, people)


@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 8))
def test_more_people_change_nobody_and_end_as_if_all_had_been_there(world: int, few: int, more: int) -> None:
    look = _looks(world, 5)
    first = _settled(look, few)
    grown = _settled(look, few + more, first)
    assert grown == _settled(look, few + more)
    assert {number: left for number, left in grown.items() if number < few} == first


@given(st.integers(0, 10_000), st.integers(2, 10))
def test_what_was_remembered_of_other_people_does_not_matter(world: int, people: int) -> None:
    stale = _settled(_looks(world + 1, 4), people)
    look = _looks(world, 4)
    assert _times(_settled(look, people, stale), people) == _plainly(look, people)


def test_who_could_not_be_made_keeps_what_was_set_aside() -> None:
    one, two = "00" * 32, "ff" * 32
    assert find_near_duplicates({0: one}, {1: (one,)}, DISTANCE) == {1: (one,)}
    assert find_near_duplicates({0: two}, {1: (one,)}, DISTANCE) == {}
