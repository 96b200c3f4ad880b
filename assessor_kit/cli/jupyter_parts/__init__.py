"""Parts that Jupyter's servers use in place of their own."""
