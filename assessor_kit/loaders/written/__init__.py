"""Write files for people to open in a spreadsheet program."""
