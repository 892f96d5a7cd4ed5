"""What `make bench` measures, a module for each kind of thing; bench.py runs them."""
