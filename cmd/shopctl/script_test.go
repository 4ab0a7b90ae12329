package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/shopctl/shopctl/provider/wechat/sandbox"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"shopctl": main})
}

// TestScript runs the program as its users see it. Beside testscript's own
// commands the scripts have:
//
//	exits CODE shopctl ARGS...        run the program and hold it to an exit code
//	picture FILE...                   draw a small PNG, another one for each name
//	console METHOD PATH [JSON]        turn the sandbox's clock, script its reviewers
//	serve                             serve the sandbox to --endpoint, for scripts that
//	                                  look at it while the program runs
//	await CALL                        wait until the served sandbox has got a call
//	privatebox DIR                    look at the private sandbox of another catalog from now on
//	writes [CALL=N...]                the writing calls since the last look, exactly
//	setcell FILE.xlsx CELL VALUE      write one cell of the first sheet, as an operator would
//	listen [plain] [json]             start the listener; the served sandbox pushes to it
//	unlisten                          stop it with SIGTERM
//	hear TEXT                         wait until its live board shows a text
//	fetch PATH [as TOKEN]             get an address of it
//	post forged|old|plain PRODUCT     send it a message that is not the platform's
//	group [TEXT]                      serve a webhook; wait until it is told a text
//	vault [ticket=T] [refresh=T]      keep the ticket and the refresh token of a service provider
//	cells FILE.xlsx                   print the first sheet, a row a line, ␤ for line breaks in cells
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Setup: setupScript,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": cmdExits, "picture": cmdPicture, "console": cmdConsole, "serve": cmdServe, "await": cmdAwait, "privatebox": cmdPrivateBox, "writes": cmdWrites, "cells": cmdCells, "setcell": cmdSetCell, "vault": cmdVault,
			"listen": cmdListen, "unlisten": cmdUnlisten, "hear": cmdHear, "fetch": cmdFetch, "post": cmdPost, "group": cmdGroup,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// appSecret is what no output may hold.
const appSecret = "0123456789abcdef0123456789abcdef"

// box is the sandbox of one script.
type box struct {
	dir    string
	served *sandbox.Sandbox
	calls  chan string // paths, of the served sandbox
	seen   int         // calls that writes has looked at

	listening *listening  // the listener
	told      chan string // what the webhook was told
}

type boxKey struct{}

func setupScript(env *testscript.Env) error {
	env.Values[boxKey{}] = &box{dir: filepath.Join(env.WorkDir, ".shopctl", "sandbox", "shop")}
	env.Setenv("LC_ALL", "en_US.UTF-8")
	env.Setenv("WECHAT_APPSECRET", "")
	return nil
}

func boxOf(ts *testscript.TestScript) *box { return ts.Value(boxKey{}).(*box) }

// with hands over the sandbox: the served one, or the one in the directory.
func (b *box) with(ts *testscript.TestScript, use func(*sandbox.Sandbox)) {
	if b.served != nil {
		use(b.served)
		return
	}
	s, err := sandbox.New(sandbox.Options{Dir: b.dir})
	ts.Check(err)
	use(s)
	ts.Check(s.Close())
}

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func cmdPicture(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		var sum byte
		for _, c := range []byte(name) {
			sum = sum*31 + c
		}
		img := image.NewGray(image.Rect(0, 0, 300, 300))
		for i := range img.Pix {
			img.Pix[i] = color.Gray{Y: sum}.Y
		}
		var b bytes.Buffer
		ts.Check(png.Encode(&b, img))
		ts.Check(os.WriteFile(ts.MkAbs(name), b.Bytes(), 0o644))
	}
}

func cmdConsole(ts *testscript.TestScript, _ bool, args []string) {
	body := ""
	if len(args) == 3 {
		body = args[2]
	}
	boxOf(ts).with(ts, func(s *sandbox.Sandbox) {
		request := httptest.NewRequest(args[0], "http://127.0.0.1"+args[1], strings.NewReader(body))
		request.RemoteAddr = "127.0.0.1:1"
		reply := httptest.NewRecorder()
		s.ServeHTTP(reply, request)
		if reply.Code != http.StatusOK {
			ts.Fatalf("%s %s: %d %s", args[0], args[1], reply.Code, reply.Body)
		}
		fmt.Fprint(ts.Stdout(), reply.Body)
	})
}

func cmdServe(ts *testscript.TestScript, _ bool, _ []string) {
	b := boxOf(ts)
	s, err := sandbox.New(sandbox.Options{Secret: appSecret})
	ts.Check(err)
	b.served, b.calls = s, make(chan string, 10_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ServeHTTP(w, r)
		b.calls <- r.URL.Path
	}))
	ts.Defer(func() {
		server.Close()
		s.Close()
	})
	ts.Setenv("SHOPCTL_ENDPOINT", server.URL)
	ts.Setenv("WECHAT_APPSECRET", appSecret)
}

func cmdAwait(ts *testscript.TestScript, _ bool, args []string) {
	timeout := time.After(20 * time.Second)
	for {
		select {
		case path := <-boxOf(ts).calls:
			if path == "/shop/"+args[0] {
				return
			}
		case <-timeout:
			ts.Fatalf("no call of %s", args[0])
		}
	}
}

func cmdPrivateBox(ts *testscript.TestScript, _ bool, args []string) {
	b := boxOf(ts)
	b.dir, b.seen = filepath.Join(ts.MkAbs(args[0]), ".shopctl", "sandbox", "shop"), 0
}

func cmdWrites(ts *testscript.TestScript, _ bool, want []string) {
	b := boxOf(ts)
	var got []string
	b.with(ts, func(s *sandbox.Sandbox) {
		counts := map[string]int{}
		calls := s.Calls()
		for _, c := range calls[b.seen:] {
			if c.Writing {
				counts[strings.TrimPrefix(c.Path, "/shop/")]++
			}
		}
		b.seen = len(calls)
		for path, n := range counts {
			got = append(got, fmt.Sprintf("%s=%d", path, n))
		}
	})
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		ts.Fatalf("writing calls: %v, want %v", got, want)
	}
}
