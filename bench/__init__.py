"""`./run bench`: ours beside a floor and beside peers, on this machine, in turn; ratios, not times."""
