package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/shopctl/shopctl/provider/wechat/sandbox"
)

// cmdVault writes what a service provider keeps into the folder vault, as its
// message server and its database would: the newest ticket, and the refresh token
// in a file named after the merchant's appid. "ticket=wrong" and "refresh=wrong"
// spoil one of them.
func cmdVault(ts *testscript.TestScript, _ bool, args []string) {
	boxOf(ts).with(ts, func(s *sandbox.Sandbox) {
		has := s.Console().ThirdParty()
		content := map[string]string{"ticket": has.Ticket, sandbox.DefaultAppID: has.RefreshToken}
		names := map[string]string{"ticket": "ticket", "refresh": sandbox.DefaultAppID}
		for _, arg := range args {
			name, value, _ := strings.Cut(arg, "=")
			content[names[name]] = value
		}
		ts.Check(os.MkdirAll(ts.MkAbs("vault"), 0o700))
		for name, value := range content {
			ts.Check(os.WriteFile(filepath.Join(ts.MkAbs("vault"), name), []byte(value+"\n"), 0o600))
		}
	})
}
