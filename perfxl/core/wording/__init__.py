"""What papers and explanations say in the same words.

formatting  figures, weights, days as people read them
formula_words  a formula of HR's own, said
rules       a scoring method: its short name, its whole rule
"""
