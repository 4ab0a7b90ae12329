package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Envelope stands at the head of every JSON document. Version rises only when
// a member changes its meaning or goes away; new members may appear at any time.
type Envelope struct {
	Document string `json:"document"`
	Version  int    `json:"version"`
}

// writeJSON prints one document, indented, with control characters escaped so
// that it is harmless also when a person prints it to a terminal.
func writeJSON(w io.Writer, document any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(document); err != nil {
		return fmt.Errorf("encode the result: %w", err)
	}
	_, err := io.WriteString(w, escapeControls(b.String()))
	return err
}

// escapeControls escapes what the JSON encoder leaves as it is although a
// terminal acts on it. Such characters only occur inside strings.
func escapeControls(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if hostile(r) && r != '\n' {
			fmt.Fprintf(&b, "\\u%04x", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
