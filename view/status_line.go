package view

import (
	"io"
	"sync"
)

// StatusLine is a writer to a terminal whose last line shows what is going on.
// Whatever is written goes above that line. It may be used by many goroutines.
type StatusLine struct {
	mu   sync.Mutex
	w    io.Writer
	line string // what is shown now, without its end
}

// NewStatusLine makes a status line at the bottom of a terminal.
func NewStatusLine(w io.Writer) *StatusLine { return &StatusLine{w: w} }

// eraseLine goes to the start of the line and clears it.
const eraseLine = "\r\x1b[K"

// Write puts text above the status line. The text must end with a new line.
func (s *StatusLine) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line == "" {
		return s.w.Write(b)
	}
	if _, err := io.WriteString(s.w, eraseLine+string(b)+s.line); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Set replaces the status line; an empty one takes it away.
func (s *StatusLine) Set(line string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if line == s.line {
		return nil
	}
	s.line = line
	_, err := io.WriteString(s.w, eraseLine+line)
	return err
}
