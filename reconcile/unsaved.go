package reconcile

import (
	"fmt"
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// StateError is a state that could not be saved. What the platform had answered
// by then, and no reading of the shop brings back, is in the error, so that
// somebody can write it down.
type StateError struct {
	Err     error
	Unsaved []Unsaved
}

// Unsaved is an answer that could not be saved: the id of an audit, or the address
// of a picture.
type Unsaved struct {
	Address schema.Address
	AuditID string
	Picture schema.ImageKey
	URL     string
}

func (e *StateError) Error() string { return e.Text().EN }

func (e *StateError) Unwrap() error { return e.Err }

// Text says what could not be saved, and how an audit id is put back.
func (e *StateError) Text() lang.Text {
	en, zh := []string{fmt.Sprintf("save the state: %v", e.Err)}, []string{fmt.Sprintf("保存状态失败：%v", e.Err)}
	for _, u := range e.Unsaved {
		if u.AuditID == "" {
			en = append(en, fmt.Sprintf("The picture %s was uploaded and is not remembered (%s); it will be uploaded again.", u.Picture, u.URL))
			zh = append(zh, fmt.Sprintf("图片 %s 已上传但未能记录（%s），之后会重新上传。", u.Picture, u.URL))
			continue
		}
		en = append(en, fmt.Sprintf("The audit of %[1]s has the id %[2]s, and no list will ever tell it again. When the state can be written: shopctl state audit %[1]s %[2]s", u.Address, u.AuditID))
		zh = append(zh, fmt.Sprintf("%[1]s 的审核单号是 %[2]s，以后无法再查到。状态可以写入后请运行：shopctl state audit %[1]s %[2]s", u.Address, u.AuditID))
	}
	return lang.T(strings.Join(en, "\n"), strings.Join(zh, "\n"))
}

// unsaved is what a record tells that reading the shop would not.
func unsaved(addr schema.Address, auditID string) []Unsaved {
	if auditID == "" {
		return nil
	}
	return []Unsaved{{Address: addr, AuditID: auditID}}
}
