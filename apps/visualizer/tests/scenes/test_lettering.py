"""Type is measured, broken and ordered as its script asks."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.scenes import Sheet
from gemwright_visualizer.scenes.lettering import draw_word, measure, right_to_left, set_lines


def test_kerning_brings_letters_together() -> None:
    """Shaped type is not a row of boxes."""
    assert measure("AVAVA", "sans", 1.0) < 3 * measure("A", "sans", 1.0) + 2 * measure("V", "sans", 1.0)


def test_a_short_line_stays_one_and_a_long_one_becomes_two_of_like_length() -> None:
    """Two lines at most, neither with a single orphan."""
    assert {word.line for word in set_lines("Slow light", "sans", 0.1, 2.0).words} == {0}
    setting = set_lines("Slow light over the river again tonight", "sans", 0.2, 2.0)
    assert {word.line for word in setting.words} == {0, 1}
    ends = [max(word.x + word.width for word in setting.words if word.line == line) for line in (0, 1)]
    begins = [min(word.x for word in setting.words if word.line == line) for line in (0, 1)]
    lengths = [end - begin for begin, end in zip(begins, ends, strict=True)]
    assert min(lengths) > 0.6 * max(lengths)


def test_too_much_text_is_set_smaller_until_it_fits() -> None:
    """Nothing runs off the picture."""
    setting = set_lines("word " * 60, "poster", 0.3, 2.0)
    assert setting.width <= 2.0 + 1e-6
    assert setting.size < 0.3
    assert max(word.x + word.width for word in setting.words) <= 2.0 + 1e-6


def test_scripts_from_right_to_left_begin_at_the_right() -> None:
    """The first word of a Hebrew line lies right of the second; English in an English line does not."""
    assert right_to_left("שלום world")
    assert not right_to_left("world שלום")
    hebrew = {word.word: word.x for word in set_lines("שלום לכל העולם", "sans", 0.1, 3.0).words}
    assert hebrew[0] > hebrew[1] > hebrew[2]
    english = {word.word: word.x for word in set_lines("peace to all", "sans", 0.1, 3.0).words}
    assert english[0] < english[1] < english[2]


def test_scripts_without_spaces_break_between_letters() -> None:
    """A long Japanese line becomes two."""
    setting = set_lines("夜の川に静かな光が流れていく今夜", "sans", 0.2, 1.6)
    assert {word.line for word in setting.words} == {0, 1}
    assert setting.width <= 1.6 + 1e-6


def test_letters_that_a_face_lacks_come_from_another() -> None:
    """Cyrillic in a face without it is drawn, and not as the same empty box for every letter."""
    drawn: list[bytes] = []
    for text in ("Ж", "Ш"):
        sheet = Sheet(96, 96)
        draw_word(sheet.pen, text, -0.6, 0.5, "poster", 1.2, np.ones(3, dtype=np.float32))
        assert sheet.pixels[..., 0].max() > 200
        drawn.append(sheet.pixels.tobytes())
    assert drawn[0] != drawn[1]
