"""A program of any size, most of it on disk: papers are made from the rows of a few people at a time.

rows       the rows on disk, and those around some people taken out of it
shelf      the program: what stays in memory, what parts of it papers are made from
"""
