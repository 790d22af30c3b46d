"""A sheet's raw cells to what they mean: headers, typed columns, and the rows of the table that HR already has.

Values in, values out: what reads files, and what is handed cells by a spreadsheet program, both read them so.
"""
