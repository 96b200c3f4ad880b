"""From an executed notebook to a document on disk: HTML, PDF, Word and the manifest."""
