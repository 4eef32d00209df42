"""Reading over HTTP: pages, orders, filters, searches, counts, and what they cost in statements."""
