#!/usr/bin/env bash
# What must go with the binary, read off Cargo.lock and the crates' own folders:
#
#   dist/papers.sh DIR    writes DIR/sbom.cdx.json (CycloneDX 1.5) and
#                         DIR/THIRD-PARTY-LICENSES
#
# Only crates that are in the binary count: no tests' crates, no other system's.
# From the Makefile: CARGO, MUSL_TARGET, SOURCE_DATE_EPOCH.
set -euo pipefail

folder=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The packages that normal and build dependencies lead to from this one.
metadata() {
    "$CARGO" metadata --format-version 1 --locked --filter-platform "$MUSL_TARGET" |
        jq '
        (.resolve.nodes | map({(.id): [.deps[] | select(any(.dep_kinds[]; .kind == null)) | .pkg]}) | add) as $deps
        | .resolve.root as $root
        | def reached($from): reduce $from[] as $id ({}; .[$id] = true);
        ({seen: {}, todo: [$root]} | until(.todo == [];
            .todo[0] as $id
            | .todo |= .[1:]
            | if .seen[$id] then . else .seen[$id] = true | .todo += $deps[$id] end)
         | .seen) as $in
        | {root: $root, deps: $deps,
           packages: (.packages | map(select($in[.id])) | sort_by(.name, .version))}'
}

# name version sha256, from Cargo.lock.
checksums() {
    awk '/^name = /{n=$3} /^version = /{v=$3} /^checksum = /{print n, v, $3}' Cargo.lock | tr -d '"'
}

sbom() {
    jq --rawfile sums "$work/sums" --argjson epoch "$SOURCE_DATE_EPOCH" '
        ($sums | split("\n") | map(split(" ") | select(length == 3) | {("\(.[0]) \(.[1])"): .[2]}) | add) as $sha
        | def ref: "pkg:cargo/\(.name)@\(.version)";
        def component($type): {
            type: $type, "bom-ref": ref, name, version, purl: ref,
            description: ((.description // "") | gsub("\\s+"; " ")),
            licenses: [{expression: ((.license // "NOASSERTION") | gsub("/"; " OR "))}],
            hashes: [$sha["\(.name) \(.version)"] // empty | {alg: "SHA-256", content: .}]}
            | if .hashes == [] then del(.hashes) else . end;
        . as $all
        | (.packages | map({(.id): ref}) | add) as $refs
        | (.packages[] | select(.id == $all.root)) as $program
        | {bomFormat: "CycloneDX", specVersion: "1.5", version: 1,
           metadata: {timestamp: ($epoch | todate), component: ($program | component("application"))},
           components: [.packages[] | select(.id != $all.root) | component("library")],
           dependencies: [.packages[] | {ref: ref, dependsOn: ([$all.deps[.id][] | $refs[.] // empty] | unique)}]}' "$work/metadata"
}

licences() {
    cat <<'TEXT'
What the binary illumio-monitor is made of, beside its own code: crates, each with the
licence it is under and the licence files that come with it; Rust's standard library
(MIT OR Apache-2.0, the Rust Project); and musl libc (MIT, Copyright 2005-2020 Rich
Felker and others). The text of the MIT licence is that of the file LICENSE, of the
Apache licence that of several crates below.
TEXT
    jq -r '.root as $root | .packages[] | select(.id != $root)
        | [.name, .version, .license // "see below", (.authors | join(", ")), (.repository // ""), .manifest_path]
        | map(if . == "" then "-" else . end) | @tsv' "$work/metadata" |
        while IFS=$'\t' read -r name version licence authors source manifest; do
            printf '\n%s\n%s %s\n%s\nby %s\n%s\n' "$(printf '=%.0s' {1..80})" \
                "$name" "$version" "$licence" "$authors" "$source"
            find "$(dirname "$manifest")" -maxdepth 1 -type f \
                \( -iname 'licen[cs]e*' -o -iname 'copying*' -o -iname 'copyright*' -o -iname 'notice*' \) |
                LC_ALL=C sort | while read -r file; do
                printf -- '\n--- %s\n\n' "${file##*/}"
                tr -d '\r' <"$file"
            done
        done
}

mkdir -p "$folder"
metadata >"$work/metadata"
checksums >"$work/sums"
sbom >"$folder/sbom.cdx.json"
licences >"$folder/THIRD-PARTY-LICENSES"
