"""What a released text may be: the one place that says so, for writers, laws, verify, audits and exports.

A text is plain: letters of its language and what names need, common punctuation, one line where a line is asked, no
markup, no formula, no order to a model, no letter of an option. Whoever takes in a text from outside brings it into its
`normal` form first and then asks for its `faults`.
"""

import functools
import re
import unicodedata
from collections.abc import Callable, Iterator, Set
from typing import Literal

Language = Literal["en", "zh"]
Fault = tuple[str, str]
"""The kind of fault, in a word or two to count it by, and what to tell whoever wrote the text."""

LANGUAGE: Language = "en"
"""The language that benchmarks are written in."""

_NAMES: dict[Language, str] = {"en": "English", "zh": "Chinese"}

MOST_CHARACTERS = 320
"""Characters of one line."""

_TYPOGRAPHY = frozenset("–—‘’“”…·°×₂ªº№")
_CHINESE_SIGNS = frozenset("。，、；：？！（）《》〈〉「」『』【】〇々～")
_LATIN = ((0xC0, 0x24F), (0x1E00, 0x1EFF))
"""Letters with accents. Beyond them lie phonetic and mathematical letters that only look like Latin ones."""
_HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2F7FF), (0x30000, 0x323AF))
_MARKUP_SIGNS = re.compile(r"[<>\\{}\[\]`~^|*#]")
"""Signs that no sentence, name or value needs, and that mean something in HTML, Markdown, LaTeX or a template."""

_MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]()#+!|&~-])")

_SPACES = dict.fromkeys((0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_HYPHENS = dict.fromkeys((0x2010, 0x2011, 0x2212, 0xFE63, 0xFF0D), "-")
_QUOTES = {**dict.fromkeys(map(ord, "‘’ʼ′＇"), "'"), **dict.fromkeys(map(ord, "“”„″＂"), '"')}
_LOOK_ALIKES = {**_SPACES, **_HYPHENS}
_NORMAL: dict[Language, dict[int, str]] = {"en": {**_LOOK_ALIKES, **_QUOTES}, "zh": _LOOK_ALIKES}

_MARKUP = re.compile(r"&#?\w+;|\bhttps?://|\bwww\.|(?<![^\W_])_[^\W_][^_\n]*_(?![^\W_])|___|\$[^\s\d$][^$\n]*\$")
_ITEM = re.compile(r"^(?:[-•·–—] |\d{1,2}[.)] )", re.MULTILINE)
_NUMBER = re.compile(r"[+-]?[\d(][\d ().,/-]*")
_FORMULA_SIGNS = frozenset("=+-@")
_MARKUP_HAS = (";", "://", "www.", "_", "$")
"""What `_MARKUP` finds holds one of these. Nearly every text holds none, which is seen much faster than searched."""
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.?!]{0,40}\b(?:instruction|prompt|rule|message|direction)s?\b"
    r"|\bas an? (?:ai|artificial intelligence|(?:large )?language model|assistant)\b"
    r"|\byou are (?:now )?(?:an? )?(?:ai|chatgpt|claude|assistant|(?:large )?language model)\b"
    r"|\b(?:system|developer) (?:prompt|message)\b"
    r"|^\s*(?:system|assistant|user|human)\s*:"
    r"|\bi(?:'m| am) sorry,? (?:but )?i can(?:no|')t\b|\bi can(?:no|')t (?:help|assist|comply|write)\b"
    r"|忽略(?:以上|之前|前面|先前|所有)[^。！？]{0,20}(?:指令|提示|规则|要求)|作为一?个?(?:人工智能|语言模型|AI)",
    re.IGNORECASE | re.MULTILINE,
)
_ORDER_HAS = (
    *("instruction", "prompt", "rule", "message", "direction", "as a ai", "as an ai", "artificial intelligence"),
    *("language model", "assistant", "you are ", ":", "can't", "cannot"),
)
"""What `_ORDER` finds holds one of these in small letters, as for `_MARKUP_HAS`."""
_LETTER = re.compile(
    r"\b(?i:answer|option|choice|letter)\b(?i:\s+is)?\s*:?\s*[\"'(]?[A-D](?![\w'+-]|\.\w| (?:positive|negative)\b)"
    r"|(?:^|\s)\(?[A-D]\)(?:\s|[.:,]|$)|^[A-D][.:]\s|选项\s*[A-D]|答案(?:是|为|：)\s*[A-D](?![+-])"
)
"""A+ and B negative are blood types."""
_LETTER_HAS = ("answer", "option", "choice", "letter", ")")
"""What `_LETTER` finds holds one of these in small letters, or has a full stop or colon as its second sign."""
_UNSUSPICIOUS = re.compile(r"[A-Za-z][A-Za-z0-9 ,?!'\"/%&-][A-Za-z0-9 ,.?!'\"/%&-]*(?<! )")
_SUSPICIOUS = re.compile("|".join(part for part in (*_MARKUP_HAS, *_ORDER_HAS, *_LETTER_HAS) if part[0].isalpha()))
"""Three texts of four are of these signs alone and hold none of these words in small letters: no rule is about them."""
_OTHER_SCRIPT = frozenset("忽作选答\u0130\u0131\u017f\u212a")
"""Where the Chinese parts of both begin, and the signs that stand for i, s and k where case is ignored."""
_WORD = re.compile(r"[^\W_]+")

