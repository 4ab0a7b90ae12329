package view

import (
	"io"
	"strings"
	"sync"
)

// StatusLine is a writer to a terminal whose last line, or last lines, show what
// is going on. Whatever is written goes above. It may be used by many goroutines.
type StatusLine struct {
	mu   sync.Mutex
	w    io.Writer
	line string // what is shown now, without its end
}

// NewStatusLine makes a status line at the bottom of a terminal.
func NewStatusLine(w io.Writer) *StatusLine { return &StatusLine{w: w} }

// eraseLine goes to the start of the line and clears it; lineAbove goes up one.
const (
	eraseLine = "\r\x1b[K"
	lineAbove = "\x1b[A"
)

// erase takes away what is shown now.
func (s *StatusLine) erase() string {
	return eraseLine + strings.Repeat(lineAbove+eraseLine, strings.Count(s.line, "\n"))
}

// Write puts text above the status line. The text must end with a new line.
func (s *StatusLine) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line == "" {
		return s.w.Write(b)
	}
	if _, err := io.WriteString(s.w, s.erase()+string(b)+s.line); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Anew clears the whole screen and shows the line at its top: after the terminal has
// got another size nobody knows where its lines stand.
func (s *StatusLine) Anew(line string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line = line
	_, err := io.WriteString(s.w, "\x1b[2J\x1b[H"+line)
	return err
}

// Set replaces the status line; an empty one takes it away. No line of it may be
// wider than the terminal.
func (s *StatusLine) Set(line string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if line == s.line {
		return nil
	}
	erase := s.erase()
	s.line = line
	_, err := io.WriteString(s.w, erase+line)
	return err
}
