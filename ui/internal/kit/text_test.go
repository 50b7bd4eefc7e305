package kit

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"chute/ui/internal/look"
)

func TestElide(t *testing.T) {
	test.NewTempApp(t)
	style := fyne.TextStyle{}
	text := "Interview – final cut, with é and 日本.mov"
	full := width(text, 14, style)
	for room := float32(0); room < full; room += 7 {
		for name, got := range map[string]string{"end": Elide(text, room, 14, style), "middle": elideMiddle(text, room, 14, style)} {
			if w := width(got, 14, style); w > room {
				t.Errorf("%s at %v: %q is %v wide", name, room, got, w)
			}
			if strings.ContainsRune(got, '�') {
				t.Errorf("%s at %v: %q cuts a character", name, room, got)
			}
		}
	}
	if got := elideMiddle(text, full*0.7, 14, style); !strings.HasSuffix(got, ".mov") {
		t.Errorf("the extension is lost: %q", got)
	}
}

func TestWrapKeepsAllTextWithinTheWidth(t *testing.T) {
	test.NewTempApp(t)
	spans := []Span{{Text: "A bold sentence.", Bold: true}, {Text: " A plain one with averyveryverylongwordthatfitsnowhere and 日本語のながいぶん.\nA new line."}}
	for _, room := range []float32{60, 120, 300, 5000} {
		var all strings.Builder
		for _, line := range wrap(spans, 14, room) {
			w := float32(0)
			var text string
			for _, s := range line {
				text += s.Text
				w += width(strings.TrimRight(s.Text, " "), 14, fyne.TextStyle{Bold: s.Bold})
			}
			if w > room+1 {
				t.Errorf("at %v: the line %q is %v wide", room, text, w)
			}
			all.WriteString(text)
		}
		if got, want := all.String(), strings.ReplaceAll(spans[0].Text+spans[1].Text, "\n", ""); got != want {
			t.Errorf("at %v: %q", room, got)
		}
	}
	if n := len(wrap(spans, 14, 5000)); n != 2 {
		t.Errorf("%d lines in a wide place", n)
	}
}

// Chinese and Japanese are written without spaces; a line begins with nothing
// that closes.
func TestBreaks(t *testing.T) {
	for text, want := range map[string]string{
		"limit: \"fast\" は速度ではありません。例: a b": "limit: |\"fast\" |は|速|度|で|は|あ|り|ま|せ|ん。|例: |a |b",
		"默认（0）、key。":                        "默|认|（0）、|key。",
		"サーバー":                              "サー|バー",
		"열어 보기 so far":                      "열어 |보기 |so |far",
		"":                                  "",
	} {
		if got := strings.Join(slices.Collect(breaks(text)), "|"); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestLineSetsNothingAfterAnEllipsis(t *testing.T) {
	test.NewTempApp(t)
	l := NewLine(14, Span{Text: "a long beginning of a line"}, Span{Text: " and its end"})
	l.Resize(fyne.NewSize(80, 20))
	r := test.WidgetRenderer(l)
	shown := ""
	for _, o := range r.Objects() {
		shown += textOf(o)
		if o.Position().X+o.MinSize().Width > 80 {
			t.Errorf("%q leaves the line", textOf(o))
		}
	}
	if !strings.HasSuffix(shown, "…") || strings.Contains(shown, "end") {
		t.Errorf("shown %q", shown)
	}
}

// Asking a button for its size must not undo the ellipsis of its text.
func TestElidedButtonStaysElided(t *testing.T) {
	test.NewTempApp(t)
	b := NewButton(Outlined, "A text that is too long for its place", nil)
	b.Trailing = "down"
	b.Resize(fyne.NewSize(90, 34))
	shown := func() string {
		for _, o := range test.WidgetRenderer(b).Objects() {
			if text, ok := o.(*canvas.Text); ok && !text.Hidden {
				return text.Text
			}
		}
		return ""
	}
	before := shown()
	if wide := b.MinSize().Width; wide < 200 {
		t.Errorf("a button for its whole text is %v wide", wide)
	}
	if got := shown(); got != before || !strings.HasSuffix(got, "…") {
		t.Errorf("it shows %q, and then %q", before, got)
	}
}

// TestLineInAnyScript gives a line that was shown in Latin script text of others,
// as a file's name may bring at any time: it must look as what Fyne draws with
// all fonts there are.
func TestLineInAnyScript(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(look.Theme{Mode: look.Light})
	for _, bold := range []bool{false, true} {
		l := NewLine(look.TextBody, Span{Text: "photo.jpg", Color: look.Text, Bold: bold})
		w := test.NewTempWindow(t, l)
		w.SetPadded(false)
		w.Resize(fyne.NewSize(400, 60))
		before := w.Canvas().Capture()
		for _, name := range []string{"фото.jpg", "照片.jpg", "写真.jpg", "사진.jpg", "صورة.jpg", "תמונה.jpg", "photo 🏖.jpg", "e\u0301te\u0301.jpg", "photo.jpg"} {
			l.Set(Span{Text: name, Color: look.Text, Bold: bold})
			got := w.Canvas().Capture()

			own := &canvas.Text{Text: name, TextSize: look.TextBody, TextStyle: fyne.TextStyle{Bold: bold}, Color: look.Color(look.Text)}
			size := own.MinSize()
			own.Resize(size)
			text := test.TempWidgetRenderer(t, l).Objects()[0]
			own.Move(text.Position())
			if text.Size() != size {
				t.Errorf("%q is %v, want %v", name, text.Size(), size)
			}
			w.SetContent(container.NewWithoutLayout(own))
			if want := w.Canvas().Capture(); !reflect.DeepEqual(got, want) {
				t.Errorf("%q, bold %v, looks different from what Fyne draws", name, bold)
			}
			w.SetContent(l)
			if now := reflect.DeepEqual(got, before); now != (name == "photo.jpg") {
				t.Errorf("%q looks like what was there before: %v", name, now)
			}
		}
	}
}
