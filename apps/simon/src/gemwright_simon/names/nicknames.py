"""Given names that stand for each other: short forms, pet names, and the forms of other languages."""

from __future__ import annotations

from typing import Final

__all__ = ["same_names"]

_GROUPS: Final = """
abraham abram abe avraham|adam adamo|adelaide adele adelheid heidi|agnes agnieszka agnete|albert bert al albrecht|
alexander alex sandy alexandre alessandro aleksander sasha|alfred fred alf|alice alicia|andrew andy drew andreas
anders andre andrzej andres| ann anna anne annie nan nancy hannah anni anka|anthony tony anton antonio antoine
antoni|antonia toni antoinette| arthur art artur|augustus august gus auguste|barbara babs barb babette
baerbel|bartholomew bart bartholomaeus bartlomiej| benjamin ben benny benno|bernard bernie bernhard|bridget biddy
delia brigitte brigid birgit|caroline carrie karoline lina| catherine katherine kate katie kathy kitty cathy katharina
katarina katarzyna catharina kaethe trina kathe|charles charlie chuck carl karl carlos carlo karel| charlotte lottie
lotte|christian chris christen|christina tina christine kristina kirsten kristine|christopher chris kit christoph
christoffer| clara klara claire|daniel dan danny|david dave davey dawid|deborah debbie deb|dorothy dot dolly dorothea
dora thea|edmund ned ed| edward ed eddie ned ted eduard edouard|eleanor ellie nell nellie nora elinor
eleonore|elizabeth eliza beth betty bess bessie betsy lizzie liz libby elsie elisabeth elise lisbeth liesel else
isabel elzbieta lisa elspeth|emma emmie|ernest ernie ernst|eva eve ewa|florence flo flossie| francis frank franz
francois francisco franciszek frans|frances fanny fran franziska francoise franciszka|frederick fred freddie fritz
friedrich frederik federico fryderyk| gabriel gabe|george georgie georg jorge jerzy georges joergen jurgen|gerald
jerry gerry gerhard|gertrude gertie trudy gertrud|gottfried godfrey| gregory greg gregor grzegorz|harold harry
hal|helen nell nellie helena helene lena ellen|henry harry hank hal heinrich hendrik henri enrique henryk heinz|
herman hermann|hugo hugh|ignatius ignaz ignacy|isaac ike izaak itzig|isabella bella belle isabel izabela|jacob jake
jakob jacques jim james jamie jimmy diego jakub| jane jean jenny janet johanna jeanne joan joanna giovanna juana
jana|john jack johnny johann johannes hans jan jean juan giovanni ivan johan jon sean| jonathan jon|joseph joe josef
jose giuseppe jozef joey|josephine josie jo josefa|joshua josh|julia julie juliane|laurence lawrence larry lorenz lars
laurent| leonard leo len leonhard|louis lewis lou ludwig luis luigi ludwik lajos|louisa louise lou luise ludwika|lucy
lucia lucie|magdalena lena magda madeleine maggie magdalene| margaret maggie meg peggy madge daisy margarethe grete
gretchen marguerite margarita greta margit malgorzata rita margrethe marga| mark marc markus marek|martha mattie patty
marta|martin marty marcin|mary maria marie molly polly mamie may marion marya mitzi mia| matthew matt matthias mathias
matthaeus mateusz|michael mike mick micky michel miguel mikael michal|moses moe mose moshe|nathaniel nat nate nathan|
nicholas nick nikolaus klaus nicolas nicola claus mikolaj niels nils|oliver ollie|patrick pat paddy|paul paulus pablo
paolo pawel|paula pauline| peter pete petrus pierre pedro pietro piotr peder|philip phil philipp philippe|rachel rae
rahel|ralph rolf|raymond ray|rebecca becky rebekka| richard dick rick rich rickard ryszard|robert bob rob bobby robbie
bert|roger rutger ruediger|rose rosa rosie rosina rozalia|samuel sam sammy| sarah sally sadie sara|sebastian
bastian|simon sim szymon simeon|sophia sophie zofia sofia|stephen steve stephan stefan etienne steven esteban istvan
szczepan| susan sue susie susanna susanne suzanne zuzanna|teresa theresa terry tess therese resi|theodore ted teddy
theodor teodor|thomas tom tommy tomas tomasz| timothy tim|ulrich uli|ursula ulla urszula|valentine val
valentin|veronica ronnie veronika|victor vic viktor|victoria vicky viktoria|vincent vince vinzenz| walter walt
wally|wilhelmina minnie mina wilhelmine minna|william bill billy will willie liam wilhelm guillaume willem guillermo
guglielmo willi wim|winifred winnie| zachary zach zacharias
"""


def _table() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for group in _GROUPS.replace("\n", " ").split("|"):
        names = group.split()
        for one in names:
            table.setdefault(one, set()).update(name for name in names if name != one)
    return {name: frozenset(others) for name, others in table.items()}


_SAME: Final = _table()


def same_names(word: str) -> frozenset[str]:
    """Return the given names that a folded one may stand for, without itself."""
    return _SAME.get(word, frozenset())
