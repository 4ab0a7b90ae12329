package main

import (
	"context"
	"errors"
	"fmt"
)

// exitCode is how a run ended, for scripts (docs/cli/shopctl.md).
type exitCode int

// The exit codes. Where several apply, exitError goes first, then exitBlocked,
// then exitPending.
const (
	exitDone        exitCode = 0   // done, nothing left
	exitError       exitCode = 1   // an error
	exitChanges     exitCode = 2   // plan --detailed-exitcode found changes
	exitPending     exitCode = 3   // something is still in review, or left for later
	exitBlocked     exitCode = 4   // something is rejected, banned or blocked
	exitInterrupted exitCode = 130 // SIGINT or SIGTERM
)

// Error makes an exit code the error of a command that has said everything
// already.
func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// exitCodeOf is the exit code that an error of a command stands for; silent is
// true when there is nothing more to print.
func exitCodeOf(ctx context.Context, err error) (code exitCode, silent bool) {
	if err == nil {
		return exitDone, true
	}
	if code, ok := err.(exitCode); ok { // not wrapped: an error beside it wins
		return code, true
	}
	if _, ok := err.(invalid); ok {
		return exitError, true
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return exitInterrupted, true
	}
	return exitError, false
}
