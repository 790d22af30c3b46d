"""What builds the workbook that score books are drawn from, workbook_templates/scorecard.*.xlsx."""
