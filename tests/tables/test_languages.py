"""Plain headers in Japanese, German and French read as those in Chinese and English do; other languages are asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfxl.core.problems import Problem
from perfxl.program import load
from perfxl.tables.lexicon import hear
from perfxl.tables.notation.names import direction_of_name
from tests.cli.test_import_command import standings
from tests.workbook.books import save


def read(path: Path, title: str, owner: str, *rows: list[Any]) -> tuple[dict[str, Any], list[Problem]]:
    program, _ = load(save(path / "表.xlsx", {"Sheet1": [[title], [owner], *rows]}))
    return standings(program), program.all_problems()


@pytest.mark.parametrize(
    ("title", "owner", "header", "total"),
    [
        ("2026年度 目標管理シート", "氏名：田中", ["評価項目", "ウェイト", "目標", "実績"], "合計"),
        ("2026年度 評価シート", "氏名：田中", ["指標名", "ウエイト(%)", "目標値", "実績値"], "合計"),
        ("Zielvereinbarung 2026", "Mitarbeiter: 田中", ["Kennzahl", "Gewichtung", "Ziel", "Ist"], "Summe"),
        ("Ziele 2026", "Name: 田中", ["Ziel", "Gewicht (%)", "Zielwert", "Ist-Wert"], "Gesamt"),
        ("Fiche d'objectifs 2026", "Nom : 田中", ["Indicateur", "Pondération", "Objectif", "Réalisé"], "Total"),
        ("Entretien 2026", "Nom et prénom : 田中", ["Objectif", "Poids (%)", "Cible", "Réalisation"], "Total"),
    ],
)
def test_plain_headers_are_read(title: str, owner: str, header: list[str], total: str, tmp_path: Path) -> None:
    rows = [["A", 40, 100, 90], ["B", 30, 100, 100], ["C", 30, 100, 80], [total, 100]]
    assert read(tmp_path, title, owner, header, *rows)[0] == {"田中": ("official", 90.0)}


@pytest.mark.parametrize(
    "header",
    [
        ["評価項目", "ウエイト", "自己評価", "上司評価"],
        ["Kriterium", "Gewichtung", "Selbsteinschätzung", "Fremdeinschätzung"],
        ["Critère", "Poids", "Auto-évaluation", "Évaluation du manager"],
    ],
)
def test_marks_without_shares_are_asked_about(header: list[str], tmp_path: Path) -> None:
    """Were the superior's column not known, one's own marks alone would make an official total."""
    found, problems = read(tmp_path, "2026", "Name: 田中", header, ["A", 40, 80, 90], ["B", 60, 90, 80])
    assert found["田中"][0] != "official"
    assert "rater_shares_missing" in {each.name for each in problems}


def test_words_over_two_lines_and_accents() -> None:
    assert hear("Taux de réalisation").best >= 0.9 and "attainment" in hear("TAUX DE RÉALISATION").senses
    assert "weight" in hear("Pondération (%)").senses and "weight" in hear("ウェイト\n(%)").senses


@pytest.mark.parametrize(
    ("name", "lower"),
    [
        *((name, True) for name in ("Reklamationsquote", "Personalkosten", "Krankenstand", "Taux d'absentéisme")),
        *((name, True) for name in ("Coûts de production", "クレーム件数", "離職率", "残業時間")),
        *((name, False) for name in ("Kostensenkung", "Réduction des coûts", "Umsatz", "売上", "Respect des délais")),
    ],
)
def test_less_is_better_by_the_name(name: str, lower: bool) -> None:
    assert (direction_of_name(name)[0] == "lower") == lower


def test_a_language_that_is_not_known_is_asked_about(tmp_path: Path) -> None:
    found, problems = read(tmp_path, "2026", "", ["Wskaźnik", "Waga", "Cel", "Wynik"], ["Przychody", 100, 10, 9])
    assert not found and "no_table_known" in {each.name for each in problems}


def test_levels_of_letters_do_not_make_a_workbook_english(tmp_path: Path) -> None:
    """指标 | 权重 | A(100分) | B(80分) | C(60分) | D(0分) | 实际 was told about in English."""
    head = ["指标", "权重", "A(100分)", "B(80分)", "C(60分)", "D(0分)", "实际"]
    rows = [["姓名：甲"], head, ["漏检率", "100%", "≤0.1%", "≤0.3%", "≤0.5%", ">0.5%", "0.2%"]]
    assert load(save(tmp_path / "表.xlsx", {"Sheet1": rows}))[0].lang == "zh"
