"""The public holidays of 2025: weekdays off and weekend days worked."""

from __future__ import annotations

_NEW_YEAR = ("元旦", "New Year")
_SPRING = ("春节", "Spring Festival")
_TOMBS = ("清明节", "Tomb Sweeping Day")
_LABOUR = ("劳动节", "Labour Day")
_BOATS = ("端午节", "Dragon Boat Festival")
_NATIONAL = ("国庆节、中秋节", "National Day, Mid-Autumn Festival")

DAYS_2025 = (
    ("01-01", "off", _NEW_YEAR),
    ("01-26", "work", _SPRING),
    ("01-28", "off", _SPRING),
    ("01-29", "off", _SPRING),
    ("01-30", "off", _SPRING),
    ("01-31", "off", _SPRING),
    ("02-03", "off", _SPRING),
    ("02-04", "off", _SPRING),
    ("02-08", "work", _SPRING),
    ("04-04", "off", _TOMBS),
    ("04-27", "work", _LABOUR),
    ("05-01", "off", _LABOUR),
    ("05-02", "off", _LABOUR),
    ("05-05", "off", _LABOUR),
    ("06-02", "off", _BOATS),
    ("09-28", "work", _NATIONAL),
    ("10-01", "off", _NATIONAL),
    ("10-02", "off", _NATIONAL),
    ("10-03", "off", _NATIONAL),
    ("10-06", "off", _NATIONAL),
    ("10-07", "off", _NATIONAL),
    ("10-08", "off", _NATIONAL),
    ("10-11", "work", _NATIONAL),
)
