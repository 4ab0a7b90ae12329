package main

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
)

// The sandbox prints its address first, serves until it is interrupted, and
// ends well.
func TestSandboxServesUntilInterrupted(t *testing.T) {
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	code := make(chan int)
	go func() {
		a := newApp(null, in, null, func(string) string { return "" })
		code <- a.run(ctx, []string{"-C", t.TempDir(), "sandbox"})
	}()
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	reply, err := http.Get(strings.TrimSpace(url))
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		t.Errorf("the page at %s answers %s", url, reply.Status)
	}
	interrupt()
	if got := <-code; got != 0 {
		t.Errorf("exit code %d", got)
	}
}
