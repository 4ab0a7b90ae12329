package main

import (
	"context"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/httpstore"
	"github.com/shopctl/shopctl/state/httpstore/tfserver"
)

// TestStateScript runs scripts about states with a server. Beside the commands of
// TestScript they have:
//
//	stateserver                       start a server with GitLab's habits; its address is
//	                                  in $ADDRESS and, with the credentials, in the
//	                                  variables that Terraform has for them
//	deadrun                           leave a lock as a run does that was killed, with a
//	                                  lease that is past
//	liverun                           leave a lock whose lease lasts
func TestStateScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/state",
		Setup: setupScript,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": cmdExits, "serve": cmdServe, "writes": cmdWrites,
			"stateserver": cmdStateServer,
			"deadrun":     func(ts *testscript.TestScript, _ bool, _ []string) { leaveLock(ts, time.Nanosecond) },
			"liverun":     func(ts *testscript.TestScript, _ bool, _ []string) { leaveLock(ts, time.Hour) },
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

func cmdStateServer(ts *testscript.TestScript, _ bool, _ []string) {
	server := tfserver.Start(true)
	ts.Defer(server.Close)
	ts.Setenv("ADDRESS", server.Address())
	ts.Setenv("TF_HTTP_ADDRESS", server.Address())
	ts.Setenv("TF_HTTP_USERNAME", tfserver.Username)
	ts.Setenv("TF_HTTP_PASSWORD", tfserver.Password)
}

func leaveLock(ts *testscript.TestScript, lease time.Duration) {
	store, err := httpstore.New(httpstore.Config{
		Address: ts.Getenv("ADDRESS"), Username: tfserver.Username, Password: tfserver.Password, Lease: lease,
	})
	ts.Check(err)
	_, err = store.Lock(context.Background(), state.LockInfo{
		ID: "4f2a", Operation: "apply", Who: "li@ci-7", Host: "ci-7", PID: 4242, Run: "https://gitlab.example.com/jobs/815", Since: time.Now(),
	})
	ts.Check(err)
}
