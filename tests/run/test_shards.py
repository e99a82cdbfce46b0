from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.base.records import LETTERS, Portrait, Question, Scene, from_json, to_row
from builder.run import shards
from builder.run.shards import DamagedShard, Failure, Footer

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
QUESTIONS = st.builds(
    Question,
    options=st.lists(TEXT, max_size=4).map(tuple),
    wrong_answers=st.lists(TEXT, max_size=4).map(tuple),
    letter=st.sampled_from(("", *LETTERS)),
    **dict.fromkeys(("id", "profile_id", "fact", "question", "answer", "value"), TEXT),
)
FOOTER = Footer(3, 7, {"code version": 1, "portraits.size": 48}, "0" * 64, (Failure("questions", "00004", "no ink"),))
PORTRAIT = Portrait(
    "00001-test-0", "00001", "test", 0, Scene("a", "b", "c", "d", "e", "f"), 48, 48, "png", "0" * 64, b"\x00\xff"
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(st.lists(QUESTIONS, max_size=5))
def test_records_come_back_as_they_were(tmp_path: Path, questions: list[Question]) -> None:
    shards.write(tmp_path / "0.parquet", Question, questions, FOOTER)
    assert shards.read(tmp_path / "0.parquet", Question) == questions
    assert shards.read_footer(tmp_path / "0.parquet") == FOOTER


def test_records_inside_records_and_bytes_come_back(tmp_path: Path) -> None:
    shards.write(tmp_path / "0.parquet", Portrait, [PORTRAIT], FOOTER)
    assert shards.read(tmp_path / "0.parquet", Portrait) == [PORTRAIT]
    assert from_json(Portrait, to_row(PORTRAIT)) == PORTRAIT


def test_a_shard_of_other_records_is_damaged(tmp_path: Path) -> None:
    shards.write(tmp_path / "0.parquet", Portrait, [PORTRAIT], FOOTER)
    with pytest.raises(DamagedShard, match="does not hold question records"):
        shards.read(tmp_path / "0.parquet", Question)


def test_any_flipped_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "0.parquet"
    portraits = [replace(PORTRAIT, index=number, image=bytes(range(256)) * 3) for number in range(3)]
    shards.write(path, Portrait, portraits, FOOTER)
    whole = path.read_bytes()
    unnoticed = []
    for position in range(0, len(whole), 7):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x20]) + whole[position + 1 :])
        try:
            same = shards.read(path, Portrait) == portraits and shards.read_footer(path) == FOOTER
        except DamagedShard:
            continue
        if not same:
            unnoticed.append(position)
    assert not unnoticed
