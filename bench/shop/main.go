// Command shop plays a platform on which everything is as a catalog declares,
// for measuring a plan without changes:
//
//	go run ./bench/shop -dir /tmp/big -- shopctl -C /tmp/big plan
//
// It runs the command with SHOPCTL_ENDPOINT and WECHAT_APPSECRET set, and says
// at the end which calls were made. It runs in a process of its own, so that its
// memory is not that of the program.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/shopctl/shopctl/bench/large"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/schema"
)

func main() {
	dir := flag.String("dir", "", "the catalog")
	flag.Parse()
	if *dir == "" || flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	code, err := serve(*dir, flag.Args())
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}

// serve runs a command against the shop and returns its exit code.
func serve(dir string, command []string) (int, error) {
	catalog, ds := schema.Load(dir, schema.LoadOptions{CacheDir: filepath.Join(dir, ".shopctl", "cache", "pictures")})
	if catalog == nil {
		return 0, ds
	}
	box, err := sandbox.New(sandbox.Options{AppID: catalog.Shop.AppID, Knobs: &sandbox.Knobs{}})
	if err != nil {
		return 0, err
	}
	defer box.Close()
	s := large.NewShop(catalog, box)
	server := httptest.NewServer(s)
	defer server.Close()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "SHOPCTL_ENDPOINT="+server.URL, "WECHAT_APPSECRET="+sandbox.DefaultSecret)
	err = cmd.Run()
	calls := s.Calls()
	for _, path := range slices.Sorted(maps.Keys(calls)) {
		fmt.Fprintf(os.Stderr, "%6d %s\n", calls[path], path)
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), nil
	}
	return 0, err
}
