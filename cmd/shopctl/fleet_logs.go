package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/shopctl/shopctl/fleet"
)

// logFiles is the folder of --log-dir. Its files belong to one shop each.
type logFiles struct {
	root  *os.Root        // nil without --log-dir
	begun map[string]bool // texts of this run, by shop
	err   error           // the first that could not be written
}

func openLogs(dir string) (*logFiles, error) {
	if dir == "" {
		return &logFiles{}, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	return &logFiles{root: root, begun: map[string]bool{}}, err
}

// write replaces the reports of an earlier run. Within a run, what is told of a
// shop again is added to its text and replaces its document.
func (l *logFiles) write(shop string, logs fleet.Logs) {
	if l.root == nil {
		return
	}
	name := fleet.LogName(shop)
	err := l.root.MkdirAll(filepath.Dir(filepath.FromSlash(name)), 0o755)
	if err == nil {
		err = l.add(name+".txt", logs.Text)
	}
	if err == nil && len(logs.JSON) > 0 {
		err = l.root.WriteFile(name+".json", logs.JSON, 0o644)
	}
	if l.err == nil && err != nil {
		l.err = err
	}
}

func (l *logFiles) add(name string, text []byte) error {
	how := os.O_APPEND
	if !l.begun[name] {
		how, l.begun[name] = os.O_TRUNC, true
	}
	f, err := l.root.OpenFile(name, os.O_CREATE|os.O_WRONLY|how, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

func (l *logFiles) close() {
	if l.root != nil {
		l.root.Close()
	}
}
