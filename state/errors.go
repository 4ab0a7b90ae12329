package state

import (
	"strconv"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// LockError is returned when somebody else holds the lock. Holder is zero when
// the lock is held and its holder cannot be read.
type LockError struct{ Holder LockInfo }

// Text says who holds the lock and what to do.
func (e *LockError) Text() lang.Text {
	if e.Holder.ID == "" {
		return lang.T(
			"the state is locked by another run: wait for it to end",
			"状态已被另一次运行锁定，请等它结束")
	}
	held := e.Holder.holds()
	if e.Holder.Expires.IsZero() {
		return joined(held, lang.T(": wait for it to end", "，请等它结束"))
	}
	return joined(held, lang.F(
		": wait for it to end. It renews its lease, now until %s; when that is past it is gone, and the next run takes over by itself",
		"，请等它结束。它会不断续租，目前租约到 %s；若租约过期，说明该运行已不存在，下一次运行会自动接管",
		e.Holder.Expires.In(schema.Beijing).Format(lockTime)))
}

func (e *LockError) Error() string { return e.Text().EN }

// lockTime is how the times of a lock are told: Beijing's, as all times for people.
const lockTime = "2006-01-02 15:04:05"

// holds says who has the lock since when, and where: a server may not tell more
// than who.
func (h LockInfo) holds() lang.Text {
	if h.PID == 0 {
		return lang.F("the state is locked by %s", "状态已被 %s 锁定", h.Who)
	}
	since := h.Since.In(schema.Beijing).Format(lockTime)
	return lang.F(
		"the state is locked by %[1]s (%[2]s) since %[3]s", "状态已被 %[1]s 锁定（%[4]s，始于 %[3]s）",
		h.Who, h.work().EN, since, h.work().ZH)
}

// people is the holder as people know it.
func (h LockInfo) people() lang.Text {
	if h.PID == 0 {
		return lang.Same(h.Who)
	}
	return lang.F("%[1]s (%[2]s)", "%[1]s（%[3]s）", h.Who, h.work().EN, h.work().ZH)
}

// work is what the holder does, where, and the page of its run.
func (h LockInfo) work() lang.Text {
	t := lang.F("%s, process %d on %s", "%s，进程 %d，主机 %s", h.Operation, h.PID, h.Host)
	if h.Run != "" {
		t = joined(t, lang.T(", ", "，"), lang.Same(h.Run))
	}
	return t
}

// WrongShopError refuses a state that belongs to another shop.
type WrongShopError struct{ Have, Want ShopID }

// Text says which two shops do not fit.
func (e *WrongShopError) Text() lang.Text {
	return lang.F(
		"the state belongs to %s %s, not to %s %s: check the path in the state block, one file per shop",
		"状态文件属于 %s %s，而不是 %s %s：请检查 state 块中的 path，每个店铺各用一个文件",
		e.Have.Platform, e.Have.AppID, e.Want.Platform, e.Want.AppID)
}

func (e *WrongShopError) Error() string { return e.Text().EN }

// LineageError refuses what belongs to another history than the state.
type LineageError struct{ Have, Want string }

// Text says that the two are not of one history.
func (e *LineageError) Text() lang.Text {
	return lang.F(
		"it belongs to the state with lineage %s, not to the one with lineage %s",
		"它属于 lineage 为 %s 的状态，而不是 lineage 为 %s 的状态",
		e.Have, e.Want)
}

func (e *LineageError) Error() string { return e.Text().EN }

// VersionError refuses a state written by a newer program.
type VersionError struct{ Have int }

// Text says which format it is and which this program reads.
func (e *VersionError) Text() lang.Text {
	return lang.F(
		"the state has format version %d; this program reads up to %d: install a newer shopctl",
		"状态文件的格式版本是 %d，本程序最高支持 %d：请安装更新版本的 shopctl",
		e.Have, Version)
}

func (e *VersionError) Error() string { return e.Text().EN }

// LineError is a line of a snapshot that is not as we write it.
// Lines count from 1.
type LineError struct {
	File string // path, where known
	Line int
	Err  error
}

// Text says where, what and how to repair it.
func (e *LineError) Text() lang.Text {
	at := place(e.File, e.Line)
	return lang.F(
		"state, line %s: %v. Restore the file from git or a backup, or take the line out by hand and look at the rest with shopctl state list: an object without a record is adopted again by the next plan, only the id of a running brand or qualification audit is lost",
		"状态文件第 %s 行：%v。请从 git 或备份恢复该文件，或手工删去这一行，再用 shopctl state list 查看其余内容：没有记录的对象会在下一次 plan 时重新接管，只有进行中的品牌和类目审核单号无法恢复",
		at, e.Err)
}

func (e *LineError) Error() string { return e.Text().EN }

func (e *LineError) Unwrap() error { return e.Err }

// EntryError is a line of a journal that is whole, and still says nothing that
// this program understands.
type EntryError struct {
	File string // path, where known
	Line int
	Err  error
}

// Text says where it stands and what to do.
func (e *EntryError) Text() lang.Text {
	return lang.F(
		"journal of the state, line %s: %v. A newer shopctl wrote it: install that version, run it once, and the line is gone",
		"状态日志第 %s 行：%v。它由更新版本的 shopctl 写入：请安装该版本并运行一次，之后这一行就会并入状态文件",
		place(e.File, e.Line), e.Err)
}

func (e *EntryError) Error() string { return e.Text().EN }

func (e *EntryError) Unwrap() error { return e.Err }

// OrphanError is a journal whose snapshot is gone. Both are paths.
type OrphanError struct{ Snapshot, Journal string }

// Text says which file is missing and what to do.
func (e *OrphanError) Text() lang.Text {
	return lang.F(
		"the state %[1]s is missing, but its journal %[2]s is there: restore the state from git or a backup, or remove the journal to start afresh",
		"状态文件 %[1]s 不见了，但它的日志 %[2]s 还在：请从 git 或备份恢复状态文件；若要从头开始，请删除该日志",
		e.Snapshot, e.Journal)
}

func (e *OrphanError) Error() string { return e.Text().EN }

func place(file string, line int) string {
	if file == "" {
		return strconv.Itoa(line)
	}
	return file + ":" + strconv.Itoa(line)
}
