// What the peers on Node share: connections, the look-up of the token, prepared statements.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import pg from "pg";

pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text); // a day is no instant

export const poolConfig = { max: Number(process.env.DATABASE_POOL_MAXIMUM), idleTimeoutMillis: 0 };
export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, ...poolConfig });
export const port = Number(process.env.PORT);

const tokenStatement = readFileSync(new URL("token.sql", import.meta.url), "utf-8");

const names = new Map();

/** Run a statement that each connection prepares once. */
export async function select(text, values, client = pool) {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = `statement ${names.size}`));
  return (await client.query({ name, text, values })).rows;
}

/** Who asks: the user and session behind the bearer secret. */
export async function viewerOf(authorization) {
  const secret = (authorization ?? "").replace(/^Bearer /, "");
  const [viewer] = await select(tokenStatement, [createHash("sha256").update(secret).digest("hex")]);
  if (viewer === undefined) throw new Error("nobody is signed in");
  return viewer;
}
