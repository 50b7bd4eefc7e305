package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"slices"
)

// icoSizes are those that Explorer, the taskbar and window frames use at 100,
// 125, 150, 200, 250 and 300 %, in pixels.
var icoSizes = []int{16, 20, 24, 32, 40, 48, 64, 96, 256}

// encodeICO makes a Windows icon file: a directory of entries, then the
// pictures. Only the size of 256 may be a PNG for every program that reads
// icons; the others are device-independent bitmaps.
func encodeICO(svg []byte) ([]byte, error) {
	const headerSize, entrySize = 6, 16
	directory := binary.LittleEndian.AppendUint16(nil, 0)
	directory = binary.LittleEndian.AppendUint16(directory, 1) // icons, not cursors
	directory = binary.LittleEndian.AppendUint16(directory, uint16(len(icoSizes)))
	var pictures []byte
	for _, size := range icoSizes {
		picture, err := icoPicture(svg, size)
		if err != nil {
			return nil, err
		}
		offset := headerSize + entrySize*len(icoSizes) + len(pictures)
		directory = append(directory, byte(size), byte(size), 0, 0) // 256 is written as 0
		directory = binary.LittleEndian.AppendUint16(directory, 1)  // planes
		directory = binary.LittleEndian.AppendUint16(directory, 32) // bits a pixel
		directory = binary.LittleEndian.AppendUint32(directory, uint32(len(picture)))
		directory = binary.LittleEndian.AppendUint32(directory, uint32(offset))
		pictures = append(pictures, picture...)
	}
	return slices.Concat(directory, pictures), nil
}

func icoPicture(svg []byte, size int) ([]byte, error) {
	if size == 256 {
		return drawPNG(svg, size, 0)
	}
	picture, err := drawIcon(svg, size, 0)
	if err != nil {
		return nil, err
	}
	return bitmap(picture), nil
}

// bitmap is a device-independent bitmap as icons have it: BITMAPINFOHEADER
// with twice the height, the colours, and a mask of one bit a pixel, from the
// bottom row to the top.
func bitmap(picture *image.NRGBA) []byte {
	size := picture.Bounds().Dx()
	maskStride := (size + 31) / 32 * 4
	var b bytes.Buffer
	header := struct {
		Size                       uint32
		Width, Height              int32
		Planes, Bits               uint16
		Compression, Bytes         uint32
		XPerMetre, YPerMetre       int32
		ColoursUsed, ColoursNeeded uint32
	}{
		Size: 40, Width: int32(size), Height: int32(2 * size), Planes: 1, Bits: 32,
		Bytes: uint32(size*size*4 + size*maskStride),
	}
	_ = binary.Write(&b, binary.LittleEndian, header) // a Buffer takes everything
	mask := make([]byte, 0, size*maskStride)
	for y := size - 1; y >= 0; y-- {
		row := make([]byte, maskStride)
		for x := range size {
			c := picture.NRGBAAt(x, y)
			b.Write([]byte{c.B, c.G, c.R, c.A})
			if c.A == 0 {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
		mask = append(mask, row...)
	}
	b.Write(mask)
	return b.Bytes()
}
