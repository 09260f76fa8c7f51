"""Arabic with the digits 0 to 9; newsroom/readers/digits.py writes ٠ to ٩ where a reader chose them."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
