package view

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// diagnosticsDocument is the JSON form of findings about a catalog.
type diagnosticsDocument struct {
	Envelope
	Errors      int                 `json:"errors"`
	Warnings    int                 `json:"warnings"`
	Diagnostics []schema.Diagnostic `json:"diagnostics"`
}

// Diagnostics prints findings with the source line each is about. read gives
// the text of a catalog file; a file it cannot give is shown without its line.
func (v *View) Diagnostics(ds schema.Diagnostics, read func(file string) ([]byte, error)) error {
	errors, warnings := countDiagnostics(ds)
	switch v.Format {
	case GitHub, GitLab:
		return v.annotate(diagnosticAnnotations(ds))
	case JSON:
		return writeJSON(v.Out, diagnosticsDocument{
			Envelope: Envelope{"diagnostics", 1}, Errors: errors, Warnings: warnings,
			Diagnostics: append([]schema.Diagnostic{}, ds...),
		})
	}
	if len(ds) == 0 {
		return nil
	}
	p := v.errPage()
	files := map[string][]byte{}
	for _, d := range ds {
		if _, known := files[d.Range.File]; !known {
			files[d.Range.File], _ = read(d.Range.File)
		}
		p.diagnostic(d, files[d.Range.File])
		p.blank()
	}
	p.line(0, words(sentence(listed([]lang.Text{
		counted(errors, "error", "errors", "个错误"),
		counted(warnings, "warning", "warnings", "个警告"),
	}))))
	return p.flush(v.Err)
}

func countDiagnostics(ds schema.Diagnostics) (errors, warnings int) {
	for _, d := range ds {
		if d.Severity == schema.SeverityError {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}

func (p *page) diagnostic(d schema.Diagnostic, text []byte) {
	word, colour := both("error", "错误"), red
	if d.Severity == schema.SeverityWarning {
		word, colour = both("warning", "警告"), yellow
	}
	p.line(0, raw(d.Range.String()).as(bold), raw(": "), word.as(colour), both(": ", "："), words(d.What).as(bold))
	p.excerpt(d.Range, text, colour)
	if !d.Why.IsZero() {
		p.line(2, words(d.Why))
	}
	if !d.Remedy.IsZero() {
		p.line(2, both("Fix: ", "处理：").as(green), words(d.Remedy))
	}
}

// excerpt shows the first line of a range with a caret line under it.
func (p *page) excerpt(r schema.Range, text []byte, colour style) {
	line, start, ok := sourceLine(text, r.Start.Line)
	if !ok {
		return
	}
	from := columnOffset(line, r.Start, start)
	to := len(line)
	if r.End.Line == r.Start.Line {
		to = max(columnOffset(line, r.End, start), from)
	}
	line, from, to = window(line, from, to)
	number := strconv.Itoa(r.Start.Line)
	margin := strings.Repeat(" ", len(number))
	carets := strings.Repeat("^", max(1, cellWidth(clean(line[from:to]))))
	p.line(2, raw(number+" │ ").as(faint), source(line))
	p.line(2, raw(margin+" │ ").as(faint), source(blankOf(line[:from])), raw(carets).as(colour))
}

// Around a range, so many bytes of a long line are shown: generated files may
// be one line.
const (
	windowBefore = 60
	windowAfter  = 120
)

// window cuts a line to the surroundings of a stretch of it.
func window(line string, from, to int) (string, int, int) {
	start, end := max(0, from-windowBefore), min(len(line), from+windowAfter)
	for start > 0 && !utf8.RuneStart(line[start]) {
		start--
	}
	for end < len(line) && !utf8.RuneStart(line[end]) {
		end++
	}
	return line[start:end], from - start, min(to, end) - start
}

// sourceLine is the line of that number, counted from 1, without its end, and
// the byte offset at which it starts.
func sourceLine(text []byte, number int) (line string, start int, ok bool) {
	for n := 1; start < len(text); n++ {
		end := bytes.IndexByte(text[start:], '\n')
		if end < 0 {
			end = len(text) - start
		}
		if n == number {
			return strings.TrimSuffix(string(text[start:start+end]), "\r"), start, true
		}
		start += end + 1
	}
	return "", 0, false
}

// columnOffset is where a position stands in its line, in bytes. The byte
// offset is believed when it lies in the line, else columns count as runes.
func columnOffset(line string, at schema.Pos, lineStart int) int {
	if in := at.Byte - lineStart; in >= 0 && in <= len(line) && utf8.ValidString(line[:in]) {
		return in
	}
	offset := 0
	for range at.Column - 1 {
		_, size := utf8.DecodeRuneInString(line[offset:])
		offset += size
	}
	return offset
}
