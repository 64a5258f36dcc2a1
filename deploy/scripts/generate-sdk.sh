#!/usr/bin/env bash
# Generates what of the SDKs is generated, from the documents in a folder:
#
#   generate-sdk.sh docs/openapi sdk
#
# writes sdk/go/generated.go and sdk/typescript/src/generated.
set -euo pipefail
documents=$(cd "$1" && pwd)
mkdir -p "$2/go" "$2/typescript/src"
out=$(cd "$2" && pwd)
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/scripts/tools.sh
. deploy/scripts/tools.sh

(cd sdk/go && "$(tool oapi-codegen)" -config oapi-codegen.yaml -o "$out/go/generated.go" "$documents/openapi-3.0.json")

# The generator's configuration is a module that is looked up beside its packages.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
ln -s "$(node_modules)" "$scratch/node_modules"
cp sdk/typescript/openapi-ts.config.mjs "$scratch/"
(cd "$scratch" && OPENAPI_DOCUMENT="$documents/openapi.json" SDK_OUTPUT="$scratch/generated" DO_NOT_TRACK=1 \
  PATH="$(node_folder):$PATH" node_modules/.bin/openapi-ts --file openapi-ts.config.mjs --silent)
rm -rf "$out/typescript/src/generated"
cp -r "$scratch/generated" "$out/typescript/src/generated"
