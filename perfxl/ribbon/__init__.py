"""The ribbon 绩效 / Performance: commands on the workbook that is open.

commands   the table of commands: to add one, add a line there
actions    what they do
jobs       what they ask of the program; the command line's room supplies it
open_book  the workbook as they see it (the port), with pages and marks
live_book  the port on a workbook in Excel
file_book  the port on a file
xml        the ribbon itself, made from the table
help_page  what all commands and functions do, as a page for the browser
"""
