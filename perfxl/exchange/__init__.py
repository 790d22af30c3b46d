"""Workbooks that go out to be filled in, and what comes back.

fill      what is asked of somebody -> the values of a workbook template
"""
