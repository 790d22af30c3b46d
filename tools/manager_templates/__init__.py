"""What builds the workbooks that managers fill in, workbook_templates/manager.*.xlsx."""
