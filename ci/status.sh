#!/usr/bin/env bash
# Says where every object stands, and whether shop and files still agree. What the
# platform rejected is put beside the lines it is about.
#
# In:  SHOPCTL_ISSUE=true       somebody is told elsewhere (ci/github/issue.sh), so the
#                               run is green; otherwise trouble makes it red
# Out: $SHOPCTL_OUT/status.md   the board, and the difference if there is one
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/annotations.sh"

# readable ends the run unless the board could be made: 3 and 4 say how it stands.
readable() { case $1 in 0 | 3 | 4) ;; *) exit "$1" ;; esac }

board=$SHOPCTL_OUT/status.md
code_of annotated status "${until_deadline[@]}" "${extra[@]}"
readable "$code"
well=true
[ "$code" -ne 4 ] || well=false
code_of shop status --format markdown "${until_deadline[@]}" >"$board"
readable "$code"
shop plan --out "$plan_file" "${until_deadline[@]}"
shop show "$plan_file" --format markdown >"$SHOPCTL_OUT/plan.md"
"$(dirname "$0")/publish.sh"

# What waits for a verdict is no difference: nothing would be sent.
if jq -e '.summary.calls > 0' "$plan_file" >/dev/null; then
  well=false
  {
    say '### Shop and files differ' '### 店铺与文件不一致'
    say 'Somebody changed the shop by hand, or something merged is not applied yet. Apply makes it true again; *shopctl import --drift* takes it over into the files.' \
      '有人在后台改动了店铺，或有已合并的变更尚未执行。apply 会恢复一致；shopctl import --drift 则把改动写回文件。'
    if [ "$(cat "$board" "$SHOPCTL_OUT/plan.md" | wc -c)" -lt 60000 ]; then
      tail -n +2 "$SHOPCTL_OUT/plan.md"
    else
      say 'The plan is too long to stand here: see the log of the run.' '计划太长，无法在此显示，请查看运行日志。'
    fi
  } >"$SHOPCTL_OUT/difference.md"
  cat "$SHOPCTL_OUT/difference.md" >>"$board"
fi

cat "$board" >>"$GITHUB_STEP_SUMMARY"
output well "$well"
[ "$well" = true ] || [ "${SHOPCTL_ISSUE:-}" = true ] || exit 4
