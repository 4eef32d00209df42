"""What the product can do: plain functions that open transactions, take locks and write rows."""
