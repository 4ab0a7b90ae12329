// Command shopctl makes a WeChat shop equal to the catalog files that declare it.
//
// This package is the wiring: it alone reads the environment, chooses the
// provider and the store, and exits. Each verb stands in a file of its own.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"syscall"
)

func main() {
	tuneMemory(os.Getenv)
	os.Exit(run())
}

// How memory is collected, in bytes of the whole process. Up to freeMemory nothing
// is collected: most commands end before. A larger heap may grow by growthPercent
// before it is collected again, and from memoryLimit on it is collected as often as it
// takes: a hundred thousand products then fit into 1 GiB with room to spare, as
// bench/run measures. It is no hard limit.
const (
	freeMemory    = 180 << 20
	growthPercent = 150
	memoryLimit   = 850 << 20
)

// tuneMemory sets that, unless whoever started the program has set anything.
func tuneMemory(getenv func(string) string) {
	if getenv("GOMEMLIMIT") != "" || getenv("GOGC") != "" {
		return
	}
	debug.SetMemoryLimit(memoryLimit)
	pace()
}

// pace decides when memory is collected next, now and after every collection.
func pace() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	percent := uint64(growthPercent)
	if heap := max(live[0].Value.Uint64(), 4<<20); heap < freeMemory {
		percent = max(percent, 100*(freeMemory-heap)/heap)
	}
	debug.SetGCPercent(int(percent))
	runtime.AddCleanup(new([64]byte), func(int) { pace() }, 0)
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
