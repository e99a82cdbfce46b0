from builder.public_figures import is_public_figure, known_names


def test_real_people_are_recognised_in_any_spelling() -> None:
    for name in ("Angela Merkel", "ANGELA  MERKEL", "Lech Walesa", "lech wałęsa", "Beyonce Knowles", "Sinéad O’Connor"):
        assert is_public_figure(name), name


def test_others_are_not() -> None:
    for name in ("Angela", "Merkel", "Angela Merkel Schmidt", ""):
        assert not is_public_figure(name), name


def test_there_are_many() -> None:
    assert len(known_names()) > 2000
