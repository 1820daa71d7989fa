"""The words of dates: months and qualifiers as programs and people write them, folded to capitals without accents."""

from __future__ import annotations

from typing import Final

__all__ = ["CALENDAR_WORDS", "QUALIFIERS", "month_number"]

CALENDAR_WORDS: Final = {
    "GREGORIAN": "gregorian",
    "DGREGORIAN": "gregorian",
    "JULIAN": "julian",
    "DJULIAN": "julian",
    "HEBREW": "hebrew",
    "DHEBREW": "hebrew",
    "FRENCH": "french",
    "FRENCH_R": "french",
    "DFRENCH R": "french",
    "DFRENCH": "french",
    "_ISLAMIC": "islamic",
    "ISLAMIC": "islamic",
    "DISLAMIC": "islamic",
    "DHIJRI": "islamic",
    "_PERSIAN": "persian",
    "PERSIAN": "persian",
    "DPERSIAN": "persian",
    "_SWEDISH": "swedish",
    "SWEDISH": "swedish",
    "DSWEDISH": "swedish",
}
"""What stands before a date (GEDCOM 7) or between `@#` and `@` (GEDCOM 5.5)."""

_GREGORIAN: Final = (
    "JAN JANUARY JANUAR JANNER JANVIER JANV JANUARI ENERO ENE GENNAIO GEN GENN STYCZEN STYCZNIA STY JANEIRO",
    "FEB FEBRUARY FEBRUAR FEBER FEVRIER FEV FEVR FEBRUARI FEBRERO FEBBRAIO FEBBR LUTY LUTEGO LUT FEVEREIRO",
    "MAR MARCH MARZ MRZ MAERZ MARS MAART MRT MARZO MARZEC MARCA MARTS MARCO",
    "APR APRIL AVRIL AVR ABRIL ABR APRILE KWIECIEN KWIETNIA KWI",
    "MAY MAI MEI MAYO MAGGIO MAG MAJ MAJA MAIO",
    "JUN JUNE JUNI JUNO JUIN JUNIO GIUGNO GIU CZERWIEC CZERWCA CZE JUNHO",
    "JUL JULY JULI JUILLET JUIL JULIO LUGLIO LUG LIPIEC LIPCA LIP JULHO",
    "AUG AUGUST AOUT AOU AGOSTO AGO AUGUSTUS AUGUSTI SIERPIEN SIERPNIA SIE",
    "SEP SEPT SEPTEMBER SEPTEMBRE SEPTIEMBRE SETTEMBRE SET SETT WRZESIEN WRZESNIA WRZ SETEMBRO 7BER 7BRE",
    "OCT OCTOBER OKTOBER OKT OCTOBRE OCTUBRE OTTOBRE OTT PAZDZIERNIK PAZDZIERNIKA PAZ OUTUBRO OUT 8BER 8BRE",
    "NOV NOVEMBER NOVEMBRE NOVIEMBRE LISTOPAD LISTOPADA LIS NOVEMBRO 9BER 9BRE",
    "DEC DECEMBER DEZEMBER DEZ DECEMBRE DICIEMBRE DIC DICEMBRE DES DESEMBER GRUDZIEN GRUDNIA GRU DEZEMBRO 10BER XBER",
)
_FRENCH: Final = (
    "VEND VENDEMIAIRE",
    "BRUM BRUMAIRE",
    "FRIM FRIMAIRE",
    "NIVO NIVOSE",
    "PLUV PLUVIOSE",
    "VENT VENTOSE",
    "GERM GERMINAL",
    "FLOR FLOREAL",
    "PRAI PRAIRIAL",
    "MESS MESSIDOR",
    "THER THERMIDOR",
    "FRUC FRUCTIDOR",
    "COMP COMPLEMENTAIRE JOUR",
)
_HEBREW: Final = (
    "TSH TISHRI TISHREI",
    "CSH CHESHVAN HESHVAN MARCHESHVAN",
    "KSL KISLEV",
    "TVT TEVET TEBET",
    "SHV SHEVAT SHVAT",
    "ADR ADAR",
    "ADS ADAR2 ADARSHENI",
    "NSN NISAN NISSAN",
    "IYR IYAR IYYAR",
    "SVN SIVAN",
    "TMZ TAMMUZ TAMUZ",
    "AAV AV AB",
    "ELL ELUL",
)
_ISLAMIC: Final = (
    "MUHARRAM MUH",
    "SAFAR SAF",
    "RABI1 RABIALAWWAL RAB1",
    "RABI2 RABIALTHANI RAB2",
    "JUMADA1 JUM1",
    "JUMADA2 JUM2",
    "RAJAB RAJ",
    "SHABAN SHA",
    "RAMADAN RAM",
    "SHAWWAL SHAW",
    "DHUALQIDAH ZUQ",
    "DHUALHIJJAH ZUH",
)
_PERSIAN: Final = (
    "FARVARDIN FAR",
    "ORDIBEHESHT ORD",
    "KHORDAD KHO",
    "TIR",
    "MORDAD MOR",
    "SHAHRIVAR SHAHR",
    "MEHR MEH",
    "ABAN ABA",
    "AZAR AZA",
    "DEY",
    "BAHMAN BAH",
    "ESFAND ESF",
)
_WORDS: Final = {
    calendar: {word: number for number, words in enumerate(months, 1) for word in words.split()}
    for calendar, months in (
        ("gregorian", _GREGORIAN),
        ("french", _FRENCH),
        ("hebrew", _HEBREW),
        ("islamic", _ISLAMIC),
        ("persian", _PERSIAN),
    )
}

