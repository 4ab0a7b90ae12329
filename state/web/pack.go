package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/shopctl/shopctl/lang"
)

// maxUnpacked bounds what comes out of a packed state, in bytes: a small file can
// be made to unpack for ever.
const maxUnpacked = 4 << 30

// Pack compresses what write writes.
func Pack(write func(io.Writer) error) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(write(z), z.Close()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Unpack reads what Pack has made, as it comes.
func Unpack(packed io.Reader) (io.Reader, error) {
	z, err := gzip.NewReader(packed)
	if err != nil {
		return nil, fmt.Errorf("unpack the state: %w", err)
	}
	return &bounded{from: z, left: maxUnpacked}, nil
}

// bounded is a reader that fails where io.LimitReader would end silently.
type bounded struct {
	from io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n, fmt.Errorf("the state unpacks to more than %s", lang.Size(maxUnpacked))
	}
	return n, err
}
