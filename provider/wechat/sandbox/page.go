package sandbox

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"github.com/shopctl/shopctl/lang"
)

//go:embed page.html
var pageHTML string

// pages is the page at / in each language.
var pages = map[lang.Lang]*template.Template{lang.EN: page(lang.EN), lang.ZH: page(lang.ZH)}

func page(l lang.Lang) *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"t":      func(en, zh string) string { return lang.T(en, zh).In(l) },
		"yuan":   yuan,
		"shelf":  func(p Product) badge { return shelfBadges[p.Status].in(l) },
		"review": func(p Product) badge { return reviewBadge(p).in(l) },
		"audit":  func(a Audit) badge { return auditBadges[a.Status].in(l) },
		"member": func(name string) string { return memberName(name).In(l) },
	}).Parse(pageHTML))
}

// yuan writes fen as ¥9.90.
func yuan(fen int64) string { return fmt.Sprintf("¥%d.%02d", fen/100, fen%100) }

// badge is a coloured word. Tone is a class of the style sheet.
type badge struct {
	Tone string
	Text string
	text lang.Text
}

func (b badge) in(l lang.Lang) badge { return badge{Tone: b.Tone, Text: b.text.In(l)} }

var shelfBadges = map[int]badge{
	statusInitial:  {Tone: "quiet", text: lang.T("never listed", "未上架")},
	statusListed:   {Tone: "good", text: lang.T("on the shelf", "已上架")},
	statusDelisted: {Tone: "quiet", text: lang.T("off the shelf", "已下架")},
	statusBanned:   {Tone: "bad", text: lang.T("banned", "违规下架")},
}

var auditBadges = map[int]badge{
	auditPending:  {Tone: "busy", text: lang.T("in review", "审核中")},
	auditPassed:   {Tone: "good", text: lang.T("passed", "审核通过")},
	auditRejected: {Tone: "bad", text: lang.T("rejected", "审核驳回")},
}

func reviewBadge(p Product) badge {
	switch {
	case p.Waiting:
		return badge{Tone: "busy", text: lang.T("submitted", "已提交")}
	case p.EditStatus == editInReview:
		return auditBadges[auditPending]
	case p.EditStatus == editRejected:
		return auditBadges[auditRejected]
	case p.EditStatus == editApproved:
		return auditBadges[auditPassed]
	}
	return badge{Tone: "quiet", text: lang.T("not submitted", "未提审")}
}

// memberName is what people call a member of Content.
func memberName(name string) lang.Text {
	switch name {
	case "title":
		return lang.T("title", "标题")
	case "path", "direct_path":
		return lang.T("page path", "页面路径")
	case "head_img":
		return lang.T("pictures", "主图")
	case "qualification_pics":
		return lang.T("qualification pictures", "资质图片")
	case "desc", "desc_imgs":
		return lang.T("details", "详情")
	case "third_cat_id":
		return lang.T("category", "类目")
	case "brand_id":
		return lang.T("brand", "品牌")
	case "skus":
		return lang.T("SKUs", "规格")
	case "info_version":
		return lang.T("version", "版本")
	}
	return lang.Same(name)
}

// pageView is what the template sees.
type pageView struct {
	Shop
	Lang  lang.Lang
	Nonce string
}

// maxCards is how many products the page shows in full.
const maxCards = 200

// Cards are the products that the page shows.
func (v pageView) Cards() []Product { return v.Products[:min(len(v.Products), maxCards)] }

// Counted tells how many products have that status on the shelf.
func (v pageView) Counted(status int) int {
	n := 0
	for _, p := range v.Products {
		if p.Status == status {
			n++
		}
	}
	return n
}

// InReview tells how many products wait for a verdict.
func (v pageView) InReview() int {
	n := 0
	for _, p := range v.Products {
		if p.Waiting || p.EditStatus == editInReview {
			n++
		}
	}
	return n
}

// Rejected tells how many drafts stand rejected.
func (v pageView) Rejected() int {
	n := 0
	for _, p := range v.Products {
		if p.EditStatus == editRejected {
			n++
		}
	}
	return n
}

// servePage shows the shop as buyers and operators see it: /?lang=en or zh.
func (s *Sandbox) servePage(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "GET only", http.StatusMethodNotAllowed)
		return
	}
	v := pageView{Shop: s.Console().Shop(), Lang: pageLang(r), Nonce: rand.Text()}
	var b bytes.Buffer
	if err := pages[v.Lang].Execute(&b, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; img-src 'self'; connect-src 'self'; "+
		"style-src 'nonce-%[1]s'; script-src 'nonce-%[1]s'; base-uri 'none'; form-action 'none'", v.Nonce))
	h.Set("Cache-Control", "no-store")
	w.Write(b.Bytes())
}

// pageLang is the one asked for, or the browser's, or Chinese.
func pageLang(r *http.Request) lang.Lang {
	if l, ok := lang.Parse(r.URL.Query().Get("lang")); ok {
		return l
	}
	first, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	if l, ok := lang.Parse(first); ok {
		return l
	}
	return lang.ZH
}
