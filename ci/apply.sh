#!/usr/bin/env bash
# Applies the plan that was reviewed. Without one it does only what needs neither
# a platform review nor a human, unless SHOPCTL_UNREVIEWED says otherwise.
#
# In: $SHOPCTL_OUT/plan.json   the plan that was reviewed, if there is one
#     SHOPCTL_UNREVIEWED       without a plan: free (default), none, or all
#     SHOPCTL_WAIT             how long to wait for the platform's verdicts, such as 10m
. "$(dirname "$0")/common.sh"

: "${SHOPCTL_UNREVIEWED:=free}" "${SHOPCTL_WAIT:=}"
args=(--wait "${SHOPCTL_WAIT:-0s}")
if [ -s "$plan_file" ]; then
  tell 'Applying the plan that was reviewed.' '正在执行经过审阅的计划。'
  args+=("$plan_file")
else
  case $SHOPCTL_UNREVIEWED in
  free)
    tell 'There is no reviewed plan for this commit: only what needs no review and no human is applied.' '该提交没有经过审阅的计划：只执行无需审核、无需人工决定的变更。'
    args+=(--approve free)
    ;;
  all)
    tell 'There is no reviewed plan for this commit: everything is applied, as the pipeline is set up to.' '该提交没有经过审阅的计划：按流水线的设置，全部执行。'
    args+=(--auto-approve)
    ;;
  none)
    tell 'There is no reviewed plan for this commit: nothing is applied.' '该提交没有经过审阅的计划：不执行任何变更。'
    exit 0
    ;;
  *)
    say "SHOPCTL_UNREVIEWED is '$SHOPCTL_UNREVIEWED'; it can be free, all or none" "SHOPCTL_UNREVIEWED 为 '$SHOPCTL_UNREVIEWED'，可选 free、all 或 none" >&2
    exit 1
    ;;
  esac
fi

code=0
shop apply "${args[@]}" "${extra[@]}" 2>&1 | tee "$SHOPCTL_OUT/apply.txt" || code=$?
fenced "$SHOPCTL_OUT/apply.txt"
output exit-code "$code"
"$(dirname "$0")/publish.sh"
if [ "$code" -eq 3 ]; then
  tell 'Done as far as it goes: something is still in review, or left for later. The next run goes on.' '已尽可能完成：仍有内容在审核中或留待稍后，下次运行会继续。'
  exit 0
fi
exit "$code"
