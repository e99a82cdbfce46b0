"""Terse biographies: a sentence for each fact."""

from random import Random

from builder.base.records import Profile
from builder.llm.offline_writer import OfflineWriter
from builder.llm.writer import WriterSpec


class TerseWriter(OfflineWriter):
    """Lists the facts in a drawn order; words questions as the bundled grammar does."""

    def biography(self, profile: Profile, stream: Random) -> str:
        """A text that states every fact of the profile."""
        facts = stream.sample(profile.facts, len(profile.facts))
        listed = " ".join(f"The {fact.key.replace('_', ' ')} is {fact.value}." for fact in facts)
        return f"This is {profile.name}. {listed}"


TERSE = WriterSpec(what="biographies that only list the facts", open=lambda run, recipe, laws: TerseWriter())
