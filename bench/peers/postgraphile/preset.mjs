// What is served: every table, filters on lists, and the one function that pays.
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";
import { poolConfig, port, viewerOf } from "../database.mjs";

export default {
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  disablePlugins: ["PgIndexBehaviorsPlugin"], // lists are filtered by what has no index of its own, too
  pgServices: [
    makePgService({
      connectionString: process.env.DATABASE_URL,
      schemas: ["public", "bench"],
      poolConfig,
    }),
  ],
  grafserv: { host: "127.0.0.1", port, graphiql: false, watch: false },
  grafast: {
    context: async ({ node }) => ({ viewer: await viewerOf(node?.req.headers.authorization) }),
    explain: false,
  },
};
