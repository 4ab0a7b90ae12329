package raster

import (
	"bytes"
	"encoding/binary"
)

// orientation is how the camera held a JPEG, 1 to 8 (EXIF 2.32, tag 0x0112); 1,
// upright, when it does not say.
func orientation(raw []byte) int {
	const upright = 1
	tiff := exif(raw)
	if len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	directory := order.Uint32(tiff[4:])
	if int64(directory)+2 > int64(len(tiff)) {
		return upright
	}
	entries := tiff[directory+2:]
	for range order.Uint16(tiff[directory:]) {
		if len(entries) < 12 {
			return upright
		}
		if order.Uint16(entries) == 0x0112 {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return upright
		}
		entries = entries[12:]
	}
	return upright
}

// exif is the TIFF data in the APP1 segment of a JPEG, nil when it has none.
func exif(raw []byte) []byte {
	if !bytes.HasPrefix(raw, []byte("\xff\xd8")) {
		return nil
	}
	const marker, app1, startOfScan = 4, 0xe1, 0xda
	for rest := raw[2:]; len(rest) >= marker && rest[0] == 0xff && rest[1] != startOfScan; {
		length := int(binary.BigEndian.Uint16(rest[2:]))
		if length < 2 || length+2 > len(rest) {
			return nil
		}
		body := rest[marker : length+2]
		if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && rest[1] == app1 {
			return tiff
		}
		rest = rest[length+2:]
	}
	return nil
}
