package look

import (
	"bytes"
	"image/png"
	"io/fs"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"chute/assets"
	"chute/ui/internal/wcag"
)

func TestTextMeetsWCAGAA(t *testing.T) {
	for name, p := range map[string]palette{"light": light, "dark": dark} {
		for _, c := range []struct{ fore, back fyne.ThemeColorName }{
			{Text, Background},
			{Text, Surface},
			{Text, ErrSoft},
			{Text, WarnSoft},
			{Muted, Surface},
			{Muted, Background},
			{Accent, Surface},
			{OK, Surface},
			{Warn, Surface},
			{Err, Surface},
			{OnAccent, Accent},
			{OnInverse, Inverse},
			{Accent, AccentSoft},
			{OK, OKSoft},
			{Warn, WarnSoft},
			{Err, ErrSoft},
			{theme.ColorNameForegroundOnError, Err},
		} {
			if got := wcag.Contrast(p[c.fore], p[c.back]); got < wcag.AA {
				t.Errorf("%s: %s on %s has %.2f : 1", name, c.fore, c.back, got)
			}
		}
	}
}

func TestModes(t *testing.T) {
	for _, c := range []struct {
		mode    Mode
		variant fyne.ThemeVariant
		want    palette
	}{
		{System, theme.VariantDark, dark},
		{System, theme.VariantLight, light},
		{"", theme.VariantDark, dark},
		{Light, theme.VariantDark, light},
		{Dark, theme.VariantLight, dark},
	} {
		if got := (Theme{c.mode}).Color(Background, c.variant); got != c.want[Background] {
			t.Errorf("%q with variant %v: %v", c.mode, c.variant, got)
		}
	}
}

// Every icon must draw: Fyne shows nothing for one that it cannot read.
func TestIconsDraw(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(Theme{Light})
	names, err := fs.Glob(assets.Icons, "icons/*.svg")
	if err != nil || len(names) == 0 {
		t.Fatal("no icons", err)
	}
	for _, file := range names {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "icons/"), ".svg")
		content := string(Colored(name, Err).Content())
		if !strings.Contains(strings.ToLower(content), "#be2a3e") {
			t.Errorf("%s does not take the colour", name)
		}
	}
	for file, want := range map[string]string{"a.MOV": "video", "b.tar.gz": "archive", "x": "file", ".png": "image", "dir.zip/file": "file"} {
		if got := FileIcon(file); got != want {
			t.Errorf("FileIcon(%q) = %q", file, got)
		}
	}
}

// TestWindowIcon compares the icon that the desktop shows with the one that it
// was made from, four pixels for one.
func TestWindowIcon(t *testing.T) {
	small, err := png.Decode(bytes.NewReader(assets.IconSmall))
	if err != nil {
		t.Fatal(err)
	}
	large, err := png.Decode(bytes.NewReader(assets.IconPNG))
	if err != nil {
		t.Fatal(err)
	}
	side := small.Bounds().Dx()
	if side != 128 || large.Bounds().Dx() != 4*side {
		t.Fatalf("icons of %d and %d pixels", side, large.Bounds().Dx())
	}
	off := 0
	for y := range side {
		for x := range side {
			var sum, got [4]float64
			for i := range 16 {
				r, g, b, a := large.At(4*x+i%4, 4*y+i/4).RGBA()
				for c, v := range []uint32{r, g, b, a} {
					sum[c] += float64(v) / 16
				}
			}
			r, g, b, a := small.At(x, y).RGBA()
			for c, v := range []uint32{r, g, b, a} {
				got[c] = float64(v)
			}
			for c := range sum {
				if math.Abs(sum[c]-got[c]) > 0xffff/8 {
					off++
				}
			}
		}
	}
	if off > side { // a few at edges, by how it was scaled
		t.Errorf("%d of %d values differ", off, 4*side*side)
	}
}
