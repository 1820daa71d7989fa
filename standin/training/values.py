"""Seeded values of every kind that arguments may have, out of the words of `training.words`."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Final

from training.words import Words, capital, for_tests

__all__ = ["SCRIPTS", "Draw"]

_LETTERS: Final[dict[str, str]] = {
    "accents": "äöüéèêñçßøåłžđáíóúýãõœčšřťůőűğışïëàì" + "ÄÖÜÉÈÑÇØÅŁŽÁÍÓÚŠŘ" + "abcdefghilmnoprstu" * 2,
    "kana": "".join(chr(code) for code in (*range(0x3042, 0x3094), *range(0x30A2, 0x30F5))),
    "hangul": "가나다라마바사아자차카타파하한국어서울부산대구인천광주김이박최정강조윤"
    "장임문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변",
    "cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕКЛМНОПРСТ",
    "greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώΑΒΓΔΕΚΛΜΝΟΠΣΤ",
    "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأإ",
    "hebrew": "אבגדהוזחטיכלמנסעפצקרשתםןףץך",
    "cjk": "".join(chr(code) for code in range(0x4E00, 0x4E00 + 5000, 3)),
    "thai": "กขคงจฉชซญดตถทธนบปผฝพฟภมยรลวศษสหอฮะาเแโไ",
    "devanagari": "अआइईउऊएऐओऔकखगघचछजझटठडढणतथदधनपफबभमयरलवशषसहािीुूेैोौ्",
}
_EMOJI: Final = (
    "😀 😃 🎉 🚀 ⭐ ✅ ❌ 🔥 💡 📦 🐛 🌍 🌧 ☀️ ❤️ 👍 👍🏽 👋🏿 "
    "👩‍💻 👨‍👩‍👧 👨‍👩‍👧‍👦 🏳️‍🌈 🧑🏻‍🚀 👩🏾‍🍳 🇩🇪 🇯🇵 🇧🇷 🐈 🐕‍🦺 🍕 🎵 ♻️ ⚙️ 🗂️ 🧪 1️⃣ 🔒 ✈️ ☕ 🏔️"
).split()
_PUNCTUATION: Final = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_TYPOGRAPHY: Final = (
    "\u2013\u2014\u201c\u201d\u2018\u2019\u201e\xab\xbb\u2026\xb7\u2022\u2192\xb0\u20ac\xa3\xbd\xb2\xd7\xa9\xa7\xbf\xa1"
)
SCRIPTS: Final = tuple(_LETTERS)
"""Names of the alphabets that values may be in, beside English."""
_STATEMENTS: Final = (
    "SELECT {a} FROM {b}",
    "SELECT * FROM {b} WHERE {a} = {n}",
    "SELECT {a}, {c} FROM {b} WHERE {c} = '{a}' ORDER BY {a} LIMIT {n}",
    "INSERT INTO {b} ({a}, {c}) VALUES ({n}, '{c}')",
    "UPDATE {b} SET {a} = {n} WHERE id = {m};",
    "DELETE FROM {b} WHERE {a} >= {n} AND {c} <> '{b}'",
    "SELECT COUNT(*) FROM {b}",
    "CREATE TABLE {b} (id INTEGER PRIMARY KEY, {a} TEXT)",
    "select {a} from {b} where {c} like '%{a}%'",
    "SELECT {a}, COUNT(*) AS n FROM {b} GROUP BY {a} HAVING COUNT(*) > {n}",
)


class Draw(Words):
    """Draws words, names and values.

    Args:
        source: where chance comes from.
        test: whether names and values are those that the tests keep for themselves.
    """

    def __init__(self, source: random.Random, test: bool = False) -> None:
        super().__init__(source, test)
        self.kinds: dict[str, Callable[[], object]] = {
            "city": self.city,
            "person": self.person,
            "title": self.title,
            "phrase": self.phrase,
            "long": self.long,
            "sentence": self.sentence,
            "ident": self.ident,
            "date": self.date,
            "datetime": self.datetime,
            "time": self.time,
            "word": self.word,
            "nonce": self.nonce,
            "email": self.email,
            "url": self.url,
            "path": self.path,
            "integer": self.integer,
            "signed": self.signed,
            "number": self.number,
            "decimal": self.decimal,
            "year": self.year,
            "grouped": self.grouped,
            "numeral": self.numeral,
            "timezone": self.timezone,
            "script": self.script,
            "accents": self.accents,
            "emoji": self.emoji,
            "symbols": self.symbols,
            "code": self.code,
            "sql": self.sql,
            "json": self.json,
            "slug": self.slug,
            "ref": self.ref,
            "caps": self.caps,
            "digits": self.digits,
            "mixed": self.mixed,
            "color": self.color,
            "handle": self.handle,
            "glob": self.glob,
            "command": self.command,
            "lines": self.lines,
            "query": self.query,
            "prompt": self.prompt,
            "text": self.text,
            "name": self.name,
            "place": self.place,
            "money": self.money,
            "phone": self.phone,
            "version": self.version,
            "symbol": self.symbol,
            "host": self.host,
            "key": self.key,
            "column": self.column,
            "lang": self.lang,
        }

    def value(self, kind: str) -> object:
        """Return a value of a kind, from four characters on only one of this side of the split."""
        make = self.kinds[kind]
        value = make()
        for _ in range(100):
            text = str(value)
            if len(text) < 4 or for_tests(text) == self.test:
                break
            value = make()
        return value

    def title(self) -> str:
        """Return one to five words."""
        text = self.words(self.whole(1, 5))
        return capital(text) if self.chance(0.5) else text

    def phrase(self) -> str:
        """Return two to twelve words."""
        return self.words(self.whole(2, 12))

    def long(self) -> str:
        """Return eight to thirty words, sometimes with marks between them."""
        text = self.words(self.whole(8, 30))
        if self.chance(0.4):
            text = "".join(
                mark + (self.one((",", ".", ";", ":", " -")) if self.chance(0.12) else "") + " "
                for mark in text.split(" ")
            )
        return text.strip()

    def sentence(self) -> str:
        """Return a sentence."""
        text = capital(self.words(self.whole(3, 14)))
        if self.chance(0.3):
            text = text.replace(" ", self.one((", ", " - ", ": ")), 1)
        return text + self.one((".", ".", "!", "?", "", "..."))

    def lines(self) -> str:
        """Return two or three lines."""
        return "\n".join(self.words(self.whole(1, 5)) for _ in range(self.whole(2, 3)))

    def ident(self) -> str:
        """Return an identifier."""
        kind = self.whole(0, 9)
        if kind == 0:
            return self.one("ABCDEFGHIKLMNPRSTUVWXZ") + str(self.whole(1, 9999))
        if kind == 1:
            return self.nonce()[:3].upper() + "-" + str(self.whole(10, 99999))
        if kind == 2:
            return "".join([self.one("abcdef0123456789") for _ in range(self.one((4, 6, 7, 8, 8, 12, 16, 32, 40)))])
        if kind == 3:
            return self.word() + "-" + str(self.whole(1, 99))
        if kind == 4:
            return str(self.whole(1000, 99999999))
        if kind == 5:
            return self.word() + "_" + self.word()
        if kind == 6:
            return "-".join("".join([self.one("abcdef0123456789") for _ in range(n)]) for n in (8, 4, 4, 4, 12))
        if kind == 7:
            return self.nonce().upper() + self.one(("_", "-", "", ".")) + str(self.whole(0, 999))
        if kind == 8:
            return "".join(
                [self.one("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789") for _ in range(self.whole(5, 14))]
            )
        return self.one("#@") + self.word()

    def date(self) -> str:
        """Return a date."""
        return f"{self.whole(1700, 2035)}-{self.whole(1, 12):02d}-{self.whole(1, 28):02d}"

    def datetime(self) -> str:
        """Return a moment."""
        return self.date() + "T" + self.time() + self.one((":00Z", "Z", "", ":00+02:00", ":30"))

    def time(self) -> str:
        """Return a time of day."""
        return f"{self.whole(0, 23):02d}:{self.one((0, 15, 30, 45, self.whole(0, 59))):02d}"

    def email(self) -> str:
        """Return an address for mail."""
        name = self.word() + self.one(("", "." + self.word(), str(self.whole(1, 99)), "_" + self.word()))
        return f"{name}@{self.word()}{self.one(('.com', '.org', '.net', '.example', '.de', '.co.uk'))}"

    def path(self) -> str:
        """Return the path of a file or folder."""
        names = "/".join(self.word() for _ in range(self.whole(1, 4)))
        end = self.one((".txt", ".md", ".csv", ".json", ".py", ".log", ".yaml", ".tar.gz", ".PNG", "", "", "/"))
        return self.one(("", "/", "/", "./", "../", "~/", "/srv/")) + names + end

    def url(self) -> str:
        """Return a web address."""
        tail = self.one(
            (
                "",
                "/" + self.word(),
                f"/{self.word()}/{self.whole(1, 999)}",
                f"/{self.word()}?{self.word()}={self.word()}",
                "/#" + self.word(),
            )
        )
        return (
            self.one(("https://", "https://", "http://", "https://www."))
            + self.word()
            + self.one((".com", ".org", ".example", ".io"))
            + tail
        )

    def integer(self) -> int:
        """Return a whole number above zero."""
        return self.whole(
            *self.one(((1, 9), (1, 30), (10, 100), (100, 999), (1000, 9999), (10000, 9999999), (10**8, 10**13)))
        )

    def signed(self) -> int:
        """Return a whole number of either sign."""
        number = self.integer()
        return -number if self.chance(0.65) else self.one((0, number, number))

    def year(self) -> int:
        """Return a year."""
        return self.whole(1500, 2035)

    def number(self) -> float:
        """Return a number with a fraction."""
        return self.one(
            (
                round(self._chance() * 10, 1),
                round(self._chance() * 100, 1),
                round(self._chance() * 1000, 2),
                round(0.01 + self._chance(), 3),
            )
        )

    def decimal(self) -> float:
        """Return a number with a fraction, of either sign."""
        number = round(0.01 + self._chance() * 10 ** self.whole(0, 5), self.whole(1, 6))
        return -number if self.chance(0.55) else number

    def grouped(self) -> str:
        """Return a number with separators of thousands, as text."""
        text = f"{self.whole(1000, 10 ** self.whole(4, 10)):,}"
        if self.chance(0.4):
            text += self.one((".", ".", ",")) + f"{self.whole(0, 99):02d}"
        if self.chance(0.3):
            text = self.one(
                (text.replace(",", "."), text.replace(",", " "), text.replace(",", "'"), "-" + text, "+" + text)
            )
        return self.one(("", "", "", "$", "€", "EUR ")) + text + self.one(("", "", "", " USD", " km", "%"))

    def numeral(self) -> str:
        """Return a number that stays text, with its sign."""
        return self.one(
            (
                str(self.signed()),
                str(self.decimal()),
                f"+{self.integer()}",
                f"{self.whole(0, 999):05d}",
                f"{self.number()}%",
                f"{self.whole(1, 9)}e{self.whole(-9, 12)}",
                f"{self.whole(1, 9)}.{self.whole(0, 20)}.{self.whole(0, 20)}",
                f"0x{self.whole(16, 99999):x}",
                f"{self.whole(1, 99)}/{self.whole(2, 99)}",
            )
        )

    def timezone(self) -> str:
        """Return a name like those of time zones."""
        return self.city().split()[0].strip(",") + "/" + self.city().replace(" ", "_")

    def script(self, name: str = "") -> str:
        """Return words in another script.

        Args:
            name: one of `SCRIPTS`; any of them when empty.
        """
        letters = _LETTERS[name or self.one(SCRIPTS)]
        while True:
            words = ["".join([self.one(letters) for _ in range(self.whole(1, 8))]) for _ in range(self.whole(1, 4))]
            text = self.one((" ", " ", "", "・", "-")).join(words) if name in ("kana", "cjk") else " ".join(words)
            if for_tests(text) == self.test:
                return text

    def accents(self) -> str:
        """Return words with accents."""
        return self.script("accents")

    def emoji(self) -> str:
        """Return emoji, alone or after words."""
        marks = "".join(self.one(_EMOJI) for _ in range(self.whole(1, 5)))
        return self.one((marks, marks, self.title() + " " + marks, marks + " " + self.word()))

    def symbols(self) -> str:
        """Return words among punctuation."""
        out: list[str] = []
        for _ in range(self.whole(1, 6)):
            out.append(self.word() if self.chance(0.7) else str(self.whole(0, 999)))
            out.append(
                "".join(self.one(_PUNCTUATION) for _ in range(self.one((1, 1, 2, 3))))
                if self.chance(0.85)
                else self.one(_TYPOGRAPHY)
            )
            out.append(self.one(("", " ", " ")))
        return (self.one(("", self.one(_PUNCTUATION))) + "".join(out)).strip()

    def code(self) -> str:
        """Return a line or some lines of code."""
        a, b, c, n = self.word(), self.word(), self.word(), self.whole(0, 999)
        return self.one(
            (
                f"{a}({b}, {n})",
                f"def {a}({b}):\n    return {b} + {n}",
                f"for (let {a[0]} = 0; {a[0]} < {n}; {a[0]}++) {{ {b}({a[0]}); }}",
                f"{a}.{b}(x => x.{c} === {n})",
                f"if {a} != {n}: {b}['{c}'] = \"{a}\"",
                f"#include <{a}.h>\nint main() {{ return {n}; }}",
                f'print(f"{{{a}}} {b}")',
                f"{a} = [{n}, {n + 1}]; {b} |= {c} & 0x{n:x}",
                f"<div class='{a}'>{b}</div>",
                f"^{a}[a-z]+\\.{b}$",
                f"let {a}: Vec<{b}> = vec![{n}];",
                f"{a}\t{b}\n{c}\t{n}",
            )
        )

    def command(self) -> str:
        """Return a command of a shell."""
        a, b = self.word(), self.word()
        return self.one(
            (
                f"ls -la {self.path()}",
                f"git {a} --{b}",
                f"echo '{a} {b}' > {self.path()}",
                f"{a} | grep -i {b}",
                f"{a} && {b} -n {self.whole(1, 99)}",
                f"cd {self.path()}; {a}",
                f"curl -s {self.url()}",
            )
        )

    def sql(self) -> str:
        """Return a statement of SQL."""
        a, b, c, n = self.word(), self.word(), self.word(), self.whole(0, 9999)
        return self.one(_STATEMENTS).format(a=a, b=b, c=c, n=n, m=n + 1)

    def json(self) -> str:
        """Return JSON as text."""
        a, b = self.word(), self.word()
        value = self.one(
            (
                {a: b},
                {a: self.whole(0, 999), b: True},
                [a, b, self.whole(0, 99)],
                {a: {b: None}},
                {a: [self.number()], b: ""},
                [],
            )
        )
        return json.dumps(value, separators=self.one(((",", ":"), (", ", ": "))))

    def slug(self) -> str:
        """Return words joined by one mark."""
        return self.one("-_.-/").join(self.word() for _ in range(self.whole(2, 4)))

    def ref(self) -> str:
        """Return a name like those of branches."""
        return self.one(
            (
                "main",
                "develop",
                self.word(),
                f"feature/{self.word()}",
                f"fix/{self.word()}-{self.whole(1, 999)}",
                f"release-{self.whole(0, 9)}.{self.whole(0, 20)}",
                f"v{self.whole(0, 9)}.{self.whole(0, 20)}.{self.whole(0, 20)}",
                f"{self.word()}-{self.word()}",
            )
        )

    def handle(self) -> str:
        """Return a short name of an owner, or of an owner and what they own."""
        return self.one(
            (
                self.word(),
                self.word() + "-" + self.word(),
                self.word() + str(self.whole(1, 99)),
                capital(self.word()),
                self.word() + "_" + self.word(),
            )
        )

    def caps(self) -> str:
        """Return capitals."""
        return self.one(" _-").join(self.word().upper() for _ in range(self.whole(1, 3)))

    def digits(self) -> str:
        """Return many digits."""
        return str(self.whole(10**6, 10 ** self.whole(8, 20)))

    def mixed(self) -> str:
        """Return pieces of several kinds."""
        kinds = ("word", "signed", "symbols", "script", "emoji", "ident", "grouped", "date", "nonce", "caps")
        return " ".join(str(self.value(self.one(kinds))) for _ in range(self.whole(2, 4)))

    def color(self) -> str:
        """Return a colour as six hexadecimal digits."""
        return f"#{self.whole(0, 0xFFFFFF):06x}"

    def glob(self) -> str:
        """Return a pattern of file names."""
        return self.one(
            (
                f"*.{self.word()[:3]}",
                f"**/*.{self.word()[:2]}",
                f"{self.word()}*",
                f"{self.word()}/**",
                f"*{self.word()}*",
            )
        )

    def query(self) -> str:
        """Return what one types into a search, without marks."""
        a, b, c = (self.word() for _ in range(3))
        return self.one(
            (
                a, f"{a} {b}", f"{a} {b}", f"{a} {b} {c}", f"{a} {b} {c}", self.words(self.whole(3, 8)),
                f"history of the {a} {b}",
                f"how to {a} a {b}", f"best {a} {b}", f"new {a} {b}", f"{a} and {b}", f"{a} of {b}", f"{a} for {b} {c}",
                f"what is a {a} {b}", f"{a} {b} {self.year()}", f"{capital(a)} {b}", f"why {a} {b}",
                f"cheap {a} near {self.city()}",
            )
        )  # fmt: skip

    def prompt(self) -> str:
        """Return the description of a picture."""
        a, b, c, d = (self.word() for _ in range(4))
        return self.one(
            (
                f"a {a} {b}", f"a {a} {b} in the {c}", f"an old {a} with a {b}", f"{a} {b} at night, {c} style",
                f"the {a} of a {b}",
                f"two {a}s and a {b} under {c} {d}", f"a {a} {b} on a {c} {d}", f"{a} {b}, {c} {d}",
                f"a watercolour of {a} {b}",
            )
        )  # fmt: skip

    def text(self) -> str:
        """Return a message as people write it."""
        a, b, c, d = (self.word() for _ in range(4))
        first = self.one(
            (
                f"The {a} is {b}", f"Please {a} the {b} before {c}", f"{capital(a)} {b} at {self.time()}", f"Fix the {a} {b}",
                f"I will {a} the {b} with {self.person()}", f"{capital(a)} is ready",
                f"We need {self.whole(2, 60)} {a} for the {b}",
                f"Thanks for the {a} {b}", f"Can somebody {a} the {b}?", f"{capital(a)} and {b} are {c}",
                capital(self.words(self.whole(2, 12))),
                f"no {a} today", f"call the {a}", f"{a} {b} {c} {d}",
            )
        )  # fmt: skip
        if self.chance(0.25):
            first += self.one((". ", ", ", "! ", " - ")) + self.words(self.whole(2, 8))
        return first + self.one(("", "", "", ".", ".", "!"))

    def name(self) -> str:
        """Return a name of a thing."""
        text = self.words(self.one((1, 1, 1, 2, 2, 3)))
        return self.one((text, text, capital(text), " ".join(capital(one) for one in text.split(" "))))

    def place(self) -> str:
        """Return an address, or a name of a place."""
        street = capital(self.nonce() if self.chance(0.5) else self.word())
        return self.one(
            (
                self.city(), self.city(), f"{street} {self.one(('Street', 'Road', 'Square', 'Lane'))} {self.whole(1, 200)}",
                f"{self.whole(1, 200)} {street} {self.one(('Avenue', 'Street', 'Hill'))}, {self.city()}",
                f"{street}gata {self.whole(1, 99)}",
                f"{street}strasse {self.whole(1, 99)}, {self.city()}",
                f"{street} {self.one(('station', 'harbour', 'airport', 'market', 'bridge'))}",
            )
        )  # fmt: skip

    def money(self) -> float:
        """Return a sum of money."""
        return self.one(
            (float(self.whole(1, 500)), round(self._chance() * 200 + 1, 2), round(self._chance() * 9000 + 1, 2))
        )

    def phone(self) -> str:
        """Return a telephone number."""
        return self.one(("+", "+", "0", "00")) + self.one(("", " ")).join(
            str(self.whole(10, 999)) for _ in range(self.whole(3, 4))
        )

    def version(self) -> str:
        """Return a version."""
        return ".".join(str(self.whole(0, 30)) for _ in range(self.whole(2, 3))) + self.one(("", "", "", "-rc1", "b2"))

    def symbol(self) -> str:
        """Return a short code in capitals."""
        return "".join(self.one("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(self.whole(2, 5))) + self.one(
            ("", "", "", ".L", "1")
        )

    def host(self) -> str:
        """Return a name or an address of a machine."""
        return self.one(
            (
                ".".join(str(self.whole(1, 254)) for _ in range(4)), f"{self.word()}-{self.whole(1, 40):02d}",
                f"{self.word()}.{self.word()}.example", f"{self.word()}.{self.one(('local', 'lan', 'example.org', 'io'))}",
            )
        )  # fmt: skip

    def key(self) -> str:
        """Return a key of a store."""
        return self.one(
            (
                f"{self.word()}:{self.whole(1, 9999)}", f"{self.word()}:{self.word()}", self.word(),
                f"{self.word()}.{self.word()}",
                f"{self.word()}_{self.word()}", f"{self.word()}:{self.word()}:{self.whole(1, 99)}",
                f"{self.word()}/{self.word()}",
                f"{self.word().upper()}_{self.word().upper()}", f"{self.word()}:*",
            )
        )  # fmt: skip

    def column(self) -> str:
        """Return a name of a column or a field."""
        return self.one(
            (
                self.word(),
                self.word(),
                f"{self.word()}_{self.word()}",
                f"{self.word()}_id",
                f"{self.word()}.{self.word()}",
            )
        )

    def lang(self) -> str:
        """Return a language or its code."""
        if self.test:
            return capital(self.nonce())
        return self.one(
            "en de fr es it pt nl sv pl cs ja zh ko fi English German French Spanish Italian Portuguese Dutch Swedish Polish "
            "Czech Japanese Chinese Korean Finnish Greek Turkish Norwegian Danish Hungarian Latin Welsh".split()
            + [capital(self.nonce())] * 6
        )
