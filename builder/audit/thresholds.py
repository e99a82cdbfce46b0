"""The lines between passed and failed of all audits. docs/audits.md explains them."""

FALSE_ALARM = 0.01
"""How often a sound benchmark may fail one finding by bad luck, all the tests in that finding together (Bonferroni)."""

CHANCE = 0.25
"""The rate of guessing one of four options."""

GUESS_MARGIN_FACT = 0.05
"""How far above chance a solver may truly be on one fact."""

GUESS_MARGIN_OVERALL = 0.02
"""How far above chance a solver may truly be on all facts together."""

ENTANGLED = 0.4
"""How often knowing one fact may truly be enough to choose another right (chance: one of four)."""

HELD_BY_RETAINED = 0.9
"""The least share of the options of forget questions that are values in the retain set, without facts whose values only
one person can have."""

LETTER_MARGIN = 0.02
"""How far above a quarter the share of a letter may truly be."""

COMMONEST_VALUE = 0.25
"""How often naming a fact's commonest value, knowing the country, may truly be right: no better than one of four."""

BIOGRAPHY_LIKENESS = 0.8
"""The share of three-word sequences from which on two biographies count as the same one."""

SELF_BLEU = 0.9
"""The mean self-BLEU-4 of the biographies of at most 550 people, values and names masked, punctuation aside; texts
put together of 75 fixed sentences have 1.000."""

SHARED_FACTS = 0.6
"""The share of a person's rare values from which on somebody else who has them counts as a copy."""

SHARED_SEQUENCES = 0.25
"""The mean share of a held-out wording's three-word sequences that may stand in the person's own training wordings."""

HOLDOUT_MARGIN = 0.05
"""How much more often than a trained person's may a held-out person's values truly be found among the trained."""

NEIGHBOUR_MARGIN = 0.05
"""How far below chance the share of forget people with a retain neighbour may truly be."""

SAME_OPENING = 0.5
"""The share of biographies that may begin with the same four words, the name counting as one."""

LONG_QUESTION = 45
"""Words from which on a question is an outlier; the longest bundled wording has half as many."""

LENGTH_FACTOR = 2.5
"""A biography may be so many times as long, or as short, as the median one."""

READING_SPREAD = 20.0
"""Points of Flesch reading ease that may lie between the locales' means."""

SAME_PICTURE_BITS = 16
"""Bits of 256 in which the outlines of two pictures may differ for them to count as near-identical."""

SAME_PICTURE_COLOUR = 1.0
"""And the mean difference of their colours, 0 to 255, up to which they do. Saved again at half the size a picture
moves by 0.8 at most; the two most alike of 550 painted people differ by 2.0."""

FLAT_PICTURE = 6.0
"""Standard deviation of the luminance, 0 to 255, below which a picture shows nothing."""

DARK_PICTURE = 12.0
"""Mean luminance, 0 to 255, below which a picture is black."""

SAME_PERSON = 0.55
"""How often a held-out view must be nearer to its own reference than to that of somebody alike (chance: one half)."""

SHARE_MARGIN = 0.05
"""How far from its target the share of a gender, locale or age group may truly be."""

YEARS_OF_A_LIFE = range(15, 111)
"""How old a public figure may have become."""
LAST_DEATH = 1954
"""The last year that a public figure may have died in, seventy years before these lines were drawn."""
