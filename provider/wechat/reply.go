package wechat

import (
	"bytes"
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

// errNoErrcode marks a reply that is JSON but says neither yes nor no.
var errNoErrcode = errors.New("the answer has no errcode")

// readEnvelope checks that body is one JSON object and reads its envelope. It
// never reports success by omission: unless bare is set, a reply without errcode
// is errNoErrcode.
func readEnvelope(body []byte, bare bool) (envelope, error) {
	body = bytes.TrimSpace(body)
	var env envelope
	switch {
	case len(body) == 0:
		return env, errors.New("the answer is empty")
	case body[0] != '{':
		return env, fmt.Errorf("the answer is not a JSON object: %q", excerpt(body))
	}
	if err := json.Unmarshal(body, &env); err != nil {
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

// excerptLen is how much of an answer that is not JSON a message shows, in bytes.
const excerptLen = 80

func excerpt(body []byte) string {
	return strings.ToValidUTF8(string(body[:min(len(body), excerptLen)]), "")
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
