#!/usr/bin/env bash
# Make the two lock files anew: needs uv. The test lock holds everything; the run lock is the part of it that the journey needs.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() { uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url --no-strip-extras --quiet "$@"; }
lock --all-extras --output-file requirements-test.lock
lock --extra allocation --constraint requirements-test.lock --output-file requirements.lock
