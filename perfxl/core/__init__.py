"""The rules: what a performance program is and what follows from it. No files, no Excel, no Word, no clock, no pandas.

A module knows only those above it in this list, from the low levels to the high ones:

    language        the two languages
    cells           A1 and back
    schema          every table and column, declared once
    catalogue       every kind of problem, with its texts
    problems        problems as values
    values          cells read as text, numbers, dates
    records         rows that were read, with their addresses
    table_access    how rules get at the tables
    formula         the language of the rule book
    policy          what a company may set
    rulebook        the scoring methods
    weights         derived, judged, compared
    policy_reading  the policy from its sheets
    scoring         lines, contracts, totals
    allocation      shares that keep their sum
    own_methods     HR's own methods, tried on their cases
    cascade         targets from the company down
    explain         why a score is what it is
    vague           intentions without a figure
    checks          what is wrong between the tables
"""
