// Command measure runs a command and says what it took, in one line on standard
// error: wall time and CPU time in seconds, the most memory that it held at any
// moment in MB (resident), and its exit code.
//
//	go run ./bench/measure shopctl validate
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"syscall"
	"time"
)

func main() {
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	began := time.Now()
	err := cmd.Run()
	wall := time.Since(began)
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		log.Fatal(err)
	}
	p := cmd.ProcessState
	usage := p.SysUsage().(*syscall.Rusage) // as on every Unix; Maxrss is in KB on Linux
	fmt.Fprintf(os.Stderr, "MEASURED wall %.1f cpu %.1f rss %d exit %d\n",
		wall.Seconds(), (p.UserTime() + p.SystemTime()).Seconds(), usage.Maxrss/1024, p.ExitCode())
	os.Exit(p.ExitCode())
}
