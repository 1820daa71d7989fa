"""Documents that show facts: what stands between two marks is written from records, everything else by hand.

    <!-- claim: topic/slug -->…<!-- end -->           the sentence, and where it is from
    <!-- advisory: component/slug -->…<!-- end -->    the problem, and what to do
    <!-- figure: kind/id field [format] -->…<!-- end -->   one number
    <!-- table: name [key=value …] -->…<!-- end -->   a table of records

A mark alone on its line makes a block; marks inside a line stay inside it. Marks in code are left alone.
"""

from gemwright.corpus.compose.document import Document, Problem, compose, figures_in_prose, read_document

__all__ = ["Document", "Problem", "compose", "figures_in_prose", "read_document"]
