//go:build unix

package queue

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/fleet/fleettest"
)

// workUntilKilled names the queue of a process of this test that works, and a
// folder in which it says what it does.
const workUntilKilled = "SHOPCTL_TEST_WORK_UNTIL_KILLED"

func workForEver(place string) {
	parts := strings.Split(place, "\n")
	c := Config{DSN: parts[0], Revision: parts[1], lease: 3 * time.Second}
	dir := parts[2]
	err := Worker{Config: c, Shops: 2, Do: always(func(ctx context.Context, task fleet.Task) (fleet.Result, fleet.Logs) {
		mark := filepath.Join(dir, filepath.Base(task.Dir))
		if other, err := os.ReadFile(mark); err == nil && lives(string(other)) {
			note(dir, "conflicts", task.Dir)
		}
		must(os.WriteFile(mark, []byte(strconv.Itoa(os.Getpid())), 0o600))
		note(dir, "begun", task.Dir)
		fmt.Println(task.Dir)
		time.Sleep(100 * time.Millisecond) // so that a kill meets it in the middle
		must(os.Remove(mark))
		return done(ctx, task)
	}), Ready: func() { fmt.Println("ready") }}.Run(context.Background())
	must(err)
}

func lives(pid string) bool {
	n, err := strconv.Atoi(pid)
	return err == nil && n != os.Getpid() && syscall.Kill(n, 0) == nil
}

// note adds a line to a file that several processes write.
func note(dir, file, line string) {
	f, err := os.OpenFile(filepath.Join(dir, file), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	must(err)
	_, err = fmt.Fprintln(f, line)
	must(err)
	must(f.Close())
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Two processes work on twenty shops, and one is killed in the middle of some:
// every shop is done, those after the lease of the dead, and never by two at a
// time.
func TestKilledWorker(t *testing.T) {
	c := config(t)
	dir := t.TempDir()
	doomed, other := process(t, c, dir), process(t, c, dir)
	waitFor(t, doomed, 1)
	waitFor(t, other, 1)
	killed := make(chan struct{})
	go func() {
		defer close(killed)
		for range 3 {
			doomed.lines.Scan()
		}
		must(doomed.cmd.Process.Kill())
		_ = doomed.cmd.Wait() // it was killed; that is its error
	}()
	results, _ := fleettest.Run(t, t.Context(), Engine{Config: c}, fleettest.Tasks(t, 20))
	<-killed
	for name, r := range results {
		if r.Outcome != fleet.OutcomeDone {
			t.Errorf("%s is %s: %+v", name, r.Outcome, r.Error)
		}
	}
	if conflicts, err := os.ReadFile(filepath.Join(dir, "conflicts")); err == nil {
		t.Errorf("these were worked on by two at a time:\n%s", conflicts)
	}
	begun, err := os.ReadFile(filepath.Join(dir, "begun"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(begun), "\n"); n <= 20 || n > 22 {
		t.Errorf("shops were begun %d times, want 20 and once more for those that the dead worker had", n)
	}
}

type workerProcess struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

func process(t *testing.T, c Config, dir string) workerProcess {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), workUntilKilled+"="+strings.Join([]string{c.DSN, c.Revision, dir}, "\n"))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may be dead already
		_ = cmd.Wait()
	})
	return workerProcess{cmd, bufio.NewScanner(out)}
}

func waitFor(t *testing.T, p workerProcess, lines int) {
	t.Helper()
	for range lines {
		if !p.lines.Scan() {
			t.Fatal("the worker ended")
		}
	}
}