_ENGLISH_WORDS = """
a an the is are was were be been has have had does did do of in on at to for from by with as and or that this these
those which what who whom whose where when how name state give tell identify his her him their its he she they one it
not would will can could s than any other per more most shown here below following up between
"""
_FOREIGN_WORDS = """
der die das den dem ein eine und ist war wurde welche welcher welches wer wie wo von mit für nicht auf le la les un une
des du est était qui que quel quelle où et dans pour avec sur el los las una es era fue qué cuál quién dónde y en con
por para del al se su il lo gli che di è nel nella per chi quale dove o os da no na em qual quem onde foi het een van
wat welke waar jest był gdzie jaki która i w z och som vad var är
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_FOREIGN = frozenset(_FOREIGN_WORDS.split()) - _ENGLISH
_FEW_WORDS = 7


def normal(text: str, language: Language = LANGUAGE) -> str:
    """`text` with composed accents and plain spaces, hyphens and quotation marks, without white space around it."""
    return unicodedata.normalize("NFC", text.translate(_NORMAL[language])).strip(" \n")


def printed(text: str) -> str:
    """`text` as a message may show it: on one line, with the number of what cannot be printed in its place."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else " " if sign in "\r\n\t" else f"<U+{ord(sign):04X}>" for sign in text)


def in_markdown(text: str) -> str:
    """`text` as Markdown that renders nothing of it but the text itself."""
    return _MARKDOWN_SIGNS.sub(r"\\\1", text)


def line_faults(text: str, language: Language = LANGUAGE, needed: str = "") -> Iterator[Fault]:
    """What is wrong with a text that stands on one line, its language aside; it may hold the letters of `needed`."""
    if not text.strip():
        yield "empty", "a text was empty"
    elif len(text) > MOST_CHARACTERS or "\n" in text:
        yield "length", f"it must be one line of at most {MOST_CHARACTERS} characters"
    else:
        yield from _faults(text, language, needed)


def paragraph_faults(text: str, language: Language = LANGUAGE) -> Iterator[Fault]:
    """What is wrong with a text of some paragraphs, its language and length aside."""
    if not text.strip():
        yield "empty", "a text was empty"
    else:
        yield from _faults(text, language)


def value_faults(text: str, language: Language = LANGUAGE) -> Iterator[Fault]:
    """What is wrong with a name or value, which code wrote: a letter such as "B" may stand for itself there."""
    yield from (fault for fault in line_faults(text, language) if fault[0] != "option letter")


