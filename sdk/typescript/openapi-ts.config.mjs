// What of docs/openapi/openapi.json becomes TypeScript: `make sdk`.
export default {
  input: process.env.OPENAPI_DOCUMENT,
  output: { path: process.env.SDK_OUTPUT, importFileExtension: ".js", postProcess: [] },
  plugins: [
    { name: "@hey-api/client-fetch", throwOnError: true },
    "@hey-api/typescript",
    { name: "@hey-api/sdk", responseStyle: "data" },
  ],
};
