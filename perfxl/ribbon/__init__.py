"""The ribbon 绩效 / Performance: buttons for the workbook that is open.

buttons    the table of buttons: to add one, add a line there
ribbon_xml, help_page  what is made from the table
actions    what buttons do
jobs       what they ask of the program; exchange_jobs: workbooks that go out and come back; adopting: proposed weights
request    what jobs are asked and what they answer
running    an action and its jobs, here and now; background: in a process of their own, the worker
open_book  the workbook as they see it (the port), with pages and marks
live_book  the port on a workbook in Excel; cell_copy: of one that is saved encrypted
file_book  the port on a file; page_file: pages as sheets of a file
server     what runs beside Excel; console: for developers
"""
