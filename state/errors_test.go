package state

import (
	"strings"
	"testing"

	"github.com/shopctl/shopctl/lang"
)

// Every refusal tells what is wrong and what to do, in both languages.
func TestErrorsTellWhatToDo(t *testing.T) {
	for _, test := range []struct {
		err interface {
			error
			Text() lang.Text
		}
		en, zh string
	}{
		{&LockError{}, "wait for it to end", "请等它结束"},
		{&LockError{LockInfo{ID: "1", Who: "ci"}}, "locked by ci", "已被 ci 锁定"},
		{&WrongShopError{sampleShop, ShopID{"store", "wx9"}}, "not to store wx9: check the path", "请检查 state 块中的 path"},
		{&VersionError{7}, "format version 7; this program reads up to 2: install", "请安装更新版本"},
		{&LineError{"s.jsonl", 3, errTrouble}, "s.jsonl:3: the disk is full", "请从 git 或备份恢复"},
		{&LineError{"", 3, errTrouble}, "line 3: the disk is full", "第 3 行"},
		{&EntryError{"s.journal", 3, errTrouble}, "s.journal:3: the disk is full", "更新版本的 shopctl"},
		{&OrphanError{"s.jsonl", "s.journal"}, "s.jsonl is missing, but its journal s.journal", "s.jsonl 不见了，但它的日志 s.journal"},
	} {
		if text := test.err.Text(); !strings.Contains(text.EN, test.en) || !strings.Contains(text.ZH, test.zh) || test.err.Error() != text.EN {
			t.Errorf("%T says %q and %q, want %q and %q in it", test.err, text.EN, text.ZH, test.en, test.zh)
		}
	}
}
