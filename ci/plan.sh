#!/usr/bin/env bash
# Plans, and leaves plan.json (for apply), plan.md (for the comment) and plan.html
# (to look at) in $SHOPCTL_OUT.
#
# In: SHOPCTL_FOREIGN=true   the change is a stranger's: there are no secrets
#     SHOPCTL_SNAPSHOT       a file of "state publish"; foreign changes are planned
#                            from it, without reaching the shop
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/annotations.sh"

rm -f "$plan_file" "$SHOPCTL_OUT"/plan.md "$SHOPCTL_OUT"/plan.html
code_of annotated validate
[ "$code" -eq 0 ] || {
  tell 'The catalog has errors: see the annotations.' '商品目录有错误，详见注解。'
  exit "$code"
}

from=()
if [ "${SHOPCTL_FOREIGN:-}" = true ]; then
  if [ ! -s "${SHOPCTL_SNAPSHOT:-}" ]; then
    tell 'This run has no secrets, like every change from a fork, and no snapshot of the shop is published: the files were checked, and nothing was planned.' \
      '本次运行没有密钥（来自 fork 的变更都是如此），也没有已发布的店铺快照：只检查了文件，没有生成计划。'
    exit 0
  fi
  from=(--snapshot "$SHOPCTL_SNAPSHOT")
fi

shop plan --out "$plan_file" "${from[@]}" "${until_deadline[@]}" "${extra[@]}"
shop show "$plan_file" --format markdown >"$SHOPCTL_OUT/plan.md"
shop show "$plan_file" --format html >"$SHOPCTL_OUT/plan.html"

cat "$SHOPCTL_OUT/plan.md" >>"$GITHUB_STEP_SUMMARY"
if [ ${#from[@]} -gt 0 ]; then
  tell 'This run has no secrets, like every change from a fork. The plan was made from the last published snapshot of the shop, not from the shop itself. The plan of a fork is not applied: after the merge only what needs no review is done, unless somebody plans the change again from a branch of this repository.' \
    '本次运行没有密钥（来自 fork 的变更都是如此）。计划依据最近发布的店铺快照生成，没有读取店铺本身。来自 fork 的计划不会被执行：合并后只执行无需审核的变更，其余需在本仓库的分支上重新计划。'
fi
output changes "$(jq '.summary.calls > 0' "$plan_file")"
