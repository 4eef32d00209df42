"""Speed, measured against peers and against the limit: `make bench`."""
