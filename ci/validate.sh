#!/usr/bin/env bash
# Checks form and content of the catalog. Needs no secret and no network.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/annotations.sh"

unformatted=0
shop fmt --check || unformatted=$?
code_of annotated validate "${extra[@]}"
if [ "$code" -ne 0 ]; then
  tell 'The catalog has errors: see the annotations.' '商品目录有错误，详见注解。'
  exit "$code"
fi
if [ "$unformatted" -ne 0 ]; then
  tell 'Some files are not in their one form. Run: shopctl fmt' '有文件格式不规范。请运行：shopctl fmt'
  exit "$unformatted"
fi
tell 'The catalog is valid.' '商品目录有效。'
