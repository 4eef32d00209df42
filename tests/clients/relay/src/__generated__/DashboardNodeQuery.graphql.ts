/**
 * @generated SignedSource<<28fc1f6e273f9ad8788ac17b5f044354>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type ProductKind = "AUDIO_STREAMING" | "CUSTOM_BRAND" | "DOMAIN_NAME" | "FREE_MAIL" | "GUEST_MANAGER" | "INFOMAIL" | "JELASTIC_CLOUD" | "KDRIVE" | "KSUITE" | "MAIL_SERVICE" | "MANAGED_CLOUD_SERVER" | "NEWSLETTER" | "SITE_CREATOR" | "SSL_CERTIFICATE" | "SWISS_BACKUP" | "SYNOLOGY_NAS" | "VIDEO_STREAMING" | "VOD_AOD" | "VPS_CLOUD" | "WEB_HOSTING" | "%future added value";
export type DashboardNodeQuery$variables = {
  id: string;
};
export type DashboardNodeQuery$data = {
  readonly node: {
    readonly __typename: string;
    readonly expiresOn?: string | null | undefined;
    readonly id: string;
    readonly kind?: ProductKind;
    readonly name?: string;
  } | null | undefined;
};
export type DashboardNodeQuery = {
  response: DashboardNodeQuery$data;
  variables: DashboardNodeQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "id"
  }
],
v1 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "id",
        "variableName": "id"
      }
    ],
    "concreteType": null,
    "kind": "LinkedField",
    "name": "node",
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
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "id",
        "storageKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "name",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "kind",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "expiresOn",
            "storageKey": null
          }
        ],
        "type": "Product",
        "abstractKey": null
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
    "name": "DashboardNodeQuery",
    "selections": (v1/*:: as any*/),
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "DashboardNodeQuery",
    "selections": (v1/*:: as any*/)
  },
  "params": {
    "cacheID": "461b39c9800fbad5558ac9d383c18bc9",
    "id": null,
    "metadata": {},
    "name": "DashboardNodeQuery",
    "operationKind": "query",
    "text": "query DashboardNodeQuery(\n  $id: ID!\n) {\n  node(id: $id) {\n    __typename\n    id\n    ... on Product {\n      name\n      kind\n      expiresOn\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "6429dccb2d9eacca11339d626230dcdf";

export default node;
