"""Turn tables into records: returns, activities, and the lists that staff keep."""
