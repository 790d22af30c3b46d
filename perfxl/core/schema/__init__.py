"""The declarations of core/tables, by stage of the cycle: setup, design, contract, results, follow_up."""
