#!/usr/bin/env bash
# Finds the last published snapshot of the shop, for changes without secrets.
#
# In:  SHOPCTL_ARTIFACT (its name), SHOPCTL_DEFAULT_BRANCH
# Out: run (the workflow run that holds it; empty when there is none)
# shellcheck source=common.sh
. "$(dirname "$0")/../common.sh"
# shellcheck source=api.sh
. "$(dirname "$0")/api.sh"

output run "$(artifact "$SHOPCTL_ARTIFACT" '' "$SHOPCTL_DEFAULT_BRANCH")"
