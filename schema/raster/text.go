package raster

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// AppendText writes the verdict as five words: fault, format, width, height, print.
func (v Verdict) AppendText(b []byte) ([]byte, error) {
	return fmt.Appendf(b, "%s %s %d %d %x", orDash(string(v.Fault)), orDash(string(v.Format)), v.Width, v.Height, v.Print.bytes()), nil
}

func orDash(word string) string {
	if word == "" {
		return "-"
	}
	return word
}

var errVerdict = errors.New("not a verdict on a picture")

// UnmarshalText reads what AppendText wrote.
func (v *Verdict) UnmarshalText(line []byte) error {
	words := strings.Fields(string(line))
	if len(words) != 5 {
		return errVerdict
	}
	fault, format := Fault(strings.Trim(words[0], "-")), Format(strings.Trim(words[1], "-"))
	width, badWidth := strconv.Atoi(words[2])
	height, badHeight := strconv.Atoi(words[3])
	print, badPrint := hex.DecodeString(words[4])
	if errors.Join(badWidth, badHeight, badPrint) != nil || len(print) != len(Print{}.bytes()) || !known(fault, format) {
		return errVerdict
	}
	*v = Verdict{Fault: fault, Format: format, Width: width, Height: height, Print: printFrom(print)}
	return nil
}

func known(fault Fault, format Format) bool {
	switch fault {
	case Sound, Bomb, Animated, Damaged:
		return format == JPEG || format == PNG
	case Empty, Foreign:
		return format == ""
	}
	return false
}
