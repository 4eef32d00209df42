// GraphQL Yoga with data loaders, fresh ones for each request.
import { createServer } from "node:http";
import DataLoader from "dataloader";
import { createSchema, createYoga } from "graphql-yoga";
import { batches } from "../batches.mjs";
import { port, viewerOf } from "../database.mjs";
import { loaded, resolvers, typeDefs } from "../fields.mjs";

/** One data loader for each batch and its arguments. */
class Loaders {
  #loaders = new Map();

  load(batch, args, key) {
    const name = `${batch} ${JSON.stringify(args)}`;
    let loader = this.#loaders.get(name);
    if (loader === undefined) {
      loader = new DataLoader((keys) => batches[batch](keys, args));
      this.#loaders.set(name, loader);
    }
    return loader.load(key);
  }
}

function resolverOf({ batch, key, args: argsOf, made }) {
  return async (parent, params, { loaders }) => {
    const args = argsOf ? argsOf(parent) : params;
    const value = await loaders.load(batch, args, key(parent));
    return made ? made(value, args) : value;
  };
}

const all = { ...resolvers };
for (const [type, fields] of Object.entries(loaded)) {
  const load = Object.entries(fields).map(([field, how]) => [field, resolverOf(how)]);
  all[type] = { ...all[type], ...Object.fromEntries(load) };
}

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers: all }),
  context: async ({ request }) => ({
    viewer: await viewerOf(request.headers.get("authorization")),
    loaders: new Loaders(),
  }),
  logging: false,
  graphiql: false,
});
createServer(yoga).listen(port, "127.0.0.1");
