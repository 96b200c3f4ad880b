"""Read and write rows of tables, with the kinds of column that `tables` declares."""
