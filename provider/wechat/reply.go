package wechat

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// envelope is what every reply has in common.
type envelope struct {
	// ErrCode is nil when the reply has none.
	ErrCode *Int `json:"errcode"`
	ErrMsg  Text `json:"errmsg"`
}

// errNotJSON marks an answer that is not the platform's at all; errNoErrcode one
// that is JSON but says neither yes nor no.
var (
	errNotJSON   = errors.New("the answer is not a JSON object")
	errNoErrcode = errors.New("the answer has no errcode")
)

// readEnvelope checks that body is one JSON object and reads its envelope. It
// never reports success by omission: unless bare is set, a reply without errcode
// is errNoErrcode.
func readEnvelope(body string, bare bool) (envelope, error) {
	body = strings.TrimSpace(body)
	var env envelope
	switch {
	case len(body) == 0:
		return env, errors.New("the answer is empty")
	case body[0] != '{':
		return env, errNotJSON
	}
	if err := json.Unmarshal([]byte(body), &env); err != nil {
		return env, fmt.Errorf("the answer is not valid JSON: %w", err)
	}
	if env.ErrCode == nil && !bare {
		return env, errNoErrcode
	}
	return env, nil
}

func (e envelope) code() int {
	if e.ErrCode == nil {
		return 0
	}
	return int(*e.ErrCode)
}

// Of an answer that is not JSON, a message shows excerptLen bytes. Secrets are cut
// out of excerptScan bytes before, so that none is shown in part.
const (
	excerptLen  = 80
	excerptScan = 16 << 10
)

// excerpt is the beginning of an answer, fit to be shown.
func (c *Client) excerpt(body string) string {
	clean := c.secrets.Text(body[:min(len(body), excerptScan)])
	return strings.ToValidUTF8(clean[:min(len(clean), excerptLen)], "")
}

// ridPattern matches the request id at the end of an error message, three hex
// groups (reference section 1). A message may consist of it alone.
var ridPattern = regexp.MustCompile(`(?:^|\s*)\brid:\s*([0-9a-fA-F]+-[0-9a-fA-F]+-[0-9a-fA-F]+)\s*$`)

// splitRID separates the request id from a platform message.
func splitRID(errmsg string) (message, rid string) {
	m := ridPattern.FindStringSubmatchIndex(errmsg)
	if m == nil {
		return strings.TrimSpace(errmsg), ""
	}
	return strings.TrimSpace(errmsg[:m[0]]), errmsg[m[2]:m[3]]
}