def sentence_faults(text: str, own: Set[str], language: Language = LANGUAGE, needed: str = "") -> Iterator[Fault]:
    """What is wrong with a line that is a sentence: as `line_faults`, and its language; `own` is as for `is_in`."""
    yield from line_faults(text, language, needed)
    if text.strip() and not is_in(language, text, own):
        yield "language", f"write plain {_NAMES[language]}: '{printed(text)}'"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take a cell for something to work out; a number or a telephone number is none."""
    return text[:1] in _FORMULA_SIGNS and not _NUMBER.fullmatch(text)


def is_in(language: Language, text: str, own: Set[str] = frozenset()) -> bool:
    """Whether a text is plausibly in `language`; `own` are the folded words of names and values, which tell nothing."""
    return _is_english(text, own) if language == "en" else _is_chinese(text, own)


@functools.lru_cache(maxsize=4096)
def belongs(sign: str, language: Language = LANGUAGE) -> bool:
    """Whether a text in `language` may hold a sign: its own letters, Latin ones for names, common punctuation."""
    code = ord(sign)
    if code < 0x7F:
        return code >= 0x20 or sign == "\n"
    if any(first <= code <= last for first, last in _LATIN):
        return sign.isalpha() and sign == unicodedata.normalize("NFKC", sign)
    if sign in _TYPOGRAPHY or unicodedata.category(sign) == "Sc":
        return True
    return language == "zh" and (sign in _CHINESE_SIGNS or (sign.isalpha() and _is_han(sign)))


def _faults(text: str, language: Language, needed: str = "") -> Iterator[Fault]:
    if _UNSUSPICIOUS.fullmatch(text) and not _SUSPICIOUS.search(text.lower()):
        return
    if needed and not text.isascii():
        text = text.translate({ord(sign): "x" for sign in needed if sign.isalpha() and not belongs(sign, language)})
    for kind, find in _RULES:
        found = find(text, language)
        if found:
            yield kind, found
            return


def _strange_sign(text: str, language: Language) -> str:
    if text.isascii() and text.isprintable() and text == text.strip():
        return ""
    for sign in text:
        if not belongs(sign, language):
            name = unicodedata.name(sign, "a sign without a name").lower()
            return f"it contains U+{ord(sign):04X} ({name}), which plain text does not use: '{printed(text)}'"
    if text != normal(text, language):
        return f"it is not normalised (composed accents, plain spaces, hyphens, quotes): '{printed(text)}'"
    return ""


def _markup(text: str, _: Language) -> str:
    marked = _MARKUP_SIGNS.search(text) or (_holds(text, _MARKUP_HAS) and _MARKUP.search(text))
    if not marked and not _ITEM.search(text):
        return ""
    return f"write plain text without markup, links, lists or placeholders: '{printed(text)}'"


def _formula(text: str, _: Language) -> str:
    return f"it begins like a spreadsheet formula: '{printed(text)}'" if is_formula(text) else ""


def _order(text: str, _: Language) -> str:
    if _in_plain_letters(text) and not _holds(text.lower(), _ORDER_HAS):
        return ""
    return f"it speaks to or as a language model: '{printed(text)}'" if _ORDER.search(text) else ""


def _option_letter(text: str, _: Language) -> str:
    if _in_plain_letters(text) and text[1:2] not in (".", ":") and not _holds(text.lower(), _LETTER_HAS):
        return ""
    return f"it names the letter of an option: '{printed(text)}'" if _LETTER.search(text) else ""


def _in_plain_letters(text: str) -> bool:
    return text.isascii() or _OTHER_SCRIPT.isdisjoint(text)


def _holds(text: str, parts: tuple[str, ...]) -> bool:
    return any(map(text.__contains__, parts))


_RULES: tuple[tuple[str, Callable[[str, Language], str]], ...] = (
    ("strange sign", _strange_sign),
    ("formula", _formula),
    ("markup", _markup),
    ("order", _order),
    ("option letter", _option_letter),
)
"""Each rule returns what to tell, or nothing."""


def _is_english(text: str, own: Set[str]) -> bool:
    """A line of a few words need not hold a telling one; a longer text does."""
    told = [word for word in _WORD.findall(text.casefold()) if word not in own or word in _ENGLISH]
    english = sum(map(_ENGLISH.__contains__, told))
    foreign = sum(map(_FOREIGN.__contains__, told))
    strange = 0 if text.isascii() else sum(not word.isascii() for word in told)
    if foreign > english or 3 * strange > len(told):
        return False
    return len(told) <= _FEW_WORDS or 6 * english >= len(told)


def _is_chinese(text: str, own: Set[str]) -> bool:
    """Most letters outside names and values are Han."""
    for phrase in own:
        text = re.sub(re.escape(phrase), "", text, flags=re.IGNORECASE)
    letters = [sign for sign in text if sign.isalpha()]
    han = sum(map(_is_han, letters))
    return 2 * han >= len(letters) and (han > 0 or not letters)


def _is_han(sign: str) -> bool:
    return any(first <= ord(sign) <= last for first, last in _HAN)
