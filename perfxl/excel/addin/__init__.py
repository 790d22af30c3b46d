"""perfxl.xlam, the Excel add-in: made on any system, installed without Excel.

package        the add-in file, with the worksheet functions as VBA
vba_project    its code, compound_file the container that the code is kept in
vba/           the bridge to Python, the ribbon's callbacks
machine        what is installed here, install where the add-in goes, doctor what may be wrong
"""
