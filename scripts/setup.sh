#!/bin/sh
# Finds a Python that will do, and lets it do the rest (scripts/bootstrap.py). Says plainly what is missing.
set -eu
cd "$(dirname "$0")/.."

fits() {
    command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python}; do
    if fits "$candidate"; then
        exec "$candidate" -I scripts/bootstrap.py "$@"
    fi
done

found=$( (${PYTHON:-python3} --version || true) 2>&1 | tail -n 1)
echo "make setup: Python 3.11 or newer is needed; ${PYTHON:-python3} says: ${found:-nothing}" >&2
echo "  Debian, Ubuntu: apt install python3 python3-venv     macOS: brew install python     other: PYTHON=/path/to/python3" >&2
exit 1
