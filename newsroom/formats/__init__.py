"""How Django writes numbers, where CLDR's way is another than Django's own."""
