// The data behind each field that has parents: one statement for all parents of a level, rows limited for each.
import { select } from "./database.mjs";

const parentsOf = "unnest($1::uuid[]) WITH ORDINALITY AS parent(id, place)";

/** Rows for each parent, in the order of the parents. */
async function many(parents, text, values = []) {
  const found = parents.map(() => []);
  for (const row of await select(text, [parents, ...values])) found[row.place - 1].push(row);
  return found;
}

const one = async (...args) => (await many(...args)).map((rows) => rows[0] ?? null);
const counted = async (...args) => (await many(...args)).map(([row]) => row.count);

const count = (table, column, where = "") => `
  SELECT place, (SELECT count(*)::int FROM ${table} WHERE ${column} = parent.id ${where}) AS count FROM ${parentsOf}`;

const invoiceColumns = "id, number, state, issued_on, due_on, currency, total_minor, created_at";

function readCursor(cursor) {
  return Buffer.from(cursor, "base64url").toString().split(" ");
}

export function cursorOf(invoice) {
  return Buffer.from(`${invoice.created_at.toISOString()} ${invoice.id}`).toString("base64url");
}

/** Pages of invoices, each with one row more than was asked for. */
function invoices(parents, { first = 20, after, filter }) {
  const values = [first + 1];
  let where = "";
  if (filter?.state) where += ` AND state = ANY($${values.push(filter.state) + 1}::text[])`;
  if (after) {
    const [createdAt, id] = readCursor(after);
    where += ` AND (created_at, id) < ($${values.push(createdAt) + 1}::timestamptz, $${values.push(id) + 1}::uuid)`;
  }
  return many(
    parents,
    `SELECT place, page.* FROM ${parentsOf} CROSS JOIN LATERAL (
       SELECT ${invoiceColumns} FROM invoices WHERE billed_to_id = parent.id ${where}
       ORDER BY created_at DESC, id DESC LIMIT $2
     ) page ORDER BY place, created_at DESC, id DESC`,
    values,
  );
}

function products(parents, { first = 20, filter }) {
  const values = [first];
  const where = filter?.expiresBefore ? `AND expires_on < $${values.push(filter.expiresBefore) + 1}::date` : "";
  return many(
    parents,
    `SELECT place, page.* FROM ${parentsOf} CROSS JOIN LATERAL (
       SELECT id, kind, family, state, name, label, expires_on, created_at, name_sort FROM products
       WHERE organization_id = parent.id ${where} ORDER BY name_sort, id LIMIT $2
     ) page ORDER BY place, name_sort, id`,
    values,
  );
}

export const users = (parents) =>
  one(
    parents,
    `SELECT place, u.id, login, first_name, last_name, locale, created_at
     FROM ${parentsOf} JOIN users u ON u.id = parent.id`,
  );

export const organizations = (parents) =>
  one(parents, `SELECT place, o.id, o.name FROM ${parentsOf} JOIN organizations o ON o.id = parent.id`);

/** Type and field → the values of the field for the keys of its parents. */
export const batches = {
  "Viewer.organizations": (parents, { first = 20 }) =>
    many(
      parents,
      `SELECT place, page.* FROM ${parentsOf} CROSS JOIN LATERAL (
         SELECT o.id, o.name, o.name_sort FROM memberships m JOIN organizations o ON o.id = m.organization_id
         WHERE m.user_id = parent.id ORDER BY o.name_sort, o.id LIMIT $2
       ) page ORDER BY place, name_sort, id`,
      [first],
    ),
  "Organization.wallet": (parents) =>
    one(
      parents,
      `SELECT place, w.id, w.balance_minor, w.currency FROM ${parentsOf}
       JOIN ledger_accounts w ON w.organization_id = parent.id AND w.is_current`,
    ),
  "Organization.openInvoiceCount": (parents) => counted(parents, count("invoices", "billed_to_id", "AND state = 'OPEN'")),
  "MembershipConnection.totalCount": (parents) => counted(parents, count("memberships", "organization_id")),
  "ProductConnection.totalCount": (parents) => counted(parents, count("products", "organization_id")),
  "ProductConnection.nodes": products,
  "InvoiceConnection.page": invoices,
  "Invoice.lines": (parents) =>
    many(
      parents,
      `SELECT place, l.id, l.description, l.quantity, l.currency, l.net_minor, l.product_id
       FROM ${parentsOf} JOIN invoice_lines l ON l.invoice_id = parent.id ORDER BY place, position`,
    ),
  "InvoiceLine.product": (parents) =>
    one(parents, `SELECT place, p.id, p.name FROM ${parentsOf} JOIN products p ON p.id = parent.id`),
};
