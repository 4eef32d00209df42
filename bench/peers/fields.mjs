// How rows answer the fields that need no statement: the same for each peer that is written by hand.
import { readFileSync } from "node:fs";
import { GraphQLScalarType } from "graphql";
import { cursorOf, organizations, users } from "./batches.mjs";
import { payInvoices } from "./pay.mjs";

export const typeDefs = readFileSync(new URL("schema.graphql", import.meta.url), "utf-8");

const money = (column) => (row) => ({ amountMinor: row[column], currency: row.currency });
const column = (name) => (row) => row[name];
const page = (organization, args) => ({ organization, args });

/** Rows of a page, read with one more, as a connection. */
export function connectionOf(rows, first = 20) {
  const nodes = rows.slice(0, first);
  return {
    nodes,
    edges: nodes.map((node) => ({ cursor: cursorOf(node), node })),
    pageInfo: {
      hasNextPage: rows.length > first,
      endCursor: nodes.length ? cursorOf(nodes[nodes.length - 1]) : null,
    },
  };
}

export const resolvers = {
  DateTime: new GraphQLScalarType({ name: "DateTime", serialize: (moment) => moment.toISOString() }),
  Query: {
    viewer: (_, __, { viewer }) => ({ id: viewer.user_id }),
    organization: async (_, { id }) => (await organizations([id]))[0],
  },
  Mutation: {
    payInvoices: async (_, { input }, { viewer }) => ({ payment: await payInvoices(viewer, input) }),
  },
  Viewer: { user: async ({ id }) => (await users([id]))[0] },
  User: {
    firstName: column("first_name"),
    lastName: column("last_name"),
    createdAt: column("created_at"),
  },
  Organization: { members: page, products: page },
  Wallet: { balance: money("balance_minor") },
  Product: { expiresOn: column("expires_on"), createdAt: column("created_at") },
  Invoice: { issuedOn: column("issued_on"), dueOn: column("due_on"), total: money("total_minor") },
  InvoiceLine: { net: money("net_minor") },
  Payment: { amount: money("amount_minor"), settledAt: column("settled_at") },
};

/** Type and field → the batch that answers it, the key of a parent there, and what becomes of the value. */
export const loaded = {
  Viewer: {
    organizations: { batch: "Viewer.organizations", key: (viewer) => viewer.id, made: (nodes) => ({ nodes }) },
  },
  Organization: {
    wallet: { batch: "Organization.wallet", key: (row) => row.id },
    openInvoiceCount: { batch: "Organization.openInvoiceCount", key: (row) => row.id },
    invoices: {
      batch: "InvoiceConnection.page",
      key: (row) => row.id,
      made: (rows, { first }) => connectionOf(rows, first),
    },
  },
  MembershipConnection: { totalCount: { batch: "MembershipConnection.totalCount", key: (of) => of.organization.id } },
  ProductConnection: {
    nodes: { batch: "ProductConnection.nodes", key: (of) => of.organization.id, args: (of) => of.args },
    totalCount: { batch: "ProductConnection.totalCount", key: (of) => of.organization.id },
  },
  Invoice: { lines: { batch: "Invoice.lines", key: (row) => row.id } },
  InvoiceLine: { product: { batch: "InvoiceLine.product", key: (row) => row.product_id } },
};
