// Opens the explorer on this page. What it needs to know stands in the attributes of the element it fills.
"use strict";

// GraphiQL's dialogs write a style element of their own, and take the nonce for it from this name.
window.__webpack_nonce__ = document.currentScript.nonce;

addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("explorer");
  const { endpoint, schema } = place.dataset;
  const ask = GraphiQL.createFetcher({ url: endpoint });
  const describe = async () => (await fetch(schema)).json();
  const properties = {
    // A server that answers no introspection has its schema in a file, in the form of such an answer.
    fetcher: (query, options) =>
      schema && query.operationName === "IntrospectionQuery" ? describe() : ask(query, options),
    defaultEditorToolsVisibility: true,
    defaultQuery:
      "# Write a query here and run it with Ctrl-Enter.\n" +
      "# The docs are behind the book on the left.\n\n" +
      "{\n  __typename\n}\n",
  };
  ReactDOM.createRoot(place).render(React.createElement(GraphiQL, properties));
});
