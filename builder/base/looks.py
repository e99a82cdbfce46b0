"""The closed vocabularies of how people look: profiles draw an appearance from them, and the offline painter draws each
word of them.
"""

from builder.base.records import Gender

SKIN_TONES = ("porcelain", "fair", "light", "beige", "olive", "tan", "brown", "dark brown", "deep brown")
FACE_SHAPES = ("oval", "round", "square", "heart-shaped", "long", "diamond-shaped")
HAIR_COLOURS = ("black", "dark brown", "brown", "light brown", "blonde", "auburn", "red", "grey", "white")
HAIR_STYLES: dict[Gender, tuple[str, ...]] = {
    "female": (
        "long straight hair", "long wavy hair", "shoulder-length bob", "short pixie cut", "curly hair",
        "hair in a bun", "ponytail", "braided hair", "afro",
    ),
    "male": (
        "short cropped hair", "side-parted hair", "curly hair", "slicked-back hair", "bald head", "buzz cut",
        "medium-length wavy hair", "receding hair", "afro",
    ),
}  # fmt: skip
ALL_HAIR_STYLES = tuple(dict.fromkeys(HAIR_STYLES["female"] + HAIR_STYLES["male"]))
EYE_SHAPES = ("almond-shaped", "round", "hooded", "monolid", "upturned", "downturned")
EYE_COLOURS = ("brown", "dark brown", "hazel", "green", "blue", "grey")
FACIAL_HAIR = ("none", "stubble", "moustache", "goatee", "short beard", "full beard")
GLASSES = ("none", "round glasses", "rectangular glasses", "cat-eye glasses", "half-rim glasses")
MARKS = (
    "freckles", "a mole on the left cheek", "a mole on the right cheek", "a mole above the lip", "dimples",
    "a small scar on the chin", "a scar through the left eyebrow",
)  # fmt: skip
