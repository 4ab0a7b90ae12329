package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/lang"
)

// BoardMarker is the first line of a board in Markdown, by which a pipeline finds
// its own comment again.
func BoardMarker(b *Board) string {
	return fmt.Sprintf("<!-- shopctl status %s %s -->", b.Shop.Platform, b.Shop.AppID)
}

// boardMarkdown is a board for a comment: how much is there, then what needs a
// human with what to do, then what moves on by itself, and folded what rests.
func (v *View) boardMarkdown(b *Board, posts []post) string {
	m := v.markdown()
	m.put(BoardMarker(b)+"\n", 0)
	m.put("### "+m.say(lang.F("shopctl status: %s", "shopctl 状态：%s", md(b.ShopName)))+" ("+code(b.Shop.AppID)+")\n\n", 0)
	p := &page{lang: m.lang}
	p.boardSummary(b)
	m.quote(p)
	m.forecast(b.Forecast)
	left := 0
	for part := range chunks(byUrgency(posts), stageOf) {
		if left > 0 {
			left += len(part) // the room belongs to those before
			continue
		}
		left = m.stage(part)
	}
	if left > 0 {
		m.put("\n"+m.say(lang.F("%d more objects do not fit into a comment; see all of them: shopctl status.", "另有 %d 个对象超出评论长度，请用 shopctl status 查看全部。", left))+"\n", 0)
	}
	if !b.At.IsZero() {
		m.put("\n<sub>"+m.say(lang.F("The shop as read %s (Beijing).", "店铺读取于 %s（北京时间）。", clock(b.At)))+"</sub>\n", 0)
	}
	return m.b.String()
}

// chunks parts sorted objects where their key changes.
func chunks[K comparable](posts []post, key func(*post) K) func(yield func([]post) bool) {
	return func(yield func([]post) bool) {
		for len(posts) > 0 {
			end := 1
			for end < len(posts) && key(&posts[end]) == key(&posts[0]) {
				end++
			}
			if !yield(posts[:end]) {
				return
			}
			posts = posts[end:]
		}
	}
}

// stage is who has to act on an object.
type stage int

// The stages, as byUrgency has them.
const (
	stageHuman stage = iota
	stageMoving
	stageResting
)

var stageNames = map[stage]lang.Text{
	stageHuman:   lang.T("Needs a human", "需人工处理"),
	stageMoving:  lang.T("On the way", "进行中"),
	stageResting: lang.T("Nothing to do", "无需处理"),
}

func stageOf(x *post) stage {
	switch {
	case x.status.NeedsHuman():
		return stageHuman
	case x.status.rests():
		return stageResting
	}
	return stageMoving
}

// stage adds the objects of one stage in a table as far as there is room, and
// returns how many are left out.
func (m *markdown) stage(posts []post) (left int) {
	stage := stageOf(&posts[0])
	name := m.say(stageNames[stage]) + m.colon() + fmt.Sprint(len(posts))
	head, tail := "**"+name+"**\n\n", "\n"
	if stage == stageResting {
		head, tail = "<details><summary>"+name+"</summary>\n\n", "\n</details>\n"
	}
	columns := lang.T("status | object | since | what happens", "状态 | 对象 | 时间 | 进展")
	if stage == stageHuman {
		columns = lang.T("status | object | why | what to do", "状态 | 对象 | 原因 | 处理")
	}
	head += "| " + m.say(columns) + " |\n|---|---|---|---|\n"
	reserve := tailReserve + len(tail)
	if !m.put(head, reserve) {
		return len(posts)
	}
	for i := range posts {
		if !m.put(m.post(&posts[i]), reserve) {
			left = len(posts) - i
			break
		}
	}
	m.put(tail, 0)
	return left
}

// post is one object in a row.
func (m *markdown) post(x *post) string {
	name := code(x.standing.Address.String())
	if x.standing.Title != "" {
		name += "<br>" + md(cut(x.standing.Title, maxCell))
	}
	first, rest := []lang.Text{x.moment}, append(slices.Clone(x.waits), x.applying(), x.shelf)
	if x.status.NeedsHuman() {
		first, rest = []lang.Text{x.moment, x.why, x.shelf}, []lang.Text{x.place(), x.remedy}
	}
	rest = append(rest, x.outlook())
	return "| " + x.word.symbol + " " + m.say(x.word.word) + " | " + name + " | " + m.stacked(first) + " | " + m.stacked(rest) + " |\n"
}

// stacked are texts in one cell, below each other.
func (m *markdown) stacked(texts []lang.Text) string {
	var lines []string
	for _, t := range texts {
		if !t.IsZero() {
			lines = append(lines, md(m.say(t)))
		}
	}
	return strings.Join(lines, "<br>")
}
