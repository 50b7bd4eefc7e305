package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/words"
)

// leftovers is the screen of uploads that were begun and left.
type leftovers struct {
	w      *Window
	page   *kit.Page
	ctx    context.Context // ends with the screen
	cancel context.CancelFunc
}

// leftFields are the part of the settings that leads there.
func (s *settings) leftFields() []fyne.CanvasObject {
	search := kit.NewButton(kit.Outlined, lang.L("Look for unfinished uploads"), s.w.openLeftovers)
	hint := kit.NewCaption(kit.Span{Color: look.Muted, Text: lang.L("What was begun and never finished takes room at the store, and costs, without being seen.")})
	gap := kit.NewBox(look.Clear, look.Clear, 0)
	return []fyne.CanvasObject{gap, heading(lang.L("Left unfinished")), kit.NewField("", kit.NewColumn(look.Space1, container.NewHBox(search), hint))}
}

// openLeftovers asks the stores, and shows what they say.
func (w *Window) openLeftovers() {
	l := &leftovers{w: w, page: kit.NewPage(640, look.Space2)}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	w.openCover(lang.L("Left unfinished"), l.page, nil, l.cancel)
	l.find()
}

func (l *leftovers) find() {
	l.page.Set(kit.NewPara(kit.Span{Text: lang.L("Asking the stores…"), Color: look.Muted}))
	go func() {
		list, problems, err := l.w.host.Unfinished(l.ctx)
		fyne.Do(func() {
			if l.ctx.Err() == nil {
				l.show(list, problems, err)
			}
		})
	}()
}

func (l *leftovers) show(list []Unfinished, problems []string, err error) {
	var objects []fyne.CanvasObject
	if err != nil {
		message, hint := l.w.host.Explain(err)
		problems = append(problems, message+" "+hint)
	}
	for _, p := range problems {
		objects = append(objects, kit.NewCard(look.WarnSoft, look.Clear, kit.NewPara(kit.Span{Text: p, Color: look.Text})))
	}
	if len(list) == 0 && err == nil {
		objects = append(objects, kit.NewPara(kit.Span{Text: lang.L("Nothing was left. All that was begun is finished."), Color: look.Muted}))
	}
	for _, u := range list {
		objects = append(objects, l.card(u))
	}
	l.page.Set(objects...)
}

// card is one upload, with what can be done about it.
func (l *leftovers) card(u Unfinished) fyne.CanvasObject {
	size := words.Size(u.Sent)
	switch {
	case u.Unread:
		size = lang.L("Not read to its end")
	case u.Own && u.Size >= 0:
		size = words.Of(words.Size(u.Sent), words.Size(u.Size))
	}
	texts := []kit.Span{{Text: size + " · " + words.Past(u.Begun, l.w.list.now()) + " · " + displayName(u.Destination), Color: look.Muted}}
	if !u.Own {
		texts = append(texts, kit.Span{Text: " · " + lang.L("left by another program"), Color: look.Muted})
	}
	lines := []fyne.CanvasObject{
		kit.NewLine(look.TextBody, kit.Span{Text: u.Name, Color: look.Text, Bold: true}), kit.NewLine(look.TextCaption, texts...),
	}
	if u.Price > 0 {
		lines = append(lines, kit.NewLine(look.TextCaption, kit.Span{Color: look.Muted, Text: lang.L("costs ${{.Cost}} a month at ${{.Price}} a GB", map[string]any{
			"Cost": words.Decimal(u.Cost, 2), "Price": words.Decimal(u.Price, -1),
		})}))
	}
	finish := kit.NewButton(kit.Filled, lang.L("Finish"), func() { l.do(u, l.w.host.Finish) })
	drop := kit.NewButton(kit.Outlined, lang.L("Drop"), func() { l.askDrop(u) })
	show(finish, u.Own)
	return kit.NewCard(look.Surface, look.Border, kit.NewRow(look.Space2, kit.NewColumn(1, lines...), finish, drop))
}

// askDrop asks first: what was sent is lost, and another program may still be
// at work.
func (l *leftovers) askDrop(u Unfinished) {
	text := lang.L("What was sent of it is deleted at the store.")
	switch {
	case u.Unread:
		text = lang.L("Files that were sent stay. The others are not sent.")
	case !u.Own:
		text = lang.L("What was sent of it is deleted at the store. If another program or computer is still sending it, that fails.")
	}
	ask(l.w.win.Canvas(), lang.L("Drop {{.Name}}?", map[string]any{"Name": u.Name}), text, lang.L("Drop"), func() { l.do(u, l.w.host.DropUnfinished) })
}

// do does something about an upload, and looks again.
func (l *leftovers) do(u Unfinished, what func(context.Context, Unfinished) error) {
	go func() {
		err := what(context.WithoutCancel(l.ctx), u)
		fyne.Do(func() {
			if err != nil {
				message, _ := l.w.host.Explain(err)
				l.w.Notice(message)
			}
			if l.ctx.Err() == nil {
				l.find()
			}
		})
	}()
}
