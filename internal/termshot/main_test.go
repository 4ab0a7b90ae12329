package main

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

func TestDraw(t *testing.T) {
	var out bytes.Buffer
	if err := draw(&out, strings.NewReader("\x1b[1m价格\x1b[0m ¥9.90 <-> ¥8.80\n\x1b[33;1m审核\x1b[0m")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`textLength="33.6" lengthAdjust="spacingAndGlyphs" font-weight="bold">价格</text>`, // two wide characters are four cells
		`<text x="62.0"`, `&lt;-&gt;`, `fill="#f0c674" font-weight="bold">审核`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s\nis not in\n%s", want, out.String())
		}
	}
	for d := xml.NewDecoder(&out); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
	}
}
