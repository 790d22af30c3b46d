"""The LibreOffice Calc add-in: an .oxt of the worksheet functions, their rules inside.

describe        its interface (IDL) and its entries in Calc's function list (.xcu), written from the registry
mending         formulas of files of Excel whose functions Calc has not found
build           the .oxt: the files of the folder oxt, the entries, and the sources that the functions stand on
oxt/component   what LibreOffice loads: a UNO service that hands each call to perfxl.excel.registry
oxt/interface   the interface compiled by unoidl-write, so that building needs no LibreOffice SDK
"""
