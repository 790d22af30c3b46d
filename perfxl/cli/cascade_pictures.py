"""The pictures of `perfxl cascade`: into the workbook and a folder, of the whole program or of one leader's part."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Collection
from functools import partial

from perfxl.cli import show, targets
from perfxl.cli.show import CLEAN
from perfxl.core.cascade.targets import expected_targets
from perfxl.core.cascade.tree import CascadeTree
from perfxl.core.language import LANGUAGES, Text
from perfxl.core.official import about
from perfxl.core.problems import Problem, problem
from perfxl.core.records import empty
from perfxl.core.scoring.program import contracts_of_people
from perfxl.core.table_access import Names
from perfxl.core.values.text import Nearest
from perfxl.outputs import write_whole
from perfxl.pictures import Album, make_album, make_fitting_album
from perfxl.program import Program

_SUFFIXES = (".html", ".svg", ".png")


def make_pictures(options: Namespace, program: Program) -> tuple[Album | None, list[Problem]]:
    """The album of a program. Returns: None for a large one where no folder is named, and what is missing."""
    return make_fitting_album(program.tables, program.cascade_tree, program.lang, options.pictures is not None)


def write_pictures(options: Namespace, album: Album | None, lang: str) -> int:
    """Writes an album's files into the folder that is named, if one is. Returns: the exit code."""
    folder = options.pictures
    if folder is None or album is None:
        return CLEAN
    made = album.files(lang)
    for name in made:
        refused = targets.judge_file(options, folder / name, _SUFFIXES, [options.file])
        if refused:
            return refused
    source = options.file.name
    for name, content in made.items():
        write = partial(write_whole, folder / name, content, "picture", source)
        failed = targets.write_file(folder / name, lang, write, json=options.json)
        if failed:
            return failed
    if not options.json:
        show.say(Text(f"图片：{folder}（{len(made)} 个文件）", f"Pictures: {folder} ({len(made)} files)")(lang))
    return CLEAN


def write_leader(options: Namespace, program: Program) -> tuple[int, list[Problem]]:
    """Writes the workbook and pictures of one leader's part. Returns: the exit code, and what is missing from them."""
    from perfxl.workbook.leader_book import write_leader_book

    lang = program.lang
    leader = program.find_person(options.person)
    if leader is None:
        return show.refuse([_not_one(program, options.person)], lang, options.json), []
    whole = program.cascade_tree
    tree = whole.below(leader)
    album, problems = make_album(program.tables, tree, lang)
    told = [*problems_within(program, whole, leader), *problems]
    expected = expected_targets(program.tables)
    out, source = options.output, options.file.name
    failed = targets.write_file(
        out, lang, lambda: write_leader_book(out, tree, expected, album, told, lang, source), json=options.json
    )
    return failed or write_pictures(options, album, lang), problems


def _not_one(program: Program, asked: str) -> Problem:
    """That nobody is called so, or several are: who."""
    called, names = program.people_called(asked), Names.of(program.tables)
    if called:
        units = program.cascade_tree.people
        who = [f"{person} ({unit})" if (unit := names.units[units.unit(person)]) else person for person in called]
        return problem("leader_of_several", value=asked, count=len(called), candidates="、".join(who))
    return problem("leader_unknown", value=asked, suggestion=Nearest(names.people.values()).sentence(asked))


def problems_within(program: Program, tree: CascadeTree, leader: str) -> list[Problem]:
    """The problems that touch the contracts of a leader and of all below, and name nobody else; at the end how many
    others of them name somebody."""
    inside = tree.people.below(leader)
    segments = contracts_of_people(program.tables.get("contracts") or empty("contracts"))
    contracts = {row for person in inside for row in segments.get(person, ())}
    touching = about(program.tables, program.all_problems(), contracts)
    outside = {
        str(word)
        for person, name in tree.names.people.items()
        if person not in inside
        for word in (person, name)
        if word
    }
    outside |= {node.person for node in tree.nodes if node.person and node.person not in inside}
    outside -= {tree.names.people[person] for person in inside}
    lengths = {len(word) for word in outside}
    kept = [each for each in touching if not _names(each, outside, lengths)]
    if len(kept) < len(touching):
        kept.append(problem("problems_of_others", count=len(touching) - len(kept)))
    return kept


def _names(each: Problem, words: Collection[str], lengths: Collection[int]) -> bool:
    """Whether a problem's texts hold one of many words; each piece of the texts is looked up, not each word."""
    texts = [say(lang) for say in (each.message, each.hint) for lang in LANGUAGES] + [str(each.value)]
    return any(text[i : i + size] in words for text in texts for size in lengths for i in range(len(text) - size + 1))
