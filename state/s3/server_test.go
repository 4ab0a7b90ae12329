package s3

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// gateway is a real server of S3's protocol: versitygw over a folder. Its
// address is "" where there is no program to start.
var gateway struct {
	address string
	why     string
}

const (
	testKeyID  = "TESTKEYID"
	testSecret = "testsecret0123456789"
	testBucket = "team-state"
)

// TestMain starts the server once for all tests.
func TestMain(m *testing.M) { os.Exit(withGateway(m.Run)) }

func withGateway(run func() int) int {
	program, err := exec.LookPath(cmp.Or(os.Getenv("SHOPCTL_TEST_VERSITYGW"), "versitygw"))
	if err != nil {
		gateway.why = "no versitygw on the PATH or in SHOPCTL_TEST_VERSITYGW; to build it: go build -C internal/servers -o FILE github.com/versity/versitygw/cmd/versitygw"
		return run()
	}
	dir, err := os.MkdirTemp("", "shopctl-s3-")
	if err != nil {
		gateway.why = err.Error()
		return run()
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := startGateway(ctx, program, dir); err != nil {
		gateway.why = "versitygw does not start: " + err.Error()
	}
	return run()
}

func startGateway(ctx context.Context, program, dir string) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	if err := os.MkdirAll(filepath.Join(data, testBucket), 0o755); err != nil {
		return err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	cmd := exec.CommandContext(ctx, program, "--access", testKeyID, "--secret", testSecret, "--port", address, "--region", "us-east-1", "posix", data)
	var output strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		return err
	}
	var ended atomic.Bool
	go func() {
		cmd.Wait()
		ended.Store(true)
	}()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if ended.Load() {
			return fmt.Errorf("it ended: %s", output.String())
		}
		if res, err := http.Get("http://" + address); err == nil {
			res.Body.Close()
			gateway.address = "http://" + address
			return nil
		}
	}
	return fmt.Errorf("no answer in 30 s")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// need skips where there is no server.
func need(t *testing.T) {
	t.Helper()
	if gateway.address == "" {
		t.Skip(gateway.why)
	}
}

// config is a place of the test's own on the server at an address.
func config(t *testing.T, address string) Config {
	t.Helper()
	return Config{
		Endpoint: address, Bucket: testBucket, Key: "t/" + strings.ReplaceAll(t.Name(), " ", "_"), Region: "us-east-1", PathStyle: true,
		Credentials: Credentials{KeyID: testKeyID, Secret: testSecret},
	}
}
