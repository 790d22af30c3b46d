"""The LibreOffice Calc add-in: an .oxt of the worksheet functions, their rules inside.

component   what LibreOffice loads: a UNO service that hands each call to perfxl.excel.registry
describe    its interface (IDL) and its entries in Calc's function list (.xcu), written from the registry
build       the .oxt itself
interface.rdb   the interface compiled by unoidl-write, so that building needs no LibreOffice SDK
"""
