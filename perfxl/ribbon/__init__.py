"""The ribbon 绩效 / Performance: buttons for the workbook that is open.

buttons    the table of buttons: to add one, add a line there; the ribbon's XML, labels and help page made from it
actions    what buttons do
jobs       what they ask of the program; exchange_jobs: workbooks that go out and come back
request    what jobs are asked and what they answer
open_book  the workbook as they see it (the port), with pages and marks
live_book  the port on a workbook in Excel
file_book  the port on a file
server     what runs beside Excel
"""
