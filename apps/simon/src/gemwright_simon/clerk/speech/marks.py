"""Words → items: people, relatives, places, trades, times and the words of the grammar, each the longest that fits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from gemwright_simon.clerk.people import Found, Nobody, fold, resolve
from gemwright_simon.clerk.speech.items import Item, Kinship, Time, years
from gemwright_simon.clerk.speech.kin import said_of
from gemwright_simon.clerk.speech.lexicon import CHATTER, Entry, Lexicon, lexicon
from gemwright_simon.clerk.speech.lore import Lore
from gemwright_simon.clerk.speech.words import POSSESSIVE, Word, split
from gemwright_simon.dates.parse import parse_date
from gemwright_simon.names.distance import within
from gemwright_simon.tree import Tree

__all__ = ["marked"]

_HANDLE: Final = re.compile(r"[A-Za-z]{1,4}\d+")
_MONTHS: Final = {
    name: short
    for short, names in {
        "JAN": "jan january",
        "FEB": "feb february",
        "MAR": "mar march",
        "APR": "apr april",
        "MAY": "may",
        "JUN": "jun june",
        "JUL": "jul july",
        "AUG": "aug august",
        "SEP": "sep sept september",
        "OCT": "oct october",
        "NOV": "nov november",
        "DEC": "dec december",
    }.items()
    for name in names.split()
}
_CENTURIES: Final = {
    "sixteenth": "16th",
    "seventeenth": "17th",
    "eighteenth": "18th",
    "nineteenth": "19th",
    "twentieth": "20th",
}
_PARTICLES: Final = frozenset(
    "von van de der den del della di da du le la los las zu zum zur ten ter bin ibn al el af av".split()
)
_SURE: Final = frozenset({"", "exact", "folded", "part"})
_ONLY_LIKE: Final = frozenset({"sounds like", "spelt like"})
_NO_TYPOS: Final = frozenset(
    "welding weeding bother bothers burned gravel patent patents sitter sifter sitters worked farther relate elated nursery"
    " cousine message massage manage carriage courage average teaches preaches reacher batch catch match patch watch".split()
)
_LETTERED: Final = frozenset("b d m".split())
_COMES: Final = frozenset({"come from", "came from"})
_NO_ADVERBS: Final = frozenset(
    {
        "family",
        "early",
        "only",
        "italy",
        "july",
        "homely",
        "elderly",
        "daily",
        "likely",
        "jointly",
        "separately",
        "newly",
    }
)
_EVERY: Final = frozenset({"any", "every", "all", "which"})
_GREAT: Final = frozenset({"great", "gt", "gr8"})
_LONGEST_NAME: Final = 8
_LONGEST_PLACE: Final = 6


def marked(text: str, tree: Tree, lore: Lore) -> list[Item]:
    """Return the items of a question, what is said for company left out."""
    words = _spelt(split(text, lexicon().words), lore)
    return _sourced([one for one in _Marker(words, tree, lore).items() if one.kind != CHATTER])


def _sourced(items: list[Item]) -> list[Item]:
    """Read `where does the birth date come from` as a question for the source."""
    other = any(one.kind in ("BIRTH", "DEATH", "MARRY", "BURIAL") and one.text not in _COMES for one in items)
    if not other:
        return items
    found = [replace(one, kind="SOURCE") if one.text in _COMES and one.kind == "WHERE" else one for one in items]
    return [one for one in found if not (one.text in _COMES and one.kind == "BIRTH")]


def _spelt(words: Sequence[Word], lore: Lore) -> list[Word]:
    """Put right what is mistyped of the closed vocabulary; words of the tree's own are never touched."""
    known = lexicon()
    fixed: list[Word] = []
    for word in words:
        low = word.low
        if word.mark or low in known.words or low == POSSESSIVE or low in _MONTHS or any(c.isdigit() for c in low):
            fixed.append(word)
        elif (word.large and not word.first) or lore.knows(low) or lore.knows(low.removesuffix("s")):
            fixed.append(word)
        else:
            meant = known.typos.get(low) or _nearest(low, known)
            fixed.append(replace(word, low=meant, text=meant, large=False) if meant else word)
    return fixed


def _nearest(low: str, known: Lexicon) -> str:
    """Return the one word of the vocabulary that a word is a slip of, or an empty text."""
    if len(low) < 4 or low in _NO_TYPOS:
        return ""
    found = [word for word in known.words if _slip(low, word)]
    return found[0] if len(found) == 1 else ""


