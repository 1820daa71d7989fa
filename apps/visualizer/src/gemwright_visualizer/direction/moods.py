"""The twenty-four moods: how one is guessed from numbers, and the words, things and colours that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gemwright_visualizer.direction.lots import lot_of

__all__ = ["MOODS", "THEMES", "Tone", "mood_of", "story_of"]


@dataclass(frozen=True, slots=True)
class Tone:
    """What belongs to a mood.

    Attributes:
        themes: names of `THEMES` that suit it.
        colours: words by which the palettes are asked.
        light: how it is lit.
        story: what a section in this mood tells; `{thing}` is the thing to be seen.
    """

    themes: tuple[str, ...]
    colours: str
    light: str
    story: str


MOODS: Final[dict[str, Tone]] = {
    "calm": Tone(("water", "sky"), "calm serene", "soft morning light", "{thing} at rest"),
    "tense": Tone(
        ("machine", "city"),
        "tense urgent",
        "hard side light",
        "{thing}, about to break",
    ),
    "bright": Tone(("sky", "garden"), "clear fresh", "clear noon sun", "{thing} in full light"),
    "dark": Tone(("forest", "room"), "dark", "one lamp in the dark", "{thing} half seen"),
    "warm": Tone(("room", "desert"), "warm", "low golden sun", "{thing} close by"),
    "cold": Tone(("ice", "sky"), "cold", "pale winter light", "{thing} under frost"),
    "wild": Tone(("fire", "desert"), "fierce electric", "flickering light", "{thing} breaks loose"),
    "tender": Tone(("garden", "room"), "tender", "window light", "{thing} held gently"),
    "proud": Tone(("stone", "city"), "triumphant bold", "light from below", "{thing} stands tall"),
    "sad": Tone(("water", "room"), "melancholy", "grey rain light", "{thing} left behind"),
    "hopeful": Tone(("sky", "garden"), "hopeful", "first light of day", "{thing} comes back"),
    "angry": Tone(("fire", "machine"), "fierce urgent", "red alarm light", "{thing} strikes"),
    "dreamy": Tone(("sky", "water"), "dreamy", "haze and glow", "{thing} floats away"),
    "lonely": Tone(("city", "ice"), "lonely", "a street lamp", "{thing}, nobody near"),
    "playful": Tone(("garden", "room"), "playful", "studio light", "{thing} at play"),
    "grand": Tone(("stone", "sky"), "triumphant", "beams through dust", "{thing}, vast"),
    "fierce": Tone(("fire", "stone"), "fierce bold", "hard back light", "{thing} charges"),
    "serene": Tone(("water", "garden"), "serene", "even soft light", "{thing} barely moves"),
    "mysterious": Tone(("forest", "ice"), "mysterious", "fog and moonlight", "{thing} hides something"),
    "joyful": Tone(("garden", "sky"), "joyful", "bright sun flare", "{thing} dances"),
    "restless": Tone(("city", "machine"), "urgent night electric", "passing headlights", "{thing} never stops"),
    "nostalgic": Tone(("room", "desert"), "nostalgic", "faded afternoon sun", "{thing}, remembered"),
    "hypnotic": Tone(("machine", "water"), "electric futuristic euphoric", "slow neon pulse", "{thing} repeats"),
    "triumphant": Tone(("stone", "fire"), "triumphant energetic", "blazing back light", "{thing} rises"),
}

THEMES: Final[dict[str, tuple[str, ...]]] = {
    "water": (
        "a still lake", "rain on a window", "a paper boat", "waves at night", "a lone swimmer", "a wet street",
        "a waterfall", "a glass of water", "a jellyfish", "a pier in fog",
    ),
    "sky": (
        "a kite", "birds leaving", "clouds from above", "a balloon", "a comet", "a plane's trail", "dawn over roofs",
        "a radio mast", "a ladder into clouds", "the moon by day",
    ),
    "city": (
        "an empty crossing", "lit windows", "a night bus", "a roof terrace", "a tram in rain", "neon in a puddle",
        "a stairwell", "a bridge at night", "a phone box", "scaffolding",
    ),
    "forest": (
        "a path between firs", "a fallen tree", "a deer", "moss on stones", "a lantern", "roots", "an owl",
        "a hut with one light", "a black pond", "mushrooms",
    ),
    "desert": (
        "a dune's edge", "a dusty road", "a water tower", "a dry tree", "a caravan", "a shadow at noon", "a canyon",
        "tracks in sand", "a mirage", "a motel sign",
    ),
    "fire": (
        "a match", "sparks at night", "a burning field", "molten glass", "a bonfire", "a torch run", "embers",
        "a flare", "a furnace door", "fireworks",
    ),
    "ice": (
        "a frozen river", "breath in cold air", "an icicle", "snow on wires", "a ship in ice", "a frosted leaf",
        "a glacier's edge", "northern lights", "a ski track", "a snow globe",
    ),
    "machine": (
        "turning gears", "a radio", "a train wheel", "cables", "a lathe", "a crane", "a lit dial", "a press",
        "a loom", "a robot's hand",
    ),
    "room": (
        "an open door", "a chair by a window", "a record player", "a curtain in wind", "an old photograph",
        "a lamp", "a mirror", "a set table", "a clock", "a hand on a wall",
    ),
    "garden": (
        "an opening flower", "a swing", "bees", "an apple", "a greenhouse", "washing on a line", "a fountain",
        "a hedge maze", "a picnic cloth", "petals in wind",
    ),
    "stone": (
        "a tower", "a mountain ridge", "a statue's face", "steps upward", "an arch", "a cathedral floor",
        "cliffs", "a column's shadow", "a monolith", "a lighthouse",
    ),
}  # fmt: skip
"""Concrete things to see, by theme; a film keeps to two themes."""

_TABLE: Final[dict[tuple[int, int, bool], tuple[str, ...]]] = {
    # energy 0 to 2, brightness 0 to 2, minor
    (0, 0, True): ("sad", "lonely", "dark"),
    (0, 1, True): ("lonely", "mysterious", "sad"),
    (0, 2, True): ("cold", "mysterious", "dreamy"),
    (0, 0, False): ("warm", "tender", "nostalgic"),
    (0, 1, False): ("calm", "serene", "tender"),
    (0, 2, False): ("serene", "hopeful", "dreamy"),
    (1, 0, True): ("dark", "tense", "mysterious"),
    (1, 1, True): ("restless", "hypnotic", "tense"),
    (1, 2, True): ("dreamy", "hypnotic", "cold"),
    (1, 0, False): ("nostalgic", "warm", "proud"),
    (1, 1, False): ("hopeful", "playful", "warm"),
    (1, 2, False): ("bright", "playful", "hopeful"),
    (2, 0, True): ("angry", "fierce", "dark"),
    (2, 1, True): ("wild", "fierce", "restless"),
    (2, 2, True): ("wild", "hypnotic", "triumphant"),
    (2, 0, False): ("grand", "proud", "triumphant"),
    (2, 1, False): ("triumphant", "joyful", "grand"),
    (2, 2, False): ("joyful", "bright", "triumphant"),
}


def mood_of(energy: float, brightness: float, minor: bool, seed: int, label: str = "") -> str:
    """Return the mood of a section by the table of energy, brightness and mode.

    Args:
        energy: 0 to 1.
        brightness: 0 to 1.
        minor: whether the section sounds minor.
        seed: chooses among neighbours in the table.
        label: sections of one label get the same choice.
    """
    cell = (_third(energy), _third(brightness), minor)
    return lot_of("mood", seed, label).choices(_TABLE[cell], (3, 2, 1))[0]


def _third(value: float) -> int:
    return 0 if value < 0.38 else 1 if value < 0.68 else 2


def story_of(mood: str, thing: str) -> str:
    """Return a line of at most twenty words for a mood and the thing that is seen."""
    return MOODS[mood].story.format(thing=thing)
