"""Names, places and trades of four invented regions. None of the people exists; the places do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["REGIONS", "SOURCES", "TRADES", "Region"]


@dataclass(frozen=True, slots=True)
class Region:
    """Where a family comes from.

    Attributes:
        men: given names.
        women: given names.
        surnames: surnames.
        places: places from the smallest to the largest level.
    """

    men: tuple[str, ...]
    women: tuple[str, ...]
    surnames: tuple[str, ...]
    places: tuple[str, ...]


def _region(men: str, women: str, surnames: str, places: str) -> Region:
    parts = [tuple(one.strip() for one in text.split("|")) for text in (men, women, surnames, places)]
    return Region(*parts)


REGIONS: Final = (
    _region(
        "Johann|Jakob|Peter|Karl|Friedrich|Wilhelm|Heinrich|Georg|Adam|Philipp|Ludwig|Jürg|Konrad|Valentin|Anton|Matthias",
        "Maria|Anna|Katharina|Elisabeth|Margarethe|Barbara|Eva|Dorothea|Magdalena|Christina|Sophie|Luise|Käthe|Rosina",
        "Weil|Müller|Schäfer|Lange|Böhm|von der Au|Kessler|Roth|Vogt|Ziegler|Groß|Haas|Dörr|Engel|Fuchs|Jäger|Kühn|Lotz",
        "Alzey, Palatinate, Germany|Mainz, Hesse, Germany|Worms, Hesse, Germany|Köln, Rhineland, Germany"
        "|Ulm, Württemberg, Germany"
        "|Kreuznach, Palatinate, Germany|Speyer, Palatinate, Germany|Landau, Palatinate, Germany",
    ),
    _region(
        "William|John|Thomas|James|George|Henry|Robert|Edward|Samuel|Joseph|Charles|Richard|Albert|Arthur|Alfred|Walter",
        "Mary|Elizabeth|Sarah|Jane|Margaret|Ellen|Alice|Hannah|Martha|Harriet|Emma|Florence|Edith|Ada|Agnes|Ruth",
        "Baker|Hill|Turner|Ward|Cooper|Harrison|MacLeod|O'Brien|Fletcher|Hughes|Shaw|Webster|Barnes|Holt|Pearce|Dawson|Frost|Lund",
        "Leeds, Yorkshire, England|York, Yorkshire, England|Boston, Lincolnshire, England|Bristol, Somerset, England"
        "|Boston, Massachusetts, USA|Albany, New York, USA|Salem, Massachusetts, USA|Dublin, Leinster, Ireland",
    ),
    _region(
        "Abraham|Isaak|Moses|Salomon|David|Samuel|Josef|Lewin|Hirsch|Mendel|Szymon|Jakub|Stanisław|Kazimierz|Jan|Wojciech",
        "Sara|Rebekka|Rachel|Lea|Hanna|Esther|Rosa|Dora|Zofia|Agnieszka|Jadwiga|Małgorzata|Elżbieta|Ewa|Helena",
        "Lewinski|Moskowitz|Rosenthal|Auerbach|Kaplan|Nowak|Kowalski|Wójcik|Szlamowicz|Landau|Perlmutter|Goldberg|Zieliński|Lis",
        "Kraków, Galicia, Poland|Lublin, Lublin, Poland|Poznań, Posen, Poland|Łódź, Łódź, Poland|Lwów, Galicia, Ukraine"
        "|New York, New York, USA|Chicago, Illinois, USA|Breslau, Silesia, Germany",
    ),
    _region(
        "Pierre|Jean|François|Louis|Étienne|Antoine|Niels|Lars|Søren|Hans|Anders|Jens|Pieter|Willem|Cornelis|Hendrik",
        "Marie|Jeanne|Françoise|Marguerite|Karen|Maren|Kirsten|Else|Bodil|Trijntje|Neeltje|Geertje|Cécile|Hélène",
        "Dubois|Lefèvre|Moreau|Girard|Jensen|Sørensen|Nielsen|Møller|de Vries|van den Berg|van Dijk|Bakker|Caron|Petit",
        "Lyon, Rhône, France|Metz, Lorraine, France|Lille, Nord, France|Århus, Jutland, Denmark|Odense, Funen, Denmark"
        "|Leiden, Holland, Netherlands|Delft, Holland, Netherlands|Nantes, Brittany, France",
    ),
)
TRADES: Final = tuple(
    "baker weaver teacher miller farmer smith carpenter tailor sailor printer clerk midwife cooper mason shepherd physician "
    "innkeeper shoemaker soldier merchant".split()
)
SOURCES: Final = (
    ("Parish register of {}", "The parish of {}"),
    ("Civil register of {}", "Registrar of {}"),
    ("Census of {}", "Statistical office"),
    ("Gravestones of {}", "A. Collector"),
    ("Letters of a family from {}", "Unknown"),
)
