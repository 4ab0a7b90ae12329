package sheet

import (
	"archive/zip"
	"encoding/xml"
	"io"
	"path"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"
)

// picture is one that lies in a workbook.
type picture struct {
	name string // for people
	read func() ([]byte, error)
}

// place is a cell: a zero-based column and a row from 1.
type place struct{ column, row int }

// embedded are the pictures of a sheet: those that float above a cell by the
// place of their upper left corner, those that WPS keeps in a cell by the id in
// its formula DISPIMG("ID_...", 1), and those that Excel keeps in a cell, which
// shows #VALUE! to programs that cannot.
type embedded struct {
	floating map[place][]picture
	byID     map[string]picture
	inCell   func(place) []picture // nil when the book has none of Excel's
}

var dispImg = regexp.MustCompile(`DISPIMG\("([^"]+)"`)

// at returns the pictures of a cell with this text, and the text without them.
func (e *embedded) at(p place, text string) ([]picture, string) {
	pics := e.floating[p]
	if id := dispImg.FindStringSubmatch(text); id != nil {
		if pic, ok := e.byID[id[1]]; ok {
			return append(pics[:len(pics):len(pics)], pic), ""
		}
	}
	if e.inCell != nil && text == "#VALUE!" {
		if more := e.inCell(p); len(more) > 0 {
			return append(pics[:len(pics):len(pics)], more...), ""
		}
	}
	return pics, text
}

// drawnPicture is xdr:pic, in drawings and in the list of WPS.
type drawnPicture struct {
	Name struct {
		Value string `xml:"name,attr"`
	} `xml:"nvPicPr>cNvPr"`
	Blip struct {
		Attrs []xml.Attr `xml:",any,attr"`
	} `xml:"blipFill>blip"`
}

// target is the part that holds the picture; empty for one that is only linked.
func (d *drawnPicture) target(rels map[string]relationship) string {
	for _, a := range d.Blip.Attrs {
		if a.Name.Local == "embed" {
			return rels[a.Value].Target
		}
	}
	return ""
}

type anchor struct {
	Column int            `xml:"from>col"`
	Row    int            `xml:"from>row"`
	Pics   []drawnPicture `xml:"pic"`
	Group  []drawnPicture `xml:"grpSp>pic"`
}

func (s *xlsxSource) pictures(sheet string) (*embedded, error) {
	e := &embedded{floating: map[place][]picture{}, byID: map[string]picture{}}
	rels, err := relationships(&s.archive.Reader, s.parts[sheet])
	if err != nil {
		return nil, err
	}
	for _, r := range rels {
		if strings.HasSuffix(r.Type, "/drawing") {
			if err := s.drawing(r.Target, e); err != nil {
				return nil, err
			}
		}
	}
	if err := s.cellImages(e); err != nil {
		return nil, err
	}
	if f, err := s.archive.Open("xl/richData/richValueRel.xml"); err == nil {
		f.Close()
		e.inCell = func(p place) []picture { return s.placedInCell(sheet, p) }
	}
	return e, nil
}

func (s *xlsxSource) drawing(part string, e *embedded) error {
	var d struct {
		Two []anchor `xml:"twoCellAnchor"`
		One []anchor `xml:"oneCellAnchor"`
	}
	if err := readPart(&s.archive.Reader, part, &d); err != nil {
		return err
	}
	rels, err := relationships(&s.archive.Reader, part)
	if err != nil {
		return err
	}
	for _, a := range append(d.Two, d.One...) {
		at := place{a.Column, a.Row + 1}
		for _, pic := range append(a.Pics, a.Group...) {
			if target := pic.target(rels); target != "" {
				e.floating[at] = append(e.floating[at], s.picture(target))
			}
		}
	}
	return nil
}

// cellImages reads the list in which WPS keeps pictures of cells.
func (s *xlsxSource) cellImages(e *embedded) error {
	const part = "xl/cellimages.xml"
	var list struct {
		Pics []drawnPicture `xml:"cellImage>pic"`
	}
	if err := readPart(&s.archive.Reader, part, &list); err != nil {
		return err
	}
	rels, err := relationships(&s.archive.Reader, part)
	if err != nil {
		return err
	}
	for _, pic := range list.Pics {
		if target := pic.target(rels); target != "" {
			e.byID[pic.Name.Value] = s.picture(target)
		}
	}
	return nil
}

func (s *xlsxSource) picture(part string) picture {
	return picture{name: path.Base(part), read: func() ([]byte, error) { return readMember(&s.archive.Reader, part) }}
}

func (s *xlsxSource) placedInCell(sheet string, p place) []picture {
	found, err := s.book.GetPictures(sheet, cellName(p.column, p.row))
	if err != nil {
		return nil
	}
	var pics []picture
	for _, pic := range found {
		if pic.InsertType == excelize.PictureInsertTypePlaceInCell {
			pics = append(pics, picture{name: "image" + pic.Extension, read: func() ([]byte, error) { return pic.File, nil }})
		}
	}
	return pics
}

// maxPicture is how much of one picture is read, in bytes: far more than the
// platform takes, so that what is refused is refused for its size.
const maxPicture = 64 << 20

func readMember(archive *zip.Reader, name string) ([]byte, error) {
	f, err := archive.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxPicture))
}
