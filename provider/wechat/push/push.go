// Package push receives the platform's messages (reference section 9): it checks
// who sent them, opens them, and says what each is about.
//
// A message is a hint and nothing more. It can be lost, come twice, or tell of a
// submission that is no longer the newest, so whoever gets one reads the object
// again and believes what the shop shows.
//
// A message goes through these steps, outermost first:
//
//	query     timestamp within the window, signature compared in constant time
//	envelope  Encrypt, opened with the AES key, meant for our appid
//	tree      XML or JSON, of bounded depth and size, no document type
//	Message   nested or flat members, numbers or strings
package push

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MaxBody is the largest message that is read, in bytes. The largest documented
// one, a scene audit, has less than 2 kB.
const MaxBody = 64 << 10

// DefaultWindow is how far the time of a message may be from ours. The platform
// signs a message when it sends it, and sends it again for some seconds.
const DefaultWindow = 5 * time.Minute

// Reasons to refuse a request. What is refused is never acted upon.
var (
	ErrSignature = errors.New("the signature is wrong")
	ErrTime      = errors.New("the timestamp is not of now")
	ErrReplay    = errors.New("the signature was used for another message")
	ErrPlain     = errors.New("the message is not encrypted")
	ErrAppID     = errors.New("the message is for another appid")
	ErrMalformed = errors.New("the message cannot be read")
)

// Config is what the console's page of the message push says.
type Config struct {
	Token  string // "Token": signs
	AESKey string // "EncodingAESKey", 43 characters; "" accepts plain messages only
	// AppIDs are those that messages may be encrypted for: the mini-program's, and
	// the third-party platform's where it receives them.
	AppIDs []string
	Window time.Duration    // DefaultWindow when zero
	Now    func() time.Time // the real clock when nil
}

// Receiver checks and opens messages. It may be used by many goroutines.
type Receiver struct {
	config Config
	key    []byte // nil: plain
	seen   *memory
}

// New checks the configuration.
func New(c Config) (*Receiver, error) {
	if c.Token == "" {
		return nil, errors.New("the token of the message push is empty")
	}
	if c.Window <= 0 {
		c.Window = DefaultWindow
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	r := &Receiver{config: c, seen: newMemory(2*c.Window, c.Now)}
	if c.AESKey == "" {
		return r, nil
	}
	var err error
	r.key, err = aesKey(c.AESKey)
	return r, err
}

// Encrypted reports whether only encrypted messages are accepted.
func (r *Receiver) Encrypted() bool { return r.key != nil }

// maxEcho bounds what is given back to whoever checks the URL.
const maxEcho = 512

// Echo answers the question by which the console checks the URL: the echostr, if
// the signature is the platform's.
func (r *Receiver) Echo(query url.Values) (string, error) {
	if err := r.Check(query); err != nil {
		return "", err
	}
	echo := query.Get("echostr")
	if echo == "" || len(echo) > maxEcho {
		return "", fmt.Errorf("%w: echostr of %d bytes", ErrMalformed, len(echo))
	}
	return echo, nil
}

// Open checks a request and opens its message. duplicate is set for one that was
// opened before: the platform sends a message up to three times until it is
// answered. The error is one of those above, wrapped.
func (r *Receiver) Open(query url.Values, body []byte) (m Message, duplicate bool, err error) {
	if len(body) > MaxBody {
		return m, false, fmt.Errorf("%w: more than %d bytes", ErrMalformed, MaxBody)
	}
	if err := r.Check(query); err != nil {
		return m, false, err
	}
	plain, err := r.unseal(query, body)
	if err != nil {
		return m, false, err
	}
	t, err := parse(plain)
	if err != nil {
		return m, false, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	digest := sha256.Sum256(plain)
	// A plain signature does not cover the message: it is good for one only.
	if !r.Encrypted() && !r.seen.bind(query.Get("signature"), digest) {
		return m, false, ErrReplay
	}
	return read(t), !r.seen.add(digest), nil
}

// unseal returns the message of a checked request in plain text.
func (r *Receiver) unseal(query url.Values, body []byte) ([]byte, error) {
	if !r.Encrypted() {
		return body, nil
	}
	envelope, err := parse(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	sealed := envelope.text("Encrypt")
	if sealed == "" {
		return nil, ErrPlain
	}
	if !r.signed(query.Get("msg_signature"), query, sealed) {
		return nil, ErrSignature
	}
	plain, appid, err := decrypt(r.key, sealed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if !slices.Contains(r.config.AppIDs, appid) {
		return nil, ErrAppID
	}
	return plain, nil
}

// signed reports whether given is the hex SHA-1 of the sorted parts, in a time
// that does not tell how much of it is right.
func (r *Receiver) signed(given string, query url.Values, sealed string) bool {
	parts := []string{r.config.Token, query.Get("timestamp"), query.Get("nonce")}
	if sealed != "" {
		parts = append(parts, sealed)
	}
	return subtle.ConstantTimeCompare([]byte(strings.ToLower(given)), []byte(Signature(parts...))) == 1
}

// Signature is hex(sha1(concat(sort(parts)))).
func Signature(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.New()
	for _, p := range parts {
		sum.Write([]byte(p))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Check looks at the query alone, before the body is read: at the time, and at the
// signature that every request carries, encrypted or not. So a forged request
// costs next to nothing. An encrypted one is signed once more, with its envelope.
func (r *Receiver) Check(query url.Values) error {
	seconds, err := strconv.ParseInt(query.Get("timestamp"), 10, 64)
	if err != nil {
		return ErrTime
	}
	if off := r.config.Now().Sub(time.Unix(seconds, 0)); off > r.config.Window || off < -r.config.Window {
		return ErrTime
	}
	if !r.signed(query.Get("signature"), query, "") {
		return ErrSignature
	}
	if r.Encrypted() && query.Get("echostr") == "" && query.Get("msg_signature") == "" {
		return ErrPlain
	}
	return nil
}

// utf8BOM may stand in front of a message.
var utf8BOM = []byte("\xef\xbb\xbf")

// parse reads XML or JSON, whichever it is.
func parse(body []byte) (tree, error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, utf8BOM))
	switch {
	case len(body) == 0:
		return tree{}, errors.New("it is empty")
	case body[0] == '<':
		return parseXML(body)
	case body[0] == '{':
		return parseJSON(body)
	}
	return tree{}, errors.New("it is neither XML nor JSON")
}
