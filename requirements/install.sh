#!/bin/sh
# sh requirements/install.sh demo|dev [more lock files]: make .venv hold exactly what the lock files say, hashes checked.
set -eu
name=$1
shift
echo " · Python packages ($name), about a minute the first time"
if [ -x .venv/bin/uv ]; then
    exec .venv/bin/uv pip sync --quiet --require-hashes requirements/uv.txt "requirements/$name.txt" "$@"
fi
for file in "requirements/$name.txt" "$@"; do
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$file"
done
