package main

import (
	"os"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/view"
)

// A secret that names its shop goes before one that does not; where many shops
// are at work the latter is nobody's.
func TestSecretsOfShops(t *testing.T) {
	const own, foreign = "wx0000000000000001", "wx0000000000000002"
	for _, c := range []struct {
		name    string
		env     map[string]string
		inFleet bool
		want    string
	}{
		{"one shop, plainly", map[string]string{"WECHAT_APPSECRET": "plain"}, false, "plain"},
		{"one shop, by name", map[string]string{"WECHAT_APPSECRET": "plain", "WECHAT_APPSECRET_" + own: "named"}, false, "named"},
		{"one shop, another's name", map[string]string{"WECHAT_APPSECRET_" + foreign: "foreign"}, false, ""},
		{"many shops, by name", map[string]string{"WECHAT_APPSECRET": "plain", "WECHAT_APPSECRET_" + own: "named"}, true, "named"},
		{"many shops, plainly", map[string]string{"WECHAT_APPSECRET": "plain"}, true, ""},
		{"many shops, another's name", map[string]string{"WECHAT_APPSECRET_" + foreign: "foreign"}, true, ""},
	} {
		a := newApp(os.Stdin, os.Stdout, os.Stderr, func(name string) string { return c.env[name] })
		a.inFleet = c.inFleet
		if got := a.secret("WECHAT_APPSECRET", own); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if _, err := a.tokens(own); err == nil && c.want == "" {
			t.Errorf("%s: there are tokens without credentials", c.name)
		} else if c.want == "" && c.inFleet && !strings.Contains(adviceText(err), "WECHAT_APPSECRET_"+own) {
			t.Errorf("%s: the remedy does not name the variable: %s", c.name, adviceText(err))
		}
	}
}

func adviceText(err error) string { return view.FailureOf(err).Remedy.EN }
