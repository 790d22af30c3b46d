"""perfxl for those who work in Python: notebooks, nightly jobs, services. `perfxl.load` leads here.

loaded         a program that shows itself, gives its tables as DataFrames, and can be scored under another policy
scored         what scoring gave: DataFrames, explanations, comparisons, files
cards          how these show themselves in a notebook and in a terminal
"""
