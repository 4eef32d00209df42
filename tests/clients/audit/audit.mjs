// Asks a server everything that GraphQL over HTTP says, and prints what does not hold, one line each.
//
//   node audit.mjs <address of the endpoint>
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });
for (const { status, id, name, reason, response } of results) {
  if (status === "ok") continue;
  console.log(`${status} ${id} ${name}: ${reason} (${response?.status} ${response?.headers?.get("content-type")})`);
}
console.log(`${results.filter((each) => each.status === "ok").length} of ${results.length}`);
