package schema

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/shopctl/shopctl/schema/raster"
)

// keptPictures remembers between runs what decoding has found, by content, so
// that a catalog of many pictures is only hashed the next time. It is a cache:
// whatever cannot be read or written is worked out again. It may be used by many
// goroutines.
type keptPictures struct {
	dir string // "" keeps nothing beyond this run

	mu       sync.Mutex
	verdicts map[raster.Digest]keptVerdict
	lines    int // in the file
	fresh    []raster.Digest
}

type keptVerdict struct {
	raster.Verdict
	used bool
}

// keptHeader is the first line of the file. Another number makes all verdicts
// void: raise it when Look comes to judge otherwise.
const keptHeader = "shopctl pictures 1"

// openKept reads the verdicts that earlier runs have kept.
func openKept(dir string) *keptPictures {
	k := &keptPictures{dir: dir, verdicts: map[raster.Digest]keptVerdict{}}
	if dir == "" {
		return k
	}
	f, err := os.Open(k.file())
	if err != nil {
		return k
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	if !lines.Scan() || lines.Text() != keptHeader {
		return k
	}
	for lines.Scan() {
		k.lines++
		k.read(lines.Text())
	}
	return k
}

func (k *keptPictures) file() string { return filepath.Join(k.dir, "pictures.txt") }

// read takes one line: a digest and the verdict. Torn lines say nothing.
func (k *keptPictures) read(line string) {
	text, rest, _ := strings.Cut(line, " ")
	raw, err := hex.DecodeString(text)
	var verdict raster.Verdict
	if err == nil && len(raw) == len(raster.Digest{}) && verdict.UnmarshalText([]byte(rest)) == nil {
		k.verdicts[raster.Digest(raw)] = keptVerdict{Verdict: verdict}
	}
}

func (k *keptPictures) verdict(digest raster.Digest) (raster.Verdict, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	kept, known := k.verdicts[digest]
	if known && !kept.used {
		kept.used = true
		k.verdicts[digest] = kept
	}
	return kept.Verdict, known
}

func (k *keptPictures) remember(digest raster.Digest, verdict raster.Verdict) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.verdicts[digest] = keptVerdict{verdict, true}
	k.fresh = append(k.fresh, digest)
}

// spare is how many verdicts that nobody asked for may stay in the file: those
// of another branch, of pictures on their way.
const spare = 10_000

// close adds what is new to the file and forgets the verdicts: they serve the
// reading of the catalog alone. When most of the file is of no use any more, it
// is written anew.
func (k *keptPictures) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	defer func() { k.verdicts, k.fresh = nil, nil }()
	if k.dir == "" || len(k.fresh) == 0 || os.MkdirAll(k.dir, 0o755) != nil {
		return
	}
	used := 0
	for _, kept := range k.verdicts {
		if kept.used {
			used++
		}
	}
	if k.lines == 0 || k.lines+len(k.fresh) > 2*used+spare {
		k.rewrite()
	} else if f, err := os.OpenFile(k.file(), os.O_APPEND|os.O_WRONLY, 0o644); err == nil {
		defer f.Close()
		_ = k.write(f, k.fresh) // what is missing is decoded again
	}
}

func (k *keptPictures) rewrite() {
	f, err := os.CreateTemp(k.dir, ".pictures-*")
	if err != nil {
		return
	}
	defer os.Remove(f.Name()) // fails after the rename, as it should
	fmt.Fprintln(f, keptHeader)
	used := make([]raster.Digest, 0, len(k.verdicts))
	for digest, kept := range k.verdicts {
		if kept.used {
			used = append(used, digest)
		}
	}
	slices.SortFunc(used, func(a, b raster.Digest) int { return slices.Compare(a[:], b[:]) })
	written := k.write(f, used)
	if f.Close() == nil && written == nil {
		_ = os.Rename(f.Name(), k.file()) // the old file is as good
	}
}

func (k *keptPictures) write(f *os.File, digests []raster.Digest) error {
	w := bufio.NewWriter(f)
	for _, digest := range digests {
		line := append(hex.AppendEncode(nil, digest[:]), ' ')
		line, _ = k.verdicts[digest].AppendText(line) // it has no error to return
		w.Write(append(line, '\n'))
	}
	return w.Flush()
}

// shrunk is a smaller picture that an earlier run has made, nil when there is none.
func (k *keptPictures) shrunk(name string) []byte {
	if k.dir == "" {
		return nil
	}
	raw, err := os.ReadFile(filepath.Join(k.dir, "shrunk", name))
	if err != nil {
		return nil
	}
	return raw
}

func (k *keptPictures) keepShrunk(name string, raw []byte) {
	dir := filepath.Join(k.dir, "shrunk")
	if k.dir == "" || os.MkdirAll(dir, 0o755) != nil {
		return
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return
	}
	defer os.Remove(f.Name()) // fails after the rename, as it should
	_, err = f.Write(raw)
	if f.Close() == nil && err == nil {
		_ = os.Rename(f.Name(), filepath.Join(dir, name)) // it is made again next time
	}
}
