// Fastify with Mercurius: compiled queries and its own loaders.
import Fastify from "fastify";
import mercurius from "mercurius";
import { batches } from "../batches.mjs";
import { port, viewerOf } from "../database.mjs";
import { loaded, resolvers, typeDefs } from "../fields.mjs";

/** Answer the queries of one level: those with the same arguments by one statement. */
function loaderOf({ batch, key, args: argsOf, made = (value) => value }) {
  return async (queries) => {
    const groups = new Map();
    queries.forEach(({ obj, params }, place) => {
      const args = argsOf ? argsOf(obj) : params;
      const name = JSON.stringify(args);
      if (!groups.has(name)) groups.set(name, { args, places: [] });
      groups.get(name).places.push(place);
    });
    const answers = new Array(queries.length);
    for (const { args, places } of groups.values()) {
      const values = await batches[batch](places.map((place) => key(queries[place].obj)), args);
      places.forEach((place, number) => (answers[place] = made(values[number], args)));
    }
    return answers;
  };
}

const loaders = Object.fromEntries(
  Object.entries(loaded).map(([type, fields]) => [
    type,
    Object.fromEntries(
      Object.entries(fields).map(([field, how]) => [field, { loader: loaderOf(how), opts: { cache: false } }]),
    ),
  ]),
);

const app = Fastify();
app.register(mercurius, {
  schema: typeDefs,
  resolvers,
  loaders,
  jit: 1,
  context: async (request) => ({ viewer: await viewerOf(request.headers.authorization) }),
});
await app.listen({ host: "127.0.0.1", port });
