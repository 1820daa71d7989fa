"""Forty palettes, made by hand for dark rooms and bright screens: four colours from dark to light, and one accent.

The four carry a picture's light and shade; the accent is for a few things at a time. The words say what a palette is for.
"""

from __future__ import annotations

from gemwright import UsageProblem
from gemwright_visualizer.records import Palette

__all__ = ["PALETTES", "moods_of", "palette_named"]

_ROWS = """
ember        #120b0d #5a1a1c #c4552d #f3d9b1 #ff9a3d  fierce energetic warm urgent bold
lagoon       #06141b #0f4c5c #3fa7a0 #dff3e4 #ff8a5b  calm dreamy fresh hopeful serene
dusk         #15122b #4a3a6b #b0718c #f6d8c6 #ffb35c  nostalgic wistful romantic tender dreamy
nocturne     #080b16 #22305c #6a86c4 #e3e9f7 #f4c95d  melancholy lonely calm night mysterious
moss         #0e1410 #33492f #8a9a5b #eee8c9 #e2673a  earthy grounded calm warm hopeful
bone         #171512 #57493a #b39b79 #f4ecdd #d8412f  raw honest intimate serene grounded
signal       #0b0b0d #3b3d44 #9aa0a8 #f2f3f0 #ff3b30  bold urgent tense fierce mechanical
ultraviolet  #0d0820 #3e1f8a #8f6bff #e9e1ff #3df2c0  euphoric electric futuristic energetic playful
coral        #1c1016 #7a2f46 #ee7c6b #fde7d6 #3fb8af  playful romantic joyful warm tender
arctic       #0a131c #30566e #8fbdd0 #f3f8f8 #f26d50  cold serene lonely clear hopeful
saffron      #17100a #6b3f14 #d9952b #fbeecb #3d7bd9  joyful triumphant warm bold hopeful
plum         #140a17 #4b1f4f #a4578f #f4d9e6 #f0b53e  sensual romantic mysterious dreamy wistful
graphite     #0c0d10 #2f343c #7d8792 #e9ebec #7fd1ff  cold mechanical tense calm dark
terracotta   #1a1110 #6d3529 #c8795a #f5e3d0 #4f9d8f  earthy warm nostalgic grounded intimate
aurora       #061018 #134e4a #4fc48f #e4f9d7 #b57bff  euphoric dreamy mysterious hopeful electric
noir         #080808 #3f3832 #8c8073 #efe8dc #c9a24a  mysterious dark tense melancholy sensual
sakura       #1d1218 #70404f #d793a1 #fcecea #6f9f6a  tender romantic hopeful fresh wistful
cobalt       #060a1e #163a9a #4f86f7 #e6eefc #ffb020  bold triumphant energetic electric clear
rust         #130e0c #57301f #a96b43 #e8d6bd #5fb0c4  raw nostalgic grounded lonely earthy
orchid       #12091a #5b2a86 #c467c9 #fbe1f3 #7be0ff  euphoric playful sensual dreamy electric
pine         #08120f #1f4a3d #6c9c86 #e9f0e0 #f0a35e  calm grounded serene honest fresh
copper       #0f0f12 #43353a #b0765a #f3dcc6 #66c7b4  sensual warm nostalgic mysterious intimate
mint         #0b1716 #27605a #83cbb0 #f2faf0 #f56a79  fresh joyful playful clear hopeful
crimson      #12070a #6b0f24 #d33c4a #f9dcd2 #f2c14e  fierce sensual dark urgent triumphant
indigo       #0b0a1f #2f2b6e #7673c9 #e6e3f6 #ff7d6b  wistful melancholy dreamy night romantic
sandstorm    #19140e #6e5130 #cda665 #f7ecd2 #3f8596  lonely raw grounded tense earthy
neonrain     #070a12 #1d2f4f #3f8fb5 #dcf0f2 #ff3d81  night electric tense futuristic urgent
meadow       #101508 #465a1c #a9b94a #f5f4d3 #e0529c  joyful fresh playful hopeful earthy
cathedral    #0c0a12 #37264d #8c5a73 #e9cfa6 #5aa7d6  triumphant mysterious serene dark nostalgic
glacier      #07151a #1e4a58 #64a5b5 #e2f2f3 #f3d250  cold clear calm serene lonely
velvet       #16060f #54123a #a93a6b #f5cfd9 #55c2c9  sensual romantic dark bold fierce
harvest      #150f07 #5d4312 #bb8a2a #f4e6bd #a83f39  nostalgic warm earthy honest triumphant
static       #0a0a0a #404040 #a3a3a3 #f5f5f5 #c8ff2e  mechanical raw futuristic tense bold
deepsea      #030d14 #0b3a4f #2a7f8e #c9ece3 #f7705e  mysterious calm dark lonely dreamy
candle       #120c08 #4a2a14 #bb8534 #f7dca6 #86b6d9  intimate tender warm honest nostalgic
tropic       #0c1216 #14595b #27b39a #fbf0c6 #ff5d73  joyful playful energetic fresh euphoric
mercury      #0b0d14 #353f57 #8b9bb8 #eef1f6 #ff8f3f  futuristic clear cold mechanical triumphant
wine         #130a0c #4a1e26 #93505a #ecd4c4 #8fae5d  intimate melancholy wistful sensual honest
solar        #140a04 #7a2b06 #e8761a #ffe9b8 #4cc9c0  euphoric energetic fierce triumphant joyful
paperblue    #0e1726 #34517a #8fa9c9 #f4efe3 #e4572e  honest clear intimate hopeful wistful
"""


def _read() -> tuple[tuple[Palette, ...], dict[str, tuple[str, ...]]]:
    palettes: list[Palette] = []
    moods: dict[str, tuple[str, ...]] = {}
    for row in _ROWS.strip().splitlines():
        name, c1, c2, c3, c4, accent, *words = row.split()
        palettes.append(Palette(name, c1, c2, c3, c4, accent))
        moods[name] = tuple(words)
    return tuple(palettes), moods


PALETTES, _MOODS = _read()
_BY_NAME = {palette.name: palette for palette in PALETTES}


def palette_named(name: str) -> Palette:
    """Return a built-in palette.

    Raises:
        UsageProblem: there is none of this name.
    """
    known = _BY_NAME.get(name.strip().casefold())
    if known is None:
        raise UsageProblem("there is no such palette", hint="one of: " + ", ".join(_BY_NAME))
    return known


def moods_of(name: str) -> tuple[str, ...]:
    """Return the words that a built-in palette is for; empty for one that is not built in."""
    return _MOODS.get(name, ())
