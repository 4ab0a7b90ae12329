package schema

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Canonical is the one byte form in which two objects of a kind are compared,
// hashed and stored: JSON in the order in which the struct declares its fields
// (map keys sorted), without HTML escaping. Declaring fields in another order
// would change every digest; TestStampIsPinned stands guard.
func Canonical(v any) []byte {
	var b bytes.Buffer
	encodeKind(canonicalEncoder(&b), v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// canonicalEncoder writes canonical forms, each with a newline after it.
func canonicalEncoder(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}

func encodeKind(enc *json.Encoder, v any) {
	if err := enc.Encode(v); err != nil {
		panic("schema: kinds always encode: " + err.Error())
	}
}

// stampPrefix marks our own content stamps and their algorithm. A new algorithm
// takes a new prefix, so that old stamps are read as "unknown content", not as "other content".
const stampPrefix = "sc1-"

// Stamp names the reviewed content of an SPU: what a reviewer sees, without
// the fields that change without review (prices, stock, codes). It is sent as
// info_version and read back from the shop, so that a run without a state file
// still knows which content a draft or an online copy holds.
// Its form is "sc1-" and 32 hex digits.
func (s *SPU) Stamp() string {
	content := *s
	content.SKUs = make([]SKU, len(s.SKUs))
	for i, sku := range s.SKUs {
		content.SKUs[i] = SKU{OutSKUID: sku.OutSKUID, ThumbImg: sku.ThumbImg, SKUAttrs: sku.SKUAttrs}
	}
	return stamp(&content)
}

// Seal names the reviewed content of an SPU for SPU.AsFound. It is the stamp with
// pictures by path or URL instead of by content, because what is sent of a file
// depends on the shop block.
func (s *SPU) Seal() string {
	named := *s
	named.HeadImg, named.QualificationPics, named.DescInfo.Imgs = byName(s.HeadImg), byName(s.QualificationPics), byName(s.DescInfo.Imgs)
	named.SKUs = slices.Clone(s.SKUs)
	for i := range named.SKUs {
		named.SKUs[i].ThumbImg = byName([]Image{named.SKUs[i].ThumbImg})[0]
	}
	return named.Stamp()
}

func byName(images []Image) []Image {
	named := make([]Image, len(images))
	for i, img := range images {
		named[i] = Image{Key: ImageKey(img.Path + img.URL)}
	}
	return named
}

// Stamp names the content of the brand, for the state file.
func (b *Brand) Stamp() string { return stamp(b) }

// Stamp names the content of the qualification, for the state file.
func (q *Qualification) Stamp() string { return stamp(q) }

func stamp(v any) string {
	b := stampBuffers.Get().(*bytes.Buffer)
	defer stampBuffers.Put(b)
	b.Reset()
	encodeKind(canonicalEncoder(b), v)
	sum := sha256.Sum256(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	return stampPrefix + hex.EncodeToString(sum[:16])
}

// stampBuffers hold canonical forms that only their digest is wanted of: a plan makes
// one of every product.
var stampBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// IsStamp reports whether an info_version is a stamp of ours.
func IsStamp(infoVersion string) bool {
	hexPart, ok := strings.CutPrefix(infoVersion, stampPrefix)
	return ok && len(hexPart) == 32
}

// Version is the info_version that is sent: the author's own, or the stamp.
func (s *SPU) Version() string {
	if s.InfoVersion != "" {
		return s.InfoVersion
	}
	return s.Stamp()
}

// MarshalJSON writes the id as a number, or the path while it is unresolved.
func (c CategoryRef) MarshalJSON() ([]byte, error) {
	if c.ID == 0 && c.Path != "" {
		return json.Marshal(c.Path)
	}
	return strconv.AppendUint(nil, c.ID, 10), nil
}

// UnmarshalJSON reads either form.
func (c *CategoryRef) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &c.Path)
	}
	return json.Unmarshal(b, &c.ID)
}

// String is the id where known, else the path.
func (c CategoryRef) String() string {
	if c.ID != 0 {
		return strconv.FormatUint(c.ID, 10)
	}
	return c.Path
}

// String is "file:line:column", the form that editors open.
func (r Range) String() string {
	return r.File + ":" + strconv.Itoa(r.Start.Line) + ":" + strconv.Itoa(r.Start.Column)
}

// String is the amount as people write it: 990 fen is "¥9.90".
func (f Fen) String() string {
	sign := ""
	if f < 0 {
		sign, f = "-", -f
	}
	cents := strconv.FormatInt(int64(f%100), 10)
	if len(cents) == 1 {
		cents = "0" + cents
	}
	return sign + "¥" + strconv.FormatInt(int64(f/100), 10) + "." + cents
}
