// PostGraphile on the HTTP server of Node.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { grafserv } from "postgraphile/grafserv/node";
import { port } from "../database.mjs";
import preset from "./preset.mjs";

const server = createServer();
server.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
const serving = postgraphile(preset).createServ(grafserv);
await serving.addTo(server);
server.listen(port, "127.0.0.1");
