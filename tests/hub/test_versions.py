import pytest

from builder.base.errors import CallError
from builder.hub.versions import Version, parse_tags
from builder.release.diff import Change


@pytest.mark.parametrize(
    ("change", "following"), [(Change.SCHEMA, "2.0.0"), (Change.CONTENT, "1.3.0"), (Change.CARD, "1.2.4")]
)
def test_what_changed_says_which_version_follows(change: Change, following: str) -> None:
    assert str(Version(1, 2, 3).after(change)) == following


def test_versions_are_ordered_as_numbers() -> None:
    assert parse_tags(["v1.10.0", "main", "v1.9.0", "v2", "1.0.0", "v01.0.0"]) == [Version(1, 9, 0), Version(1, 10, 0)]


@pytest.mark.parametrize("text", ["1", "1.0", "1.0.0-rc1", "one", "01.0.0", ""])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(CallError, match="three numbers"):
        Version.parse(text)
