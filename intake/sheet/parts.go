package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"
)

// relationship is one line of a .rels part: what an id inside a part stands for.
type relationship struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

// readPart decodes one part of an archive; a part that is not there leaves v as it is.
func readPart(archive *zip.Reader, name string, v any) error {
	f, err := archive.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return xml.NewDecoder(f).Decode(v)
}

// relationships are those of a part, by id, with targets as names in the archive.
func relationships(archive *zip.Reader, part string) (map[string]relationship, error) {
	var rels struct {
		All []relationship `xml:"Relationship"`
	}
	dir, base := path.Split(part)
	if err := readPart(archive, dir+"_rels/"+base+".rels", &rels); err != nil {
		return nil, err
	}
	byID := make(map[string]relationship, len(rels.All))
	for _, r := range rels.All {
		if strings.HasPrefix(r.Target, "/") {
			r.Target = strings.TrimPrefix(r.Target, "/")
		} else {
			r.Target = path.Join(dir, r.Target)
		}
		byID[r.ID] = r
	}
	return byID, nil
}

// sheetParts names the part of every sheet.
func sheetParts(archive *zip.Reader) (map[string]string, error) {
	var book struct {
		Sheets []struct {
			Name string     `xml:"name,attr"`
			IDs  []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := readPart(archive, "xl/workbook.xml", &book); err != nil {
		return nil, err
	}
	rels, err := relationships(archive, "xl/workbook.xml")
	if err != nil {
		return nil, err
	}
	parts := map[string]string{}
	for _, s := range book.Sheets {
		for _, a := range s.IDs {
			if a.Name.Local == "id" {
				parts[s.Name] = rels[a.Value].Target
			}
		}
	}
	return parts, nil
}

// merge is one merged range, in zero-based columns and rows from 1.
type merge struct {
	left, top, right, bottom int
	value                    string
	date                     bool
}

// merged are the merged ranges of a sheet that a row may still meet.
type merged struct{ open []merge }

// fill gives every cell of a merged range the value of its first cell.
func (m *merged) fill(r *row) {
	kept := m.open[:0]
	for _, g := range m.open {
		if r.number == g.top {
			g.value, g.date = r.cell(g.left), r.dates[g.left]
		}
		if r.number >= g.top && r.number <= g.bottom && g.value != "" {
			for column := g.left; column <= g.right; column++ {
				r.put(column, g.value, g.date)
			}
		}
		if r.number < g.bottom {
			kept = append(kept, g)
		}
	}
	m.open = kept
}

func (r *row) put(column int, value string, date bool) {
	for len(r.cells) <= column {
		r.cells = append(r.cells, "")
	}
	r.cells[column] = value
	if date {
		if r.dates == nil {
			r.dates = map[int]bool{}
		}
		r.dates[column] = true
	}
}

var mergeRef = regexp.MustCompile(`<(?:\w+:)?mergeCell\s+[^>]*?ref="([A-Z]+[0-9]+):([A-Z]+[0-9]+)"`)

// afterData marks the end of the cells in a sheet's part; merged ranges follow.
var afterData = []byte("</sheetData>")

// merges reads the merged ranges without decoding the cells before them.
func (s *xlsxSource) merges(sheet string) (*merged, error) {
	f, err := s.archive.Open(s.parts[sheet])
	if err != nil {
		return nil, err
	}
	defer f.Close()
	tail, err := tailAfter(f, afterData)
	if err != nil {
		return nil, err
	}
	m := &merged{}
	for _, ref := range mergeRef.FindAllSubmatch(tail, -1) {
		left, top, err1 := excelize.CellNameToCoordinates(string(ref[1]))
		right, bottom, err2 := excelize.CellNameToCoordinates(string(ref[2]))
		if err1 == nil && err2 == nil {
			m.open = append(m.open, merge{left: left - 1, top: top, right: right - 1, bottom: bottom})
		}
	}
	return m, nil
}

// tailAfter returns what follows a mark in a stream, and holds no more than one
// chunk of what stands before it.
func tailAfter(r io.Reader, mark []byte) ([]byte, error) {
	chunk := make([]byte, 1<<16)
	var window []byte
	found := false
	for {
		n, err := r.Read(chunk)
		window = append(window, chunk[:n]...)
		if i := bytes.LastIndex(window, mark); i >= 0 {
			found, window = true, append(window[:0], window[i+len(mark):]...)
		} else if !found && len(window) > len(mark) {
			window = append(window[:0], window[len(window)-len(mark)+1:]...)
		}
		if errors.Is(err, io.EOF) {
			return window, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
