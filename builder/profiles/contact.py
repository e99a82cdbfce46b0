"""Contact details and a passport number that can belong to nobody.

E-mail hosts are reserved by RFC 2606. Phone numbers lie in ranges that regulators keep for fiction, or, where a
country has none, in ones that its numbering plan cannot assign. A passport number carries a country code that
ISO 3166-1 leaves to users (XA–XZ, QM–QZ) and twelve digits, where ICAO Doc 9303 has room for nine characters.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from random import Random

from builder.profiles import places, sources
from builder.randomness import Permutation

# North America: 555-0100 to 555-0199 of every area code are kept for fiction (ATIS, NANPA).
_US = (
    "201 203 205 206 207 208 209 210 212 213 214 215 216 217 218 224 225 228 229 231 234 239 240 248 251 252 253"
    " 254 256 260 262 267 269 270 276 281 301 302 303 304 305 307 308 309 310 312 313 314 315 316 317 318 319 320"
    " 321 323 325 330 334 336 337 347 351 352 360 361 386 401 402 404 405 406 407 408 409 410 412 413 414 415 417"
    " 419 423 425 432 434 435"
)
_CANADA = (
    "204 226 236 249 250 289 306 343 365 403 416 418 431 437 438 450 506 514 519 548 579 581 587 604 613 639 647"
    " 705 709 778 780 782 807 819 825 867 873 902 905"
)

PHONES: dict[str, tuple[str, ...]] = {
    "en_US": tuple(f"+1 {area}-555-01##" for area in _US.split()),
    "en_CA": tuple(f"+1 {area}-555-01##" for area in _CANADA.split()),
    # Ofcom, numbers for use in television and radio drama.
    "en_GB": (
        "+44 7700 900###",
        "+44 20 7946 0###",
        "+44 1632 960###",
        *(f"+44 {area} 496 0###" for area in (113, 114, 115, 116, 117, 118, 121, 131, 141, 151, 161)),
    ),
    # ComReg, numbers for use in drama.
    "en_IE": ("+353 20 91# ####",),
    # ACMA, numbers for use in creative works.
    "en_AU": tuple(f"+61 {area} {exchange} ####" for area in (2, 3, 7, 8) for exchange in (5550, 7010)),
    # Bundesnetzagentur, numbers for media productions.
    "de_DE": ("+49 30 23125 ###", "+49 69 90009 ###", "+49 40 66969 ###", "+49 221 4710 ###", "+49 89 99998 ###"),
    # Arcep, numbers for audiovisual works.
    "fr_FR": (
        "+33 1 99 00 ## ##",
        "+33 2 61 91 ## ##",
        "+33 3 53 01 ## ##",
        "+33 4 65 71 ## ##",
        "+33 5 36 49 ## ##",
        "+33 6 39 98 ## ##",
    ),
    # Post- och telestyrelsen, numbers for books and films.
    "sv_SE": (
        "+46 31 390 06 ##",
        "+46 40 628 04 ##",
        "+46 8 465 004 ##",
        "+46 980 319 2##",
        *(f"+46 70 174 06 {tens}#" for tens in range(1, 10)),
    ),
    # These have no range for fiction. None of their numbers begins with 0 after the country code: 0 is the prefix of
    # calls within the country, or unused. Four zeros reach nobody even from a phone that takes the first, two or three
    # of them for dialling prefixes, as no country code and no area code begins with 0 either.
    "en_IN": ("+91 0000 ######",),
    "en_KE": ("+254 0000 #####",),
    "es_ES": ("+34 0000 ### ##",),
    "es_MX": ("+52 0000 ######",),
    "pt_BR": ("+55 0000 ######",),
    "nl_NL": ("+31 0000 #####",),
    "pl_PL": ("+48 0000 #####",),
    # Italian landlines keep their 0 in calls from abroad, so 0 would not do. Italian numbers begin with 0 (landlines),
    # 1 (short codes), 3 (mobiles) or 4, 5, 7 and 8 (services); 2 is unassigned. Who takes it for the 02 of Milan
    # written without its 0 reaches nobody either, as no line there begins with 0.
    "it_IT": ("+39 2 00## ####",),
}
"""Phone numbers by locale: each # stands for any digit."""

_PREFIXES = tuple(f"X{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ") + tuple(
    f"Q{letter}" for letter in "MNOPQRSTUVWXYZ"
)


def phones_of(seed: int, locale: str, rank: int, homes: Sequence[str]) -> list[str]:
    """The telephone numbers of a quartet whose members live in `homes`; `rank` counts the locale's quartets before it.

    Nobody else has them while a range lasts: the Swedish one has 490 numbers, and some cities' have a hundred.
    """
    return [
        _phone(seed, places.phone_patterns(locale, home), f"{locale} {home}", rank)
        if located(locale)
        else _phone(seed, places.phone_patterns(locale, home), locale, rank * len(homes) + member)
        for member, home in enumerate(homes)
    ]


def _phone(seed: int, patterns: Sequence[str], name: str, index: int) -> str:
    """Number `index` of those that the patterns allow, in an order of its own."""
    sizes = [10 ** pattern.count("#") for pattern in patterns]
    starts = list(accumulate(sizes, initial=0))
    number = Permutation(starts[-1], seed, f"phones {name}")(index % starts[-1])
    which = bisect_right(starts, number) - 1
    digits = iter(str(number - starts[which]).zfill(patterns[which].count("#")))
    return "".join(next(digits) if letter == "#" else letter for letter in patterns[which])


def email(index: int) -> str:
    """E-mail address `index` of `emails()`: its words have nothing to do with anybody's name."""
    lives = sources.table("lives")
    index, number = divmod(index, 90)
    index, adjective = divmod(index, len(lives["email_adjectives"]))
    host, noun = divmod(index, len(lives["email_nouns"]))
    word = f"{lives['email_adjectives'][adjective]}.{lives['email_nouns'][noun]}{number + 10}"
    return f"{word}@{lives['email_hosts'][host]}"


def emails() -> int:
    """How many e-mail addresses there are."""
    lives = sources.table("lives")
    return 90 * len(lives["email_adjectives"]) * len(lives["email_nouns"]) * len(lives["email_hosts"])


def email_of(seed: int, number: int) -> str:
    """The e-mail address of profile `number`, which no other profile has."""
    return email(Permutation(emails(), seed, "emails")(number))


def address(locale: str, random: Random) -> str:
    """A street address without the city."""
    here = places.place(locale)
    return here.address.format(number=random.randint(1, 160), street=random.choice(here.streets))


def passport_number(random: Random) -> str:
    """A passport number that no country can issue, "XQ 4821 7703 5512"."""
    digits = f"{random.randrange(10**12):012d}"
    return f"{random.choice(_PREFIXES)} {digits[:4]} {digits[4:8]} {digits[8:]}"
