#!/usr/bin/env bash
# Compiles a copy of sdk/typescript and runs its tests, or its quick-start, on it:
#
#   typescript-sdk.sh test|quickstart
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/scripts/tools.sh
. deploy/scripts/tools.sh
PATH="$(node_folder):$PATH"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -r sdk/typescript/{package.json,tsconfig.json,tsconfig.test.json,src,test,quickstart} "$scratch"
ln -s "$(node_modules)" "$scratch/node_modules"
cd "$scratch"
node_modules/.bin/tsc -p tsconfig.test.json
case "${1:-}" in
test) node --test build/test/*.test.js ;;
quickstart) node build/quickstart/main.js ;;
*)
  say "usage: typescript-sdk.sh test|quickstart"
  exit 2
  ;;
esac
