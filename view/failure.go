package view

import (
	"errors"
	"io/fs"
	"slices"
	"syscall"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/state"
)

// Problem is an error for people: what happened, and what to do about it.
type Problem struct {
	What, Remedy lang.Text
	Err          error // cause; may be nil
}

func (e *Problem) Error() string {
	if e.Err != nil {
		return e.What.EN + ": " + e.Err.Error()
	}
	return e.What.EN
}

func (e *Problem) Unwrap() error { return e.Err }

// advice is an error in the words of people. Meaning explains a foreign code.
type advice struct {
	What    lang.Text `json:"what"`
	Meaning lang.Text `json:"meaning,omitzero"`
	Remedy  lang.Text `json:"remedy,omitzero"`
}

// refusal is the JSON form of an error. The members after its words are those
// of a refusal by the platform.
type refusal struct {
	advice
	Class provider.Class `json:"class,omitempty"`
	Call  string         `json:"call,omitempty"`
	Code  int            `json:"code,omitempty"`
	RID   string         `json:"rid,omitempty"`
}

func refusalOf(err error) *refusal {
	if err == nil {
		return nil
	}
	r := &refusal{advice: adviceOn(err)}
	if e, ok := errors.AsType[*provider.Error](err); ok {
		r.Class, r.Call, r.Code, r.RID = e.Class, e.Call, e.Code, e.RID
	}
	return r
}

// failureDocument is the JSON form of the error that ended a command.
type failureDocument struct {
	Envelope
	*refusal
}

// Failure prints the error that ended a command, with its remedy.
func (v *View) Failure(err error) error {
	if v.Format == JSON {
		return writeJSON(v.Out, failureDocument{Envelope{"error", 1}, refusalOf(err)})
	}
	p := v.errPage()
	p.advice(0, both("error: ", "错误：").as(red), adviceOn(err))
	return p.flush(v.Err)
}

// advice adds an error under a label: the error itself, its meaning, its remedy.
func (p *page) advice(indent int, label span, a advice) {
	p.line(indent, label, words(a.What))
	if !a.Meaning.IsZero() {
		p.line(indent+2, words(a.Meaning))
	}
	if !a.Remedy.IsZero() {
		p.line(indent+2, both("Fix: ", "处理：").as(green), words(a.Remedy))
	}
}

// adviceOn finds the words for an error: its own in both languages where it
// has them, with the remedy where one is known.
func adviceOn(err error) advice {
	if e, ok := errors.AsType[*Problem](err); ok {
		return adviceOnProblem(e)
	}
	if e, ok := errors.AsType[*provider.Error](err); ok {
		return advice{What: lang.Same(e.Error()), Meaning: e.Meaning, Remedy: e.Remedy}
	}
	a := systemAdvice(err)
	a.What = lang.Same(err.Error())
	var spoken interface{ Text() lang.Text }
	if errors.As(err, &spoken) {
		a.What = spoken.Text()
	}
	if e, ok := errors.AsType[*state.LockError](err); ok && e.Holder.ID != "" && e.Holder.Expires.IsZero() { // a lease ends by itself, and is not broken before
		a.Remedy = lang.F("If that process is gone: shopctl state unlock %s", "若该进程已不存在：shopctl state unlock %s", e.Holder.ID)
	}
	if _, ok := errors.AsType[*state.UnreachableError](err); ok && a.Remedy.IsZero() {
		a.Remedy = lang.T("See that the server is up, and that the environment has its address and the credentials. The next run goes on.", "请确认服务器正常，且环境变量中的地址和凭据正确。下次运行会继续。")
	}
	return a
}

// systemAdvice says what the short words of the operating system mean, which are
// English wherever it runs.
func systemAdvice(err error) advice {
	for _, c := range systemErrors {
		if slices.ContainsFunc(c.errs, func(e error) bool { return errors.Is(err, e) }) {
			return advice{Meaning: c.meaning, Remedy: c.remedy}
		}
	}
	return advice{}
}

var systemErrors = []struct {
	errs            []error
	meaning, remedy lang.Text
}{
	{[]error{syscall.ENOSPC, syscall.EDQUOT}, lang.T("The disk is full.", "磁盘已满。"), lang.T("Make room, then run it again.", "请腾出空间后重新运行。")},
	{[]error{syscall.EROFS}, lang.T("Nothing can be written there: the file system is read-only.", "文件系统为只读，无法写入。"), lang.T("Work in a directory that can be written to.", "请在可写的目录中运行。")},
	{[]error{fs.ErrPermission}, lang.T("The permissions do not allow that.", "没有相应的权限。"), lang.T("Check the owner and the permissions of the file and of its directory.", "请检查该文件及其所在目录的所有者和权限。")},
	{[]error{syscall.ENOTDIR, syscall.EISDIR}, lang.T("There is a file where a directory should be, or the other way round.", "该处应为目录却是文件，或应为文件却是目录。"), lang.T("Check the path.", "请检查路径。")},
	{[]error{fs.ErrNotExist}, lang.T("There is nothing at that path.", "该路径不存在。"), lang.T("Check the path.", "请检查路径。")},
	{[]error{syscall.EMFILE, syscall.ENFILE}, lang.T("Too many files are open.", "打开的文件过多。"), lang.T("Raise the limit (ulimit -n), or lower --parallelism.", "请提高上限（ulimit -n），或调低 --parallelism。")},
}

func adviceOnProblem(e *Problem) advice {
	a := advice{What: e.What, Remedy: e.Remedy}
	if e.Err == nil {
		return a
	}
	cause := adviceOn(e.Err)
	a.What = lang.T(e.What.EN+": "+cause.What.EN, e.What.ZH+"："+cause.What.ZH)
	a.Meaning = cause.Meaning
	if a.Remedy.IsZero() {
		a.Remedy = cause.Remedy
	}
	return a
}
