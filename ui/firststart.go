package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/words"
)

// This file is the ways to say where files should go: at the first start over
// the whole window, later as the screen behind Add destination.

// welcome asks at the first start where files should go. A drop answers, too:
// it goes to this computer.
type welcome struct {
	widget.BaseWidget
	w       *Window
	logo    *canvas.Image
	title   *kit.Line
	text    *kit.Para
	choices *kit.Column
	aws     *kit.Button // hidden while there are no profiles
}

func (w *Window) openWelcome() {
	s := &welcome{
		w: w, logo: canvas.NewImageFromResource(look.Logo), text: kit.NewPara(),
		title: kit.NewLine(look.TextTitle, kit.Span{Text: lang.L("Where should your files go?"), Color: look.Text, Bold: true}),
		aws:   kit.NewButton(kit.Quiet, lang.L("Use your AWS configuration"), w.openWays),
	}
	s.text.Center = true
	s.text.Set(kit.Span{Text: lang.L("You can change this at any time."), Color: look.Muted})
	ways := w.ways()
	ways = append(ways, newChoice("computer", lang.L("Just try it on this computer"), lang.L("Files stay here; links open on this computer."), func() {
		w.host.Welcomed()
		w.closeCover()
	}))
	s.choices = kit.NewColumn(look.Space3, ways...)
	s.aws.Hide()
	s.ExtendBaseWidget(s)
	ctx, cancel := context.WithCancel(context.Background())
	w.openCover("", s, nil, cancel)
	go func() {
		profiles := w.host.Profiles(ctx)
		fyne.Do(func() {
			if ctx.Err() == nil && len(profiles) > 0 {
				s.aws.SetText(words.Count("Use your AWS configuration ({{.N}} profiles)", len(profiles)))
				s.aws.Show()
				s.Refresh()
			}
		})
	}()
}

// ways are the ways that lead away from this computer.
func (w *Window) ways() []fyne.CanvasObject {
	return []fyne.CanvasObject{
		newChoice("service", lang.L("My organisation gave me an address or a file"),
			lang.L("Paste the address of its upload service, or open the .chute file."), w.openAddress),
		newChoice("bucket", lang.L("I have a bucket and keys"),
			lang.L("Amazon S3, Cloudflare R2, Backblaze B2, MinIO and anything that speaks S3."), func() {
				w.setUp(Destination{Type: typeS3, Credentials: "keyring", Auth: "none"}, nil)
			}),
	}
}

// setUp opens the form of a new destination, and tells it to begin with what
// can be found out at once.
func (w *Window) setUp(d Destination, begin func(*destinationForm)) {
	w.closeCover()
	w.openSettings()
	f := newDestinationForm(w.settings, "", d)
	w.settings.showForm(f, lang.L("New destination"))
	f.focusFirst()
	if begin != nil {
		begin(f)
	}
}

// openWays shows all ways to add a destination, the profiles of the AWS
// configuration among them.
func (w *Window) openWays() {
	ctx, cancel := context.WithCancel(context.Background())
	ways := w.ways()
	page := kit.NewPage(560, look.Space3, ways...)
	w.openCover(lang.L("Add destination"), page, nil, cancel)
	go func() {
		profiles := w.host.Profiles(ctx)
		fyne.Do(func() {
			if ctx.Err() != nil || len(profiles) == 0 {
				return
			}
			objects := append(ways, kit.NewBox(look.Clear, look.Clear, 0), heading(lang.L("From your AWS configuration")))
			for _, p := range profiles {
				text := lang.L("Signs in as this profile does; pick a bucket.")
				if p.Region != "" {
					text = p.Region + " · " + text
				}
				objects = append(objects, newChoice("key", p.Name, text, func() { w.setUpProfile(p) }))
			}
			page.Set(objects...)
		})
	}()
}

// setUpProfile opens the form with all that a profile says, and lists its
// buckets.
func (w *Window) setUpProfile(p Profile) {
	d := Destination{Type: typeS3, Provider: "aws", Credentials: "aws", AWSProfile: p.Name, Auth: "none"}
	w.setUp(d, (*destinationForm).listBuckets)
}

// CreateRenderer is for Fyne.
func (s *welcome) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(welcomeLayout{s}, s.logo, s.title, s.text, s.choices, s.aws))
}

type welcomeLayout struct{ s *welcome }

func (welcomeLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (l welcomeLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	s := l.s
	width := min(560, size.Width-2*look.Space4)
	left := (size.Width - width) / 2
	cards, text := s.choices.HeightFor(width), s.text.HeightFor(width)
	total := 30 + look.Space1 + text + look.Space4 + cards
	if s.aws.Visible() {
		total += look.Space3 + look.HitSize
	}
	const logo = 64 + look.Space4
	withLogo := size.Height >= total+logo+2*look.Space4
	show(s.logo, withLogo)
	y := max(look.Space3, (size.Height-total)/2)
	if withLogo {
		y = (size.Height - total - logo) / 2
		put(s.logo, (size.Width-64)/2, y, 64, 64)
		y += logo
	}
	tw := min(s.title.Natural()+1, width)
	put(s.title, (size.Width-tw)/2, y, tw, 30)
	y += 30 + look.Space1
	put(s.text, left, y, width, text)
	y += text + look.Space4
	put(s.choices, left, y, width, cards)
	m := s.aws.MinSize().Width
	put(s.aws, (size.Width-m)/2, y+cards+look.Space3, m, look.HitSize)
}
