package httpstore

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/web"
)

// document is what the server keeps: at the top it looks like a state of
// Terraform, because servers look at serial and lineage. terraform_version is
// none, so that Terraform itself refuses the document and does not overwrite it.
type document struct {
	Version          int            `json:"version"`
	TerraformVersion string         `json:"terraform_version"`
	Serial           uint64         `json:"serial"`  // rises by one with every push
	Lineage          string         `json:"lineage"` // of the document
	Outputs          map[string]any `json:"outputs"`
	Resources        []any          `json:"resources"`
	Shopctl          *content       `json:"shopctl"`
}

// content is what we keep in a document. Texts are gzip in base64.
type content struct {
	Write   string          `json:"write"`           // random, new with every push
	Lease   *state.LockInfo `json:"lease,omitempty"` // who had the lock when it was pushed
	Journal []string        `json:"journal"`         // groups of lines (docs/state.md)
	// Snapshot is "" before the first. It stands last, so that a push need not
	// encode it anew.
	Snapshot string `json:"snapshot"`
}

// formatVersion is that of Terraform's states, which servers may look at.
const formatVersion = 4

func newDocument() *document {
	return &document{
		Version: formatVersion, TerraformVersion: "shopctl", Lineage: rand.Text(),
		Outputs: map[string]any{}, Resources: []any{}, Shopctl: &content{},
	}
}

// next is the document that follows, with a serial and a name for the push of its own.
func (d *document) next() *document {
	n, c := *d, *d.Shopctl
	n.Serial++
	c.Write = rand.Text()
	n.Shopctl = &c
	return &n
}

// parse reads a document. Terraform's own state is refused.
func parse(body []byte, where string) (*document, error) {
	d := new(document)
	if err := json.Unmarshal(body, d); err != nil {
		return nil, fmt.Errorf("%s: the document is not JSON: %w", where, err)
	}
	if d.Shopctl == nil {
		return nil, &web.Problem{
			What:   lang.F("%s holds a state of Terraform or OpenTofu", "%s 中保存的是 Terraform 或 OpenTofu 的状态", where),
			Remedy: lang.T("Give the shop a name of its own in the address.", "请在地址中为店铺使用单独的名称。"),
		}
	}
	return d, nil
}

// encode gives the parts of the request, of which the snapshot is not copied.
func (d *document) encode() ([][]byte, error) {
	bare, c := *d, *d.Shopctl
	c.Snapshot = ""
	bare.Shopctl = &c
	b, err := json.Marshal(bare)
	if err != nil {
		return nil, err
	}
	const end = `"}}`
	head, ended := bytes.CutSuffix(b, []byte(end))
	if !ended {
		return nil, fmt.Errorf("the snapshot is not the last member of the document: %.40q", b)
	}
	return [][]byte{head, []byte(d.Shopctl.Snapshot), []byte(end)}, nil
}

// contentMD5 is the digest that Terraform sends too.
func contentMD5(parts [][]byte) string {
	h := md5.New()
	for _, p := range parts {
		h.Write(p)
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func pack(write func(io.Writer) error) (string, error) {
	b, err := web.Pack(write)
	return base64.StdEncoding.EncodeToString(b), err
}

func unpack(text string) (io.Reader, error) {
	return web.Unpack(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
}

// state reads the snapshot and replays the journal.
func (d *document) state(where string) (s *state.State, journal int64, notices []lang.Text, err error) {
	if d == nil || d.Shopctl.Snapshot == "" {
		return nil, 0, nil, state.ErrNoState
	}
	r, err := unpack(d.Shopctl.Snapshot)
	if err != nil {
		return nil, 0, nil, err
	}
	if s, err = state.Decode(r); err != nil {
		return nil, 0, nil, fmt.Errorf("%s: %w", where, err)
	}
	var lines []byte
	for _, group := range d.Shopctl.Journal {
		r, err := unpack(group)
		if err != nil {
			return nil, 0, nil, err
		}
		group, err := io.ReadAll(r)
		if err != nil {
			return nil, 0, nil, fmt.Errorf("%s: %w", where, err)
		}
		lines = append(lines, group...)
	}
	_, notices, err = state.ReplayJournal(s, lines, where)
	return s, int64(len(lines)), notices, err
}
