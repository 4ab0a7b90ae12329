#!/bin/sh
# Copies modules/ into every shop, where a catalog can read it: nothing outside
# of a shop's own directory is ever read. Run it after a change in modules/, and
# commit what it changes.
set -eu
cd "$(dirname "$0")"
for shop in shops/*/; do
  rm -rf "${shop}shared"
  cp -R modules "${shop}shared"
done
