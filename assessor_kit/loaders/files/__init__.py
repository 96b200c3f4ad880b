"""Turn one file at a time (CSV, workbook, Word or PDF) into tables of cells."""
