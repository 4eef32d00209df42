// What a dashboard made with Relay asks; only compiled, by the Relay compiler, which knows the schema by heart.
import { graphql } from "relay-runtime";

export const query = graphql`
  query DashboardQuery($first: Int!) {
    viewer {
      user {
        id
        login
      }
    }
    ...Dashboard_organizations @arguments(count: $first)
  }
`;

export const organizations = graphql`
  fragment Dashboard_organizations on Query
  @argumentDefinitions(count: { type: "Int!" }, cursor: { type: "String" })
  @refetchable(queryName: "DashboardOrganizationsPaginationQuery") {
    organizations(first: $count, after: $cursor, orderBy: NAME) @connection(key: "Dashboard_organizations") {
      edges {
        node {
          id
          ...Dashboard_members @arguments(count: 10)
        }
      }
    }
  }
`;

export const members = graphql`
  fragment Dashboard_members on Organization
  @argumentDefinitions(count: { type: "Int!" }, cursor: { type: "String" })
  @refetchable(queryName: "DashboardMembersPaginationQuery") {
    name
    members(first: $count, after: $cursor) @connection(key: "Dashboard_members") {
      edges {
        node {
          id
          role
          createdAt
          user {
            name
          }
        }
      }
    }
  }
`;

export const rename = graphql`
  mutation DashboardRenameMutation($input: UpdateOrganizationInput!) {
    updateOrganization(input: $input) {
      __typename
      ... on UpdateOrganizationSuccess {
        organization {
          id
          name
        }
      }
      ... on UserError {
        code
        message
      }
    }
  }
`;

export const anything = graphql`
  query DashboardNodeQuery($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Product {
        name
        kind
        expiresOn
      }
    }
  }
`;
