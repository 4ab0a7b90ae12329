package main

import (
	"net/url"
	"testing"
)

// Credentials go to the address that the environment names and to what stands
// below it, whatever a stranger's file makes of it.
func TestBelow(t *testing.T) {
	const named = "https://gitlab.example.com/api/v4/projects/7/terraform/state"
	for address, want := range map[string]bool{
		named:                         true,
		named + "/blankets":           true,
		named + "/blankets/lock?x=1":  true,
		named + "s/blankets":          false,
		named + "/../../../8/state/a": false,
		named + "/%2e%2e/%2e%2e/8":    false,
		"https://gitlab.example.com":  false,
		"http" + named[len("https"):]: false,
		"https://evil.example.com/":   false,
		"https://gitlab.example.com.evil.example.com" + named[len("https://gitlab.example.com"):]: false,
		"https://gitlab.example.com:8443" + named[len("https://gitlab.example.com"):]:             false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := below(u, named); got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
	if u, _ := url.Parse(named); below(u, "") {
		t.Error("an environment that names nothing allows an address")
	}
}
