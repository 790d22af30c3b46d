"""The rules: what a performance program is and what follows from it. No files, no Excel, no Word, no clock, no pandas.

From the ground up; a module knows only what stands above it here, and not its neighbours on the line
(tests/test_architecture.py holds the same list):

    language, cells                   the two languages; A1 and back
    schema                            every table and column, declared once
    catalogue                         every kind of problem, with its texts
    problems                          problems as values
    problem_table                     problems as a table: columns, order, colours
    values                            cells read as text, numbers, dates; how figures are shown
    records                           rows that were read, with their addresses
    codes                             names where codes are asked for
    formula                           the language of the rule book
    policy                            what a company may set
    rulebook                          the scoring methods
    table_access                      how rules get at tables
    official                          when a total counts
    amendments                        the versions that a contract had
    weights, scoring, evaluation      derived, judged, compared; lines, contracts, totals; quotas of grades, raters
    policy_reading, own_methods       the policy from its sheets; HR's own methods, tried on their cases
    value_tree                        a result by arithmetic down to its drivers
    cascade                           targets from the company down
    wording                           how papers and explanations say figures and rules
    explain, requests                 why a score is what it is; what managers are asked to fill in
    checks                            what is wrong between the tables
"""
