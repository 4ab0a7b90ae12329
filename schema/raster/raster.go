// Package raster looks at pictures before anybody else has to: whether a file
// is a whole JPEG or PNG down to the last pixel, how large it is, and what it
// looks like from afar. It also makes smaller ones of those that are too large.
//
// It reads no files and knows no catalog. Everything in it is a function of the
// bytes alone, with the same result on every machine.
package raster

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"image"
	_ "image/jpeg" // the formats that the platform takes
	_ "image/png"
	"strings"
)

// MaxPixels is width times height of the largest picture that is decoded. A
// file of a few kilobytes may claim more, to fill the memory of whoever opens it.
const MaxPixels = 100_000_000

// Digest is SHA-256 of the bytes of a picture.
type Digest [sha256.Size]byte

// DigestOf digests the bytes of a picture.
func DigestOf(raw []byte) Digest { return sha256.Sum256(raw) }

// Format is the format of a picture.
type Format string

// The formats that the platform takes (reference section 5).
const (
	JPEG Format = "jpeg"
	PNG  Format = "png"
)

// Extension is the usual file extension of the format, with its dot.
func (f Format) Extension() string {
	if f == JPEG {
		return ".jpg"
	}
	return ".png"
}

// Fault is why a picture cannot be used.
type Fault string

// The faults. The order of the checks is that of this list.
const (
	Sound    Fault = ""
	Empty    Fault = "empty"    // the file has no bytes
	Foreign  Fault = "foreign"  // neither a JPEG nor a PNG
	Bomb     Fault = "bomb"     // more than MaxPixels
	Animated Fault = "animated" // an animated PNG
	Damaged  Fault = "damaged"  // it begins well, and cannot be decoded to its end
)

// Verdict is all that is known of the bytes of a picture. The sizes are those
// that the header claims; they are zero for Empty and Foreign. Print is set for
// sound pictures only.
type Verdict struct {
	Fault         Fault
	Format        Format
	Width, Height int // pixels
	Print         Print
}

// Look decodes a picture and judges it.
func Look(raw []byte) Verdict {
	v := header(raw)
	if v.Fault != Sound {
		return v
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		v.Fault = Damaged
		return v
	}
	v.Print = printOf(img)
	return v
}

// Cost is how much memory decoding a picture takes, in pixels, by its header
// alone; 0 when it will not be decoded.
func Cost(raw []byte) int64 {
	v := header(raw)
	if v.Fault != Sound {
		return 0
	}
	return int64(v.Width) * int64(v.Height)
}

// header judges what can be judged without decoding.
func header(raw []byte) Verdict {
	if len(raw) == 0 {
		return Verdict{Fault: Empty}
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		if f, begun := begins(raw); begun {
			return Verdict{Fault: Damaged, Format: f}
		}
		return Verdict{Fault: Foreign}
	}
	v := Verdict{Format: Format(format), Width: config.Width, Height: config.Height}
	switch {
	case v.Width <= 0 || v.Height <= 0:
		v.Fault = Damaged
	case int64(v.Width)*int64(v.Height) > MaxPixels:
		v.Fault = Bomb
	case v.Format == PNG && animated(raw):
		v.Fault = Animated
	}
	return v
}

const pngSignature = "\x89PNG\r\n\x1a\n"

// begins reports which of the two formats a file that cannot be read begins like.
func begins(raw []byte) (Format, bool) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")):
		return JPEG, true
	case bytes.HasPrefix(raw, []byte(pngSignature)):
		return PNG, true
	}
	return "", false
}

// animated reports whether a PNG has an acTL chunk before its first data, which
// makes it an animation (PNG specification, third edition, section 11.3.6.1).
func animated(raw []byte) bool {
	const frame = 12 // length, type, checksum
	for rest := raw[len(pngSignature):]; len(rest) >= frame; {
		length := int64(binary.BigEndian.Uint32(rest))
		switch string(rest[4:8]) {
		case "acTL":
			return true
		case "IDAT", "IEND":
			return false
		}
		if length > int64(len(rest)-frame) {
			return false
		}
		rest = rest[frame+length:]
	}
	return false
}

// signatures are how other formats begin, by the name people know.
var signatures = []struct{ begin, name string }{
	{"GIF8", "GIF"}, {"BM", "BMP"}, {"%PDF", "PDF"}, {"II*\x00", "TIFF"}, {"MM\x00*", "TIFF"},
	{"<svg", "SVG"}, {"<?xml", "SVG"}, {"<!DOCTYPE html", "HTML"}, {"<html", "HTML"},
}

// NameOf is what a file that is neither a JPEG nor a PNG seems to be, such as
// "WebP"; "" when nothing is known.
func NameOf(raw []byte) string {
	if len(raw) >= 12 {
		switch kind, brand := string(raw[4:8]), string(raw[8:12]); {
		case bytes.HasPrefix(raw, []byte("RIFF")) && brand == "WEBP":
			return "WebP"
		case kind == "ftyp" && strings.HasPrefix(brand, "avi"):
			return "AVIF"
		case kind == "ftyp" && (strings.HasPrefix(brand, "he") || brand == "mif1" || brand == "msf1"):
			return "HEIC"
		}
	}
	for _, s := range signatures {
		if bytes.HasPrefix(raw, []byte(s.begin)) {
			return s.name
		}
	}
	return ""
}
