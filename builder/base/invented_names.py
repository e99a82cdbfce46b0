"""Names that nobody bears: what a forgotten face is called instead."""

_GIVEN = ("Ambrose", "Isolde", "Thaddeus", "Ottoline", "Cassius", "Leocadia", "Peregrine", "Zenobia")
_FAMILY = ("Quillfeather", "Marrowby", "Wrenfold", "Harrowgate", "Pennyroyal", "Thistlewick", "Oxenbridge", "Larkspire")


def invented_name(number: int) -> str:
    """The `number`-th invented name. All differ; in a large set they have middle names."""
    rest, given = divmod(number, len(_GIVEN))
    rest, family = divmod(rest, len(_FAMILY))
    names = [_GIVEN[given]]
    while rest:
        rest, middle = divmod(rest, len(_GIVEN))
        names.append(_GIVEN[middle])
    return " ".join([*names, _FAMILY[(family + given) % len(_FAMILY)]])
