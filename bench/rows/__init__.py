"""One module a row, or for a few rows of one experiment; each has `measure(run: Run) -> list[Row]`."""
