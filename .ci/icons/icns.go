package main

import (
	"encoding/binary"
	"slices"
)

// icnsMargin is what Apple's grid leaves free around an icon that is a rounded
// square: 100 of 1024 on each side.
const icnsMargin = 100.0 / 1024

// icnsTypes are the kinds of entry that hold a PNG, with their size in pixels;
// those marked @2x are for dense screens. The kinds for 16 and 32 (icp4, icp5)
// are left out: in a bundle they do not show well, and macOS scales ic11 down.
var icnsTypes = []struct {
	kind string
	size int
}{
	{"ic07", 128},
	{"ic08", 256},
	{"ic09", 512},
	{"ic11", 32},   // 16@2x
	{"ic12", 64},   // 32@2x
	{"ic13", 256},  // 128@2x
	{"ic14", 512},  // 256@2x
	{"ic10", 1024}, // 512@2x
}

// encodeICNS makes a macOS icon file: entries of a four letter kind, their
// length with the header of eight bytes, and a PNG.
func encodeICNS(svg []byte) ([]byte, error) {
	var entries []byte
	for _, t := range icnsTypes {
		picture, err := drawPNG(svg, t.size, icnsMargin)
		if err != nil {
			return nil, err
		}
		entries = appendEntry(entries, t.kind, picture)
	}
	return appendEntry(nil, "icns", entries), nil
}

func appendEntry(dst []byte, kind string, content []byte) []byte {
	return slices.Concat(dst, []byte(kind), binary.BigEndian.AppendUint32(nil, uint32(8+len(content))), content)
}
