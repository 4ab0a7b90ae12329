// Command shopctl makes a WeChat shop equal to the catalog files that declare it.
//
// This package is the wiring: it alone reads the environment, chooses the
// provider and the store, and exits. Each verb stands in a file of its own.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	boundMemory(os.Getenv)
	os.Exit(run())
}

// memoryLimit is from where on memory is collected more often, in bytes, rather
// than let the heap double: a hundred thousand products then fit into 1.5 GB,
// as bench/run measures. It is no hard limit.
const memoryLimit = 1150 << 20

// boundMemory sets the limit, unless whoever started the program has.
func boundMemory(getenv func(string) string) {
	if getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// run is main with an exit code.
func run() int {
	ctx, stop := untilInterrupt(context.Background())
	defer stop()
	return newApp(os.Stdin, os.Stdout, os.Stderr, os.Getenv).run(ctx, os.Args[1:])
}

// untilInterrupt ends the context at the first SIGINT or SIGTERM, so that calls
// in flight are finished and the state is saved. The second one stops the
// program at once, because the default handler is back by then.
func untilInterrupt(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
