//go:build unix

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/internal/pgtest"
)

// queueFleet is a repository of shops whose state is in a database, and the two
// processes that work on them.
type queueFleet struct {
	root     string
	env      map[string]string
	platform *platform
	dsn      string
}

func newQueueFleet(t *testing.T, shops int) *queueFleet {
	f := &queueFleet{dsn: pgtest.Own(t).DSN(0)}
	f.root, f.env, f.platform = newFleetOf(t, shops)
	f.env["SHOPCTL_STATE_DSN"] = f.dsn
	for i := range shops {
		file := filepath.Join(f.root, "shops", fmt.Sprintf("s%03d", i), "shop.hcl")
		text, err := os.ReadFile(file)
		if err == nil {
			inside := fmt.Sprintf("appid    = %q\n", appidOf(i))
			err = os.WriteFile(file, []byte(strings.Replace(string(text), inside, inside+"  state \"postgres\" {\n  }\n", 1)), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(f.root, ".gitignore"), []byte(".shopctl/\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	f.git(t, "init", "-q")
	f.commit(t)
	return f
}

func (f *queueFleet) commit(t *testing.T) {
	t.Helper()
	f.git(t, "add", "-A")
	f.git(t, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "--allow-empty", "-m", "x")
}

func (f *queueFleet) git(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("git", append([]string{"-C", f.root}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// worker starts a process and waits until it takes shops. ended gives what it
// said, when it ends.
func (f *queueFleet) worker(t *testing.T) (cmd *exec.Cmd, ended func() string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "shopctl")
	if err := os.Symlink(os.Args[0], program); err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(program, "-C", f.root, "--lang", "en", "fleet", "worker", "--queue", f.dsn, "--parallelism", "2")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	for name, value := range f.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Working at ") {
		t.Log(lines.Text())
	}
	said, done := "", make(chan struct{})
	go func() {
		defer close(done)
		for lines.Scan() {
			said += lines.Text() + "\n"
		}
		_ = cmd.Wait() // tests look at what it said
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		<-done
	})
	return cmd, func() string { <-done; return said }
}

func (f *queueFleet) run(t *testing.T, verb string, more ...string) (code int, doc fleetDocument) {
	t.Helper()
	return runFleet(t, context.Background(), f.env, append([]string{"-C", f.root, "fleet", verb, "--queue", f.dsn}, more...)...)
}

// expectOnce wants every shop done, and its settings sent once.
func (f *queueFleet) expectOnce(t *testing.T, code int, doc fleetDocument) {
	t.Helper()
	shops := len(f.platform.boxes)
	if code != int(exitDone) || doc.Counts[fleet.OutcomeDone] != shops {
		t.Errorf("exit code %d and %v, want %d shops done", code, doc.Counts, shops)
	}
	for _, r := range doc.Shops {
		if r.Error != nil {
			t.Errorf("%s: %s", r.Dir, r.Error.What.EN)
		}
	}
	for i := range shops {
		if got := settingsWritten(f.platform.boxes[appidOf(i)], fmt.Sprintf("莲前街道 %d 号", i)); got != 1 {
			t.Errorf("shop %d got its settings %d times", i, got)
		}
	}
}

// Two processes do the shops of a third, at the same commit only.
func TestFleetOverTwoProcesses(t *testing.T) {
	f := newQueueFleet(t, 20)
	f.worker(t)
	f.worker(t)
	code, doc := f.run(t, "plan")
	if code != int(exitDone) || doc.Counts[fleet.OutcomeChanges] != 20 {
		t.Fatalf("plan: exit code %d and %v", code, doc.Counts)
	}
	code, doc = f.run(t, "apply", "--auto-approve")
	f.expectOnce(t, code, doc)

	if err := os.WriteFile(filepath.Join(f.root, "note.txt"), []byte("new\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _ := runFleet(t, t.Context(), f.env, "-C", f.root, "fleet", "plan", "--queue", f.dsn); code != int(exitError) {
		t.Errorf("a caller with a file that is not committed: exit code %d", code)
	}
}

// One process is killed in the middle; the other takes over when the lease of the
// dead one has ended, which takes a minute and a half.
func TestFleetSurvivesAKilledProcess(t *testing.T) {
	if os.Getenv("SHOPCTL_TEST_SLOW") == "" {
		t.Skip("takes two minutes: set SHOPCTL_TEST_SLOW")
	}
	f := newQueueFleet(t, 20)
	doomed, ended := f.worker(t)
	f.worker(t)
	go func() {
		for settingsWritten(f.platform.boxes[appidOf(1)], "莲前街道 1 号") == 0 {
		}
		doomed.Process.Kill()
		ended()
	}()
	code, doc := f.run(t, "apply", "--auto-approve")
	f.expectOnce(t, code, doc)
}
