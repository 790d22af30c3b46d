"""A believable sample program, made up from a seed: a telecom operator's year 2025 with every table filled.

It is clean save for what a demonstration should find: the marketing company's agreed weights differ from the derived
ones by five points twice (the worked contract), and the strategy department's weights of 4, 6, 8 and 12 on thirteen
KPIs are no multiples of the step and more KPIs than the policy wants (the functional example). Some actuals are
pending, not applicable or zero, some people changed post in mid-year, and two hold one contract.
"""

from perfxl.sample.program import program

__all__ = ["program"]
