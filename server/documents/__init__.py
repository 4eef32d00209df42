"""Documents as files: invoices as PDF with a Swiss QR-bill, billing data as CSV, and the links that lead to them."""
