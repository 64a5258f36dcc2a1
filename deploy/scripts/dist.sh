#!/usr/bin/env bash
# Makes what a release consists of, for each kind of machine: static programs, the
# parts they are made of (CycloneDX), and the licences of those:
#
#   VERSION=v1.2.3 COMMIT=0123abcd dist.sh [FOLDER]
#
# The archive is unpacked where RELEASES_DIR says: v1.2.3/bin/api and so on. The same
# source gives the same bytes.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/scripts/tools.sh
. deploy/scripts/tools.sh

out=${1:-dist}
version=${VERSION:-devel}
deploy/scripts/install-tools.sh dist
mkdir -p "$out"
out=$(cd "$out" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
go run ./deploy/licences >"$scratch/THIRD_PARTY.txt"
for arch in ${ARCHS:-amd64 arm64}; do
  folder="$scratch/$arch/$version"
  mkdir -p "$folder/bin" "$folder/sbom"
  GOOS=linux GOARCH=$arch deploy/scripts/build-static.sh "$folder/bin"
  for program in api worker footballctl; do
    "$(tool cyclonedx-gomod)" bin -json -version "$version" -noserial -output "$folder/sbom/$program.cdx.json" "$folder/bin/$program" 2>/dev/null
    # When it was made is no part of what it is.
    sed -i -E '/^ *"timestamp": /d' "$folder/sbom/$program.cdx.json"
  done
  cp "$scratch/THIRD_PARTY.txt" CHANGELOG.md "$folder/"
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime='2000-01-01 00:00:00Z' -C "$scratch/$arch" -cf - "$version" |
    gzip -n >"$out/football-prediction_${version}_linux_$arch.tar.gz"
done
(cd "$out" && sha256sum football-prediction_"${version}"_linux_*.tar.gz >SHA256SUMS)
say "Made $(cd "$out" && ls)"
