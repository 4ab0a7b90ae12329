#!/usr/bin/env bash
# Writes what is known of the shop, for plans of changes that have no secrets. Run
# by apply and status once they have read the shop, and with it its categories.
#
# In: SHOPCTL_PUBLISH=true   anything else: nothing is published
. "$(dirname "$0")/common.sh"

rm -f "$SHOPCTL_OUT/snapshot.jsonl"
[ "${SHOPCTL_PUBLISH:-}" = true ] || exit 0
shop state publish "$SHOPCTL_OUT/snapshot.jsonl" || true # before the first apply there is nothing to publish
