"""Second markings, differences that are settled, and what assessors raise and staff answer."""
