"""The value tree (价值树): a root result decomposed by arithmetic into drivers, and what each driver does for it.

units        units of figures that are calculated with
arithmetic   exact values, slopes, shares of a difference, all as formulas
formulas     what is typed to a tree over nodes
reading      the sheet to trees of nodes, and what is wrong with it
effects      elasticity, gain, waterfall and ratings of a tree
"""

from perfxl.core.value_tree.arithmetic import ACTUAL, TARGET, share, slope
from perfxl.core.value_tree.effects import (
    Effect,
    Effects,
    Proposal,
    ValueTrees,
    links_of,
    moved_by,
    parents_of,
    propose_impacts,
    targets_of,
    value_trees,
    work_out,
)
from perfxl.core.value_tree.reading import Tree, TreeNode, read_trees

__all__ = [
    "ACTUAL",
    "TARGET",
    "Effect",
    "Effects",
    "Proposal",
    "Tree",
    "TreeNode",
    "ValueTrees",
    "links_of",
    "moved_by",
    "parents_of",
    "propose_impacts",
    "read_trees",
    "share",
    "slope",
    "targets_of",
    "value_trees",
    "work_out",
]
