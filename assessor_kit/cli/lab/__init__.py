"""What `assessor-kit lab` sees to before and while JupyterLab runs."""
