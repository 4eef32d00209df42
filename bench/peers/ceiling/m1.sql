SELECT json_build_object('payInvoices', json_build_object('__typename', 'PayInvoicesSuccess', 'payment', json_build_object(
    'id', id, 'state', state,
    'amount', json_build_object('amountMinor', amount_minor::text, 'currency', currency), 'settledAt', settled_at
)))::text FROM bench.pay_invoices($1, $2, $3, $4, $5, $6)