QUALIFIERS: Final = {
    word: kind
    for kind, words in {
        "about": "ABT ABOUT ABOUTS CIRCA CIRC CIR CA C APX APPR APPROX APPROXIMATELY ENV ENVIRON UM UNGEFAHR ETWA VERS OMKRING "
        "OMSTREEKS RONDOM CIRKA HACIA ALREDEDOR OKOLO OK AROUND SAY ~",
        "calculated": "CAL CALC CALCULATED BERECHNET CALCULE BEREKEND BEREGNET BERAKNAD",
        "estimated": "EST ESTIMATED GESCHATZT ESTIME GESCHAT ANSLAET UPPSKATTAD STIMATO ESTIMADO",
        "before": "BEF BEFORE VOR AVANT AV VOOR FOR FORE INNAN PRIMA ANTES PRZED <",
        "after": "AFT AFTER NACH APRES AP NA DOPO DESPUES PO EFTER ETTER SEIT >",
        "between": "BET BETWEEN BTW BTWN ZWISCHEN ENTRE TUSSEN MELLEM MELLOM MELLAN TRA MIEDZY",
        "from": "FROM VON DEPUIS VAN VANAF DA DAL DESDE OD FRA FRAN",
        "to": "TO BIS JUSQU TOT FINO HASTA DO TIL TILL UNTIL",
        "and": "AND UND ET EN Y E I OG OCH",
        "interpreted": "INT INTERPRETED",
        "either": "EITHER",
        "or": "OR ODER OU OF O ELLER",
    }.items()
    for word in words.split()
}
"""Words before or between dates, and what they mean."""


def month_number(word: str, calendar: str = "") -> tuple[int, str]:
    """Return a month's number and calendar by its name or the start of it.

    Args:
        word: capitals without accents and dots.
        calendar: the calendar that is known; any when empty, the Gregorian first.

    Returns:
        (0, "") where no month is called so, or more than one begins so.
    """
    same = "gregorian" if calendar in ("julian", "swedish") else calendar
    for name in (same,) if same else ("gregorian", "french", "hebrew"):
        words = _WORDS[name]
        number = words.get(word, 0)
        if not number and len(word) >= 3 and word.isalpha():
            started = {value for full, value in words.items() if full.startswith(word)}
            number = started.pop() if len(started) == 1 else 0
        if number:
            return number, calendar or name
    return 0, ""
