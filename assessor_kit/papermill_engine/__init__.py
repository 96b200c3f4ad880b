"""A papermill engine that runs each notebook in a fork of a warm process.

It knows nothing of CPD.
"""
