"""Evaluation by people: how many may have which grade, and how raters err.

distribution  quotas of a forced distribution, rounded so that pools and company agree
rounding      shares of pools as whole people, by rows and columns
rater_errors  what each rater's marks show: leniency, central tendency, halo and the like
statistics    the distributions that such tests need
"""
