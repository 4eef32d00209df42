/**
 * @generated SignedSource<<699e6701eb0ee929c6e2828d05203edd>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type OrganizationKind = "ASSOCIATION" | "COMPANY" | "INDIVIDUAL" | "PUBLIC_BODY" | "%future added value";
export type RefusalCode = "ALREADY_MEMBER" | "AMOUNT_CHANGED" | "CURRENCY_MISMATCH" | "IDEMPOTENCY_KEY_REUSED" | "INSUFFICIENT_FUNDS" | "INVALID_CREDENTIALS" | "INVALID_CURRENT_PASSWORD" | "INVALID_INPUT" | "INVITATION_ALREADY_PENDING" | "INVITATION_FOR_OTHER_ADDRESS" | "INVITATION_NOT_PENDING" | "INVOICE_NOT_PAYABLE" | "LAST_LEGAL_REPRESENTATIVE" | "LAST_MEMBER" | "LINK_EXPIRED" | "LOGIN_CHANGE_EXPIRED" | "LOGIN_EMAIL_TAKEN" | "NO_LINKED_MAILBOX" | "PASSWORD_TOO_WEAK" | "ROLE_NOT_GRANTABLE" | "SAME_AS_RECOVERY_EMAIL" | "SECOND_FACTOR_ALREADY_ON" | "SECOND_FACTOR_INVALID" | "SECOND_FACTOR_NEEDED_BY_STAFF" | "SECOND_FACTOR_NOT_ON" | "SECOND_FACTOR_REQUIRED" | "VAT_NUMBER_INVALID" | "VAT_NUMBER_NOT_APPLICABLE" | "%future added value";
export type UpdateOrganizationInput = {
  city?: string | null | undefined;
  country?: string | null | undefined;
  kind?: OrganizationKind | null | undefined;
  name?: string | null | undefined;
  organizationId: string;
  postalCode?: string | null | undefined;
  street?: string | null | undefined;
  timeZone?: string | null | undefined;
  vatNumber?: string | null | undefined;
};
export type DashboardRenameMutation$variables = {
  input: UpdateOrganizationInput;
};
export type DashboardRenameMutation$data = {
  readonly updateOrganization: {
    readonly __typename: string;
    readonly code?: RefusalCode;
    readonly message?: string;
    readonly organization?: {
      readonly id: string;
      readonly name: string;
    };
  } | null | undefined;
};
export type DashboardRenameMutation = {
  response: DashboardRenameMutation$data;
  variables: DashboardRenameMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "input"
  }
],
v1 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "input",
        "variableName": "input"
      }
    ],
    "concreteType": null,
    "kind": "LinkedField",
    "name": "updateOrganization",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "__typename",
        "storageKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "Organization",
            "kind": "LinkedField",
            "name": "organization",
            "plural": false,
            "selections": [
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "id",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "name",
                "storageKey": null
              }
            ],
            "storageKey": null
          }
        ],
        "type": "UpdateOrganizationSuccess",
        "abstractKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "code",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "message",
            "storageKey": null
          }
        ],
        "type": "UserError",
        "abstractKey": "__isUserError"
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "DashboardRenameMutation",
    "selections": (v1/*:: as any*/),
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "DashboardRenameMutation",
    "selections": (v1/*:: as any*/)
  },
  "params": {
    "cacheID": "5528e0f4afa4b91a60f5eee9a4c6d58a",
    "id": null,
    "metadata": {},
    "name": "DashboardRenameMutation",
    "operationKind": "mutation",
    "text": "mutation DashboardRenameMutation(\n  $input: UpdateOrganizationInput!\n) {\n  updateOrganization(input: $input) {\n    __typename\n    ... on UpdateOrganizationSuccess {\n      organization {\n        id\n        name\n      }\n    }\n    ... on UserError {\n      __isUserError: __typename\n      code\n      message\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "beb9c25136ccea155b093e3d5679b09e";

export default node;
