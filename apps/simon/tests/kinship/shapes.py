"""Small families for the kinship tests: written out by hand, or drawn at random from a seed.

A family is `(name, partners, children)`; a child may be `"x"` or `("x", "adopted")`. Random ones marry kin, remarry,
adopt, have parents who are not known, and now and then a loop that no real family has.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

Child = str | tuple[str, str]


class Shape:
    """A list of families that kinship can read as if it were a tree."""

    def __init__(self, families: Sequence[tuple[str, Sequence[str], Sequence[Child]]], sexes: str = "") -> None:
        """Take families, and sexes as `a:M b:F`; whoever is not named there is of unknown sex."""
        self.families = [
            (name, tuple(partners), [child if isinstance(child, tuple) else (child, "birth") for child in children])
            for name, partners, children in families
        ]
        self.known = dict(pair.split(":") for pair in sexes.split())
        people = [*(person for _, partners, _ in self.families for person in partners)]
        people += [child for _, _, children in self.families for child, _ in children]
        self.people = list(dict.fromkeys(people))

    def sexes(self) -> Iterator[tuple[str, str]]:
        """List everybody with their sex."""
        return ((person, self.known.get(person, "U")) for person in self.people)

    def links(self) -> Iterator[tuple[str, str, str, str]]:
        """List all ties."""
        for name, partners, children in self.families:
            for partner in partners:
                yield name, "partner", partner, "married"
            for child, kind in children:
                yield name, "child", child, kind


def random_shape(seed: int, people: int, *, loops: int = 0) -> Shape:
    """Draw a family of several generations in which kin marry, remarry and adopt."""
    chance = random.Random(seed)
    generations: list[list[str]] = [[f"p{number}" for number in range(max(4, people // 6))]]
    families: list[tuple[str, list[str], list[Child]]] = []
    made = len(generations[0])
    while made < people:
        pool = generations[-1] + (generations[-2][: len(generations[-2]) // 4] if len(generations) > 1 else [])
        chance.shuffle(pool)
        born: list[str] = []
        pairs = list(zip(pool[::2], pool[1::2], strict=False))
        pairs += [(one, chance.choice(pool)) for one, _ in pairs[: len(pairs) // 4]]  # second marriages
        for one, other in pairs:
            if chance.random() < 0.35:  # somebody from elsewhere
                other, made = f"p{made}", made + 1
            partners = [one] if one == other or chance.random() < 0.1 else [one, other]
            children: list[Child] = []
            for _ in range(chance.choice((0, 1, 2, 2, 3, 4))):
                children.append(f"p{made}")
                born.append(f"p{made}")
                made += 1
            if born and chance.random() < 0.12:
                children.append((chance.choice(born), chance.choice(("adopted", "foster", "step"))))
            families.append((f"f{len(families)}", partners, children))
        if not born:
            break
        generations.append(born)
    for _ in range(loops):
        family = chance.choice(families)
        family[2].append(chance.choice(family[1]) if chance.random() < 0.3 else f"p{chance.randrange(made // 3)}")
    sexes = " ".join(f"p{number}:{chance.choice('MMMFFFU')}" for number in range(made))
    return Shape(families, sexes)
