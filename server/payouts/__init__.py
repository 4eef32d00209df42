"""Paying withdrawals out, and reading what the bank and PayPal report of it and of money that arrives."""
