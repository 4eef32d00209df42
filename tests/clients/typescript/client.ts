// A frontend's first steps with the generated types: log in, page through organizations, invite, handle every refusal.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";

import { InviteDocument, OverviewDocument, SignInDocument, type InviteMutation } from "./generated.js";

interface Failure {
  readonly message: string;
  readonly extensions: { readonly code: string };
}

class Client {
  constructor(
    private readonly address: string,
    private readonly secret?: string,
  ) {}

  async ask<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
    const answer = await fetch(`${this.address}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json",
        ...(this.secret === undefined ? {} : { authorization: `Bearer ${this.secret}` }),
      },
      body: JSON.stringify({ query: print(document), variables }),
    });
    const body = (await answer.json()) as { data?: Data; errors?: readonly Failure[] };
    if (body.data === undefined || body.errors !== undefined) {
      throw new Error(JSON.stringify(body.errors));
    }
    return body.data;
  }
}

type Invited = NonNullable<InviteMutation["inviteMember"]>;

// Every member of the union is named: a new refusal in the schema stops this from compiling.
function told(outcome: Invited): string {
  switch (outcome.__typename) {
    case "InviteMemberSuccess":
      return `invited ${outcome.invitation.address}: ${outcome.invitation.state}`;
    case "InvitationAlreadyPending":
      return `already invited: ${outcome.invitationId.slice(0, 4)}`;
    case "RoleNotGrantable":
      return `may not grant ${outcome.role}`;
    case "AlreadyMember":
      return "already a member";
    case "InvalidInput":
      return outcome.problems.map((problem) => `${problem.path.join(".")} ${problem.code}`).join(", ");
    case "IdempotencyKeyReused":
      return "this key meant something else";
  }
}

async function main(address: string, email: string, password: string): Promise<void> {
  const entered = await new Client(address).ask(SignInDocument, { input: { email, password } });
  if (entered.logIn?.__typename !== "LogInSuccess") {
    throw new Error("the log-in was refused");
  }
  const client = new Client(address, entered.logIn.secret);
  const names: string[] = [];
  const ids = new Map<string, string>();
  let after: string | null = null;
  for (;;) {
    const page: Awaited<ReturnType<typeof overview>> = await overview(client, after);
    for (const organization of page?.nodes ?? []) {
      names.push(organization.name);
      ids.set(organization.name, organization.id);
    }
    if (page === null || !page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  console.log(names.join("|"));
  const organizationId = ids.get("Alpine Bakery SA") ?? "";
  const invite = async (role: "COLLABORATOR" | "LEGAL_REPRESENTATIVE", to: string, idempotencyKey: string) => {
    const { inviteMember } = await client.ask(InviteDocument, {
      input: { organizationId, email: to, role, idempotencyKey },
    });
    if (inviteMember === null) throw new Error("denied");
    console.log(told(inviteMember));
  };
  await invite("COLLABORATOR", "tom@example.org", "one");
  await invite("COLLABORATOR", "tom@example.org", "one");
  await invite("COLLABORATOR", "tom@example.org", "two");
  await invite("COLLABORATOR", "else@example.org", "one");
  await invite("LEGAL_REPRESENTATIVE", "boss@example.org", "three");
  await invite("COLLABORATOR", "no address", "four");
  await invite("COLLABORATOR", "anna@alpine-bakery.example", "five");
}

async function overview(client: Client, after: string | null) {
  const { organizations } = await client.ask(OverviewDocument, { first: 2, after, filter: null });
  return organizations;
}

const [address = "", email = "", password = ""] = process.argv.slice(2);
await main(address, email, password);