def _slip(low: str, word: str) -> bool:
    if len(word) < 4 or low[0] != word[0] or within(low, word, 1) is None:
        return False
    swapped = len(low) == len(word) and sorted(low) == sorted(word)
    doubled = len(low) != len(word) and len(word) >= 5
    return swapped or doubled or len(word) >= 6


class _Marker:
    def __init__(self, words: Sequence[Word], tree: Tree, lore: Lore) -> None:
        self._words = words
        self._lows = [one.low for one in words]
        self._said = ["s" if one == POSSESSIVE else one for one in self._lows]
        self._tree = tree
        self._lore = lore
        self._lexicon = lexicon()
        self._made: list[Item] = []

    def items(self) -> list[Item]:
        at = 0
        while at < len(self._words):
            end, items = self._next(at)
            self._made += items
            at = end
            self._born_as()
        return self._made

    def _born_as(self) -> None:
        """Read `Anna Weil n\u00e9e Roth`: the given names with the name of birth, where the tree has that."""
        made = self._made
        if (
            len(made) < 3
            or [one.kind for one in made[-3:]] != ["PERSON", "SURNAME", "PERSON"]
            or made[-2].text not in ("nee", "born as")
        ):
            return
        given = made[-3].text.split()
        for names in (given[:-1], given):
            text = " ".join([*names, made[-1].text])
            found = self._found(text)
            if names and found.handles and found.why in _SURE:
                made[-3:] = [Item("PERSON", text=text, found=found)]
                return

    def _next(self, at: int) -> tuple[int, list[Item]]:
        word = self._words[at]
        if word.low == POSSESSIVE:
            return at + 1, [Item("POSS", text="'s")]
        if word.mark:
            return at + 1, [Item("MARK", word.low, word.low)]
        handle = word.text if self._tree.person(word.text) is not None else word.text.upper()
        if _HANDLE.fullmatch(word.text) and self._tree.person(handle) is not None:
            before = self._made[-1] if self._made else None
            if before is not None and before.found is not None and handle in before.found.handles:
                self._made.pop()  # "Anna Weil [I12]" is one person
            return at + 1, [Item("PERSON", text=word.text, found=Found((handle,), word.text))]
        after_in = next((one.kind in ("IN", "FROM") for one in reversed(self._made) if one.kind != CHATTER), False)
        if (
            re.fullmatch(r"\w{3,}ly", word.low)
            and not self._lore.knows(word.low)
            and word.low not in self._lexicon.words | _NO_ADVERBS
        ):
            return at + 1, [Item(CHATTER, text=word.low)]
        said = None if self._initial(at) else self._lexicon.match(self._said, at)
        reach = said[0] if said else at
        for read in (
            self._when,
            self._kin,
            *((self._place, self._name) if after_in else (self._name, self._place)),
            self._trade,
        ):
            found = read(at, reach)
            if found is not None:
                return found
        if said is not None:
            return reach, [
                Item(one.symbol, one.value, " ".join(self._lows[at:reach]), kin=self._kinship(one, at, reach))
                for one in said[1]
            ]
        return self._unknown(at, after_in)

    def _initial(self, at: int) -> bool:
        """Tell whether a single letter is not the `b.`, `d.` or `m.` of a date."""
        following = self._lows[at + 1] if at + 1 < len(self._lows) else "."
        return self._lows[at] in _LETTERED and (
            self._words[at].large or not (following in ".?:" or following.isdigit())
        )

    # Times and numbers

    def _when(self, at: int, reach: int) -> tuple[int, list[Item]] | None:
        low, rest = self._lows[at], self._lows[at + 1 : at + 4]
        low = _CENTURIES.get(low, low)
        century = re.fullmatch(r"(\d\d)(?:st|nd|rd|th)", low)
        if century and rest[:1] in (["century"], ["centuries"]):
            first = (int(century[1]) - 1) * 100
            return at + 2, [_time(years(first + 1, first + 100, f"in the {low} century"))]
        if re.fullmatch(r"\d{3}0s", low):
            return at + 1, [_time(_decade(int(low[:-1])))]
        if re.fullmatch(r"1\d\d\d|20\d\d|[5-9]\d\d", low):
            if low.endswith("0") and rest[:1] == [POSSESSIVE]:
                return at + 2, [_time(_decade(int(low)))]
            if rest[:1] == ["-"] and re.fullmatch(r"\d{4}", rest[1] if len(rest) > 1 else ""):
                return at + 3, [Item("SPAN", f"{low}-{rest[1]}", f"{low}-{rest[1]}")]
            return at + 1, [_time(years(int(low), int(low), f"in {low}"))]
        if low == "christmas":
            for end in range(at + 1, min(at + 5, len(self._lows))):
                if re.fullmatch(r"1\d\d\d|20\d\d", self._lows[end]):
                    born = bool({"baby", "child", "babe"} & set(self._lows[at:end]))
                    day = _day(f"25 DEC {self._lows[end]}")
                    return end + 1, [Item("BIRTH", text="born"), day] if born else [day]
        return self._day_of_month(at) or self._number(at)

    def _day_of_month(self, at: int) -> tuple[int, list[Item]] | None:
        plain = [
            (place, one)
            for place in range(at, min(at + 7, len(self._lows)))
            if (one := self._lows[place]) not in ("of", "the", ",", ".")
        ]
        lows = [one for _, one in plain][:3]
        days = [re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", one) for one in lows]
        isyear = [bool(re.fullmatch(r"1\d\d\d|20\d\d", one)) for one in lows]
        if plain and plain[0][0] != at:
            return None
        if len(lows) == 3 and days[0] and lows[1] in _MONTHS and isyear[2]:
            return plain[2][0] + 1, [_day(f"{days[0][1]} {_MONTHS[lows[1]]} {lows[2]}")]
        if len(lows) == 3 and lows[0] in _MONTHS and days[1] and isyear[2]:
            return plain[2][0] + 1, [_day(f"{days[1][1]} {_MONTHS[lows[0]]} {lows[2]}")]
        if len(lows) >= 2 and lows[0] in _MONTHS and isyear[1]:
            return plain[1][0] + 1, [_day(f"{_MONTHS[lows[0]]} {lows[1]}")]
        return None

    def _number(self, at: int) -> tuple[int, list[Item]] | None:
        low = self._lows[at]
        return (at + 1, [Item("NUM", low, low)]) if re.fullmatch(r"\d{1,3}", low) else None

    # Relatives

    def _kin(self, at: int, reach: int) -> tuple[int, list[Item]] | None:
        greats, end = 0, at
        times = re.fullmatch(r"(\d+)x", self._lows[at])
        if times and self._lows[at + 1 : at + 2] and self._lows[at + 1] in _GREAT:
            greats, end = int(times[1]), at + 2
        while end < len(self._lows) and self._lows[end] in (*_GREAT, "grand", "-"):
            greats += self._lows[end] != "-"
            end += 1
        if not greats or end >= len(self._lows) or reach > end + 1:
            return None
        said = self._lexicon.match(self._said, end)
        if said is None or said[1][0].symbol != "KIN":
            return None
        relation, _, sex = said[1][0].value.partition(" ")
        base = {
            "grandparents": ("ancestors", 2),
            "grandchildren": ("descendants", 2),
            "parents": ("ancestors", 1),
            "children": ("descendants", 1),
            "aunts_uncles": ("aunts_uncles", 0),
            "nieces_nephews": ("nieces_nephews", 0),
        }.get(relation)
        if base is None:
            return None
        text = " ".join(self._lows[at : said[0]])
        many = self._lows[said[0] - 1].endswith(("s", "children", "kids"))
        kin = Kinship(
            f"{base[0]}@{base[1] + greats}", sex, text.replace("great ", "great-").replace("grand ", "grand"), many
        )
        return said[0], [Item("KIN", relation, text, kin=kin)]

    def _kinship(self, entry: Entry, at: int, reach: int) -> Kinship | None:
        if entry.symbol != "KIN":
            return None
        relation, _, sex = entry.value.partition(" ")
        said = " ".join(self._lows[at:reach])
        last = self._lows[reach - 1]
        many = last not in ("missus", "sis", "issue", "other half") and (
            last.endswith(("s", "children", "kids", "wives", "offspring", "brood", "progeny", "ancestry", "brethren"))
            or "s in law" in said
            or " and " in said
            or " or " in said
            or (" removed" in said and "cousins" in said)
        )
        many = many or said in ("issue", "in laws")
        return Kinship(
            relation, sex, said_of(relation, sex, said, many=many), many, home=said in self._lexicon.home, word=said
        )

    # Names, places, trades

    def _name(self, at: int, reach: int) -> tuple[int, list[Item]] | None:
        words = self._words
        if not self._nameable(at):
            return None
        end = at + 1
        while end < len(words) and end - at < _LONGEST_NAME and self._goes_on(end):
            end += 1
        if self._strange(end):
            return self._plural(at) or self._misspelt(at, end)
        turned = self._turned(at) if end == at + 1 else None
        if turned is not None:
            return turned
        lacking = self._lacking(at, end)
        if lacking is not None:
            return end, [lacking]
        for stop in range(end, at, -1):
            if stop - at < 2 and reach > at + 1:
                return None
            text = " ".join(one.text for one in words[at:stop])
            found = self._found(text)
            if found.handles and found.why in _SURE:
                # A trade that stands as a name in front: "the Baker Richard" is no case of ours.
                every = (
                    stop - at == 1 and at > 0 and self._lows[at - 1] in _EVERY and self._lore.surname(self._lows[at])
                )
                if every:
                    return stop, [Item("PERSON", "surname", every, found=Found((), every), many=True)]
                return stop, [Item("PERSON", text=text, found=found)]
        return self._plural(at)

    def _turned(self, at: int) -> tuple[int, list[Item]] | None:
        """Read `Weil, Anna Maria`: the surname first, as lists and registers have it."""
        if not self._lore.surname(self._lows[at]) or at + 2 >= len(self._words) or self._lows[at + 1] != ",":
            return None
        end = at + 2
        while end < len(self._words) and end - at < _LONGEST_NAME and self._goes_on(end):
            end += 1
        for stop in range(end, at + 2, -1):
            text = " ".join([*(one.text for one in self._words[at + 2 : stop]), self._words[at].text])
            found = self._found(text)
            if found.handles and found.why in _SURE:
                return stop, [Item("PERSON", text=text, found=found)]
        return None

    def _lacking(self, at: int, end: int) -> Item | None:
        """Return a full name that nobody has, though its surname is known: its given names alone mean somebody else."""
        if end - at < 3 or not self._lore.surname(self._lows[end - 1]) or not self._words[end - 1].large:
            return None
        text = " ".join(one.text for one in self._words[at:end])
        found = self._found(text)
        if found.handles and found.why not in _ONLY_LIKE:
            return None
        missing = f"Nobody called {text} is in this tree, or the record is private."
        return Item("PERSON", text=text, found=Found((), text, missing=missing))

    def _nameable(self, at: int) -> bool:
        word = self._words[at]
        known = word.low in self._lexicon.alone or word.low in _MONTHS
        if word.mark or not word.low[:1].isalpha():
            return False
        if not self._lore.name_word(word.low):
            stem = word.low.removesuffix("s")
            return not known and (word.low in _PARTICLES or (stem != word.low and self._lore.name_word(stem)))
        if not known:
            return True
        return word.large and (
            not word.first
            or (at + 1 < len(self._words) and self._words[at + 1].large and self._lore.name_word(self._lows[at + 1]))
        )

    def _goes_on(self, at: int) -> bool:
        word = self._words[at]
        if word.mark or word.low == POSSESSIVE:
            return False
        if word.low in _PARTICLES:
            return at + 1 < len(self._words) and self._lore.name_word(self._lows[at + 1])
        return self._lore.name_word(word.low) and (word.large or word.low not in self._lexicon.alone)

    def _found(self, text: str) -> Found:
        """Return whom a name means, small letters or not."""
        words = (one if one in _PARTICLES else one[:1].upper() + one[1:] for one in text.split())
        return replace(resolve(self._tree, " ".join(words), Nobody()), text=text)

    def _strange(self, at: int) -> bool:
        """Tell whether a name goes on with a word that neither the tree nor the vocabulary knows."""
        if (
            at >= len(self._words)
            or self._words[at].mark
            or self._lows[at] == POSSESSIVE
            or not self._lows[at].isalpha()
        ):
            return False
        low = self._lows[at]
        return not (low in self._lexicon.words or low in _MONTHS or self._lore.knows(low))

    def _misspelt(self, at: int, end: int) -> tuple[int, list[Item]] | None:
        """Read a name with a word that is not the tree's: spelt another way, or of nobody here."""
        stop = end + 1
        while (
            stop < len(self._words)
            and stop - at < _LONGEST_NAME
            and (self._goes_on(stop) or self._strange(stop))
            and self._words[stop].large
        ):
            stop += 1
        text = " ".join(one.text for one in self._words[at:stop])
        found = self._found(text)
        if found.handles:
            return stop, [Item("PERSON", text=text, found=found)]
        if self._words[at].large and self._words[end].large:
            missing = f"Nobody called {text} is in this tree, or the record is private."
            return stop, [Item("PERSON", text=text, found=Found((), text, missing=missing))]
        known = " ".join(one.text for one in self._words[at:end])
        found = self._found(known)
        return (end, [Item("PERSON", text=known, found=found)]) if found.handles and found.why in _SURE else None

    def _plural(self, at: int) -> tuple[int, list[Item]] | None:
        """Read `the Weils`, `Lewinskis` and `girards husband`: a surname or the end of a name with an s too much."""
        words = self._words
        end = at + 1
        while end < len(words) and self._goes_on(end):
            end += 1
        if (
            end < len(words)
            and not words[end].mark
            and words[end].low.removesuffix("s") != words[end].low
            and not self._lore.name_word(words[end].low)
            and self._lore.name_word(words[end].low.removesuffix("s"))
            and self._lore.name_word(words[at].low)
        ):
            end += 1
        last = words[end - 1]
        stems = [last.low.removesuffix("es"), last.low.removesuffix("s")]
        for stem in dict.fromkeys(stems):
            if stem == last.low or not self._lore.name_word(stem):
                continue
            if end - at == 1 and self._lore.surname(stem):
                surname = self._lore.surname(stem)
                following = self._lexicon.match(self._said, end) if end < len(words) else None
                if not (
                    following and following[1][0].symbol in ("KIN", "WHEN", "WHERE", "BIRTH", "DEATH", "NAME", "WORK")
                ):
                    return end, [Item("PERSON", "surname", surname, found=Found((), surname), many=True)]
            text = " ".join([*(one.text for one in words[at : end - 1]), last.text[: len(stem)]])
            found = self._found(text)
            if found.handles and found.why in _SURE:
                return end, [Item("PERSON", text=text, found=found), Item("POSS", text="'s")]
        return None

    def _place(self, at: int, reach: int) -> tuple[int, list[Item]] | None:
        if self._words[at].mark:
            return None
        for stop in range(min(at + _LONGEST_PLACE, len(self._words)), at, -1):
            pieces = [fold(one) for one in " ".join(self._lows[at:stop]).split(" , ")]
            if stop < at + 2 and self._lows[at] in self._lexicon.alone and not self._words[at].large:
                return None
            if all(pieces) and all(self._lore.place(one) for one in pieces):
                text = ", ".join(self._lore.place(one) for one in pieces)
                return stop, [Item("PLACE", text, text)]
        return None

    def _trade(self, at: int, reach: int) -> tuple[int, list[Item]] | None:
        for stop in range(min(at + 4, len(self._words)), max(at, reach - 1), -1):
            trade = self._lore.trade(" ".join(self._lows[at:stop]))
            if trade and not (stop - at == 1 and self._lows[at] in self._lexicon.alone):
                return stop, [Item("JOB", trade, " ".join(self._lows[at:stop]))]
        return None

    def _unknown(self, at: int, after_in: bool) -> tuple[int, list[Item]]:
        """Read what nothing knows: a name or a place that the tree has not, or a word without meaning here."""
        words = self._words
        end = at
        while end < len(words) and not words[end].mark and words[end].low != POSSESSIVE and end - at < _LONGEST_NAME:
            low = words[end].low
            new = low not in self._lexicon.words and not low[:1].isdigit()
            if not (new or (words[end].large and self._lore.name_word(low))) or (
                low in _PARTICLES and end + 1 >= len(words)
            ):
                break
            if (
                end > at
                and words[at].large
                and not (words[end].large or low in _PARTICLES or self._lore.name_word(low))
            ):
                break
            end += 1
        end = max(end, at + 1)
        run = words[at:end]
        text = " ".join(one.text for one in run)
        named = all(one.large or one.low in _PARTICLES for one in run) and run[0].large
        if after_in and named:
            return end, [Item("PLACE", text, text, also=("unknown",))]
        known_part = any(self._lore.name_word(one.low) for one in run)
        if len(run) > 1 and (named or known_part):
            found = self._found(text)
            if found.handles:
                return end, [Item("PERSON", text=text, found=found)]
        if named and (len(run) > 1 or not run[0].first):
            found = Found((), text, missing=f"Nobody called {text} is in this tree, or the record is private.")
            if len(run) == 1:
                near = self._found(text)
                found = near if near.handles else found
            return end, [Item("PERSON", text=text, found=found)]
        return at + 1, [Item("UNKNOWN", words[at].low, words[at].text)]


def _time(time: Time) -> Item:
    return Item("TIME", text=time.said, time=time)


def _decade(first: int) -> Time:
    # The 1800s are ten years here, as everywhere in the clerk, which says so.
    return years(first, first + 9, f"in the {first}s" + (f" (to {first + 9})" if first % 100 == 0 else ""))


def _day(text: str) -> Item:
    date = parse_date(text)
    return Item(
        "TIME", text=text, time=Time(date.earliest, date.latest, f"on {text}" if text[0].isdigit() else f"in {text}")
    )
